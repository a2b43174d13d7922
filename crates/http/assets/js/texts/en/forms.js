// What forms say: showing a password, waiting, and how good a password is.

export const FORMS = {
  show: "Show",
  hide: "Hide",
  /** The button beside a password: what it does while the password is hidden, and while it is shown. */
  reveal: {
    password: ["Show the password", "Hide the password"],
    next: ["Show the new password", "Hide the new password"],
  },
  checking: "Still working. Checking a password takes a moment on purpose, so that guessing is slow.",
  slow: "The server is slow to answer. You can keep waiting; nothing is lost.",
};

/** How good a password is, from nothing to strong. */
export const STRENGTH = [
  "At least 8 characters. Three or four odd words make a good one.",
  "Weak: easy to guess.",
  "Fair. A word or two more would help.",
  "Good.",
  "Strong.",
];
