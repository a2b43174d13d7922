// What the frame of every page says.

export const FRAME = {
  light: "Helle Darstellung",
  dark: "Dunkle Darstellung",
  /** The other language: the letters that are seen, and its name. */
  other: "EN, English",
};
