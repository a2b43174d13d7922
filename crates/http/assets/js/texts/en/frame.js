// What the frame of every page says.

export const FRAME = {
  light: "Use the light theme",
  dark: "Use the dark theme",
  /** The other language: the letters that are seen, and its name. */
  other: "DE, Deutsch",
};
