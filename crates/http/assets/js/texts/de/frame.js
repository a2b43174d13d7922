// What the frame of every page says.

export const FRAME = {
  light: "Helle Darstellung",
  dark: "Dunkle Darstellung",
};
