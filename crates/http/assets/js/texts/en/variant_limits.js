// The rate limit of logins, counted down.

export const LIMITS = {
  go: "Guess once",
  wait: "Wait for the next window",
  waitFor: (time) => `Move the clock ${time} forward`,
  start: "Each guess is a real wrong login to your sandbox, at another account each time but always from the same client address.",
  left: (remaining, limit) => `${remaining} of ${limit} attempts left`,
  raw: "Status, headers and message of the answer",
  log: "Answers, the newest first",
  one: (remaining, reset) => `${remaining} left, window ends in ${reset}`,
  counted: (remaining, limit) => `${remaining} of ${limit} attempts left in this window.`,
  refused: (time) => `Refused before anything was hashed. Retry-After says the same as RateLimit-Reset: wait ${time}.`,
  passed: "passed",
  ended: (time) => `${time} later the window has ended`,
  again: "A new window begins with the next guess.",
  note: "The limit counts by client address. It does not stop guesses that come from many addresses; for those, repeated failures lock the account. A login that succeeds gives its attempt back.",
};
