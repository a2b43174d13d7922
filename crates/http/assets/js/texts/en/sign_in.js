// What the sign-in page says.

export const SIGN_IN = {
  signIn: "Sign in",
  register: "Register",
  make: "Make my account",
  renew: "Set my password and sign in",
  /** What is missing: `fresh` is the password of a new account, `next` the one that replaces a one-time password. */
  missing: { email: "Type your email address.", password: "Type your password.", fresh: "Choose a password.", next: "Choose a new password." },
  left: (time) => ` Time left: ${time}.`,
  again: "You can try again now.",
  once: "You signed in with a one-time password. Replace it with one of your own.",
  proof: ["Confirm your address", "Sign in with your password to go on."],
  unlocked: ["Your account is unlocked", "Sign in with your password. This browser is known to your account now."],
  working: "Still working.",
  plain: ["This page came over plain HTTP", "The sign-in cookie is sent over HTTPS only, unless the server is set up otherwise. You may not stay signed in."],
};

/** What the page adds to a refusal. */
export const MORE = {
  invalid_credentials: "Check both. The server never says which one is wrong.",
  account_locked: "There were too many wrong passwords in a row. Even the right one has to wait now; an administrator can unlock the account.",
  too_many_attempts: "All of them came from your network address.",
  email_taken: "Sign in instead, or use another address.",
};
