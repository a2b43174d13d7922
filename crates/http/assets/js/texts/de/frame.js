// What the frame of every page says.

export const FRAME = {
  light: "Helle Darstellung",
  dark: "Dunkle Darstellung",
  /** The other language: its code, and its name in itself. */
  other: ["en", "English"],
};
