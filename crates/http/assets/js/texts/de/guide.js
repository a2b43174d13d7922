// The stops of the tour: where each is, what it is called, what there is to do, and the challenge that shows it was done. A
// stop without a challenge is done once it was looked at.

export const STOPS = [
  ["metaphor", "The hall pass", "Read how an office hands out passes and how it catches a thief.", null],
  ["anatomy", "Anatomy", "Change one letter of the payload and watch the signature fail.", "edit"],
  ["patterns/sign", "Sign", "Press Play to see who can make a token and who can forge one.", "play-sign"],
  ["patterns/verify", "Verify", "Press Play to see the difference between 401 and 403.", "play-verify"],
  ["patterns/refresh", "Refresh", "Press Play to see a theft end the whole token family.", "play-refresh"],
  ["patterns/revoke", "Revoke", "Press Play to see a token with a valid signature refused.", "play-revoke"],
  ["patterns/password", "Password", "Press Play to guess until the account is locked.", "play-password"],
  ["why", "Why it matters", "Read one answer and the bug it prevents.", null],
  ["quiz", "Memory game", "Answer a question or two.", null],
];

/** The first page. */
export const START = {
  start: "Start",
  goOn: (name) => `Continue with “${name}”`,
  done: "✓ done",
  insight: "The key insight:",
  seen: "You have seen it all",
  clock: "Open the clock",
};

/** The bar at the foot of the page. */
export const BAR = {
  place: (at, of) => `${at} of ${of}`,
  done: (task) => `Done. ${task}`,
  back: "Back",
  next: "Next",
  finish: "Finish",
  end: "End the tour",
  whole: "That was the whole tour.",
};
