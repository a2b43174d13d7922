// The stops of the guided way: where each is, what it is called, what there is to do, and the challenge that shows it was
// done. A stop without a challenge is done once it was looked at.

export const STOPS = [
  ["metaphor", "The hall pass", "Read how an office hands out passes, and how it catches a thief.", null],
  ["anatomy", "Anatomy", "Change a letter of the payload, and watch the signature fail.", "edit"],
  ["patterns/sign", "Sign", "Press Play: see who can make a token, and who can forge one.", "play-sign"],
  ["patterns/verify", "Verify", "Press Play: see the difference between 401 and 403.", "play-verify"],
  ["patterns/refresh", "Refresh", "Press Play: see a theft end the whole family.", "play-refresh"],
  ["patterns/revoke", "Revoke", "Press Play: see a perfect signature refused.", "play-revoke"],
  ["patterns/password", "Password", "Press Play: guess until the account is locked.", "play-password"],
  ["why", "Why it matters", "Read one answer, and the bug that it kills.", null],
  ["quiz", "Memory game", "Answer a question or two.", null],
];
