// What is said while “Refresh” is played.

export const PLAY = {
  login: "An access token for 15 minutes in the body, a refresh token in an HttpOnly cookie that no script can read.",
  copies: "copies the cookie",
  copiesSays: (token) => `Malware on Ada's machine reads the cookie file: ${token}…`,
  passes: "15 minutes pass",
  passesSays: "The access token has expired by its own exp. Nobody had to do anything.",
  expired: "expired",
  sends: "The browser sends the cookie.",
  rotated: "A fresh access token, and the next refresh token of the same family. The old one is spent.",
  stored: (generation, hash) => `generation ${generation}, hash ${hash}…`,
  storedSays: "This is all that the store keeps of the token: whoever steals the table has no token.",
  grace: "11 seconds pass",
  graceSays: "For 10 seconds after a rotation, a repeat counts as a lost answer and gets the same successor again. That time is over now.",
  spent: "The stolen token, which Ada's browser has spent.",
  reuse: "A spent token came back, so two people hold this family. hallpass cannot know which of them is Ada, so it ends the family for both.",
  fresh: "Ada's fresh access token.",
  refused: "refused at once",
  refusedSays: "The session's id went onto the denylist in the same transaction. The signature is still good, and the token is refused.",
  current: "Ada's current cookie.",
  again: "log in again",
  againSays: "The family has ended and the cookie is cleared. Ada can log in with her password; the thief cannot.",
};
