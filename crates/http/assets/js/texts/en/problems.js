// What a refusal says.

/** A short heading for each code. */
export const HEADLINES = {
  invalid_credentials: "That did not match",
  account_locked: "Locked for now",
  login_in_progress: "One moment",
  too_many_attempts: "Too many attempts",
  registration_closed: "Registration is closed",
  email_taken: "There is an account already",
  unfit_code: "That is not good, or no longer",
  no_mail: "No mail here",
  email_unverified: "Confirm your address first",
  validation_failed: "Please look again",
  wrong_password: "That is not the current password",
  password_change_required: "Choose your own password",
  own_password: "That is your own account",
  legacy_unavailable: "Not possible just now",
  overloaded: "Very busy right now",
  unavailable: "Not available right now",
  timeout: "That took too long",
  offline: "No connection",
  foreign_answer: "That was not hallpass",
  gateway: "No answer from hallpass",
  forbidden: "Not for this role",
  cross_site: "Sent from another site",
  last_admin: "The last admin stays",
  key_not_ripe: "Too early for the next key",
  duplicate_cookie: "Two sign-in cookies",
};

export const PROBLEMS = {
  headline: "That did not work",
  unknown: "Something went wrong.",
  again: "Try again",
  offline: "The server cannot be reached. Check the connection and try again.",
  foreign: "Something between this page and hallpass answered in its place: a proxy, or the sign-in page of a network. Open any other site to see whether the network lets you through, then try again.",
  unreached: (status) => `Something in front of hallpass, such as a proxy, could not reach it (status ${status}). Wait a minute and try again. If it stays like this, tell whoever runs this site: hallpass may be stopped or restarting.`,
  late: (status) => `Something in front of hallpass, such as a proxy, got no answer from it in time (status ${status}). Wait a minute and try again. If it stays like this, tell whoever runs this site: hallpass may be stopped or restarting.`,
  refused: (status) => `Something in front of hallpass, such as a proxy, refused this with status ${status}. Try again. If it stays like this, tell whoever runs this site which page it was.`,
};

/** Why a session ended, as a heading and a sentence. */
export const ENDED = {
  token_reuse: ["Your session was ended for your safety", "A sign-in token was used a second time. Somebody may have copied it, so the session was ended for everyone who held it. If you did not expect this, change your password after signing in."],
  elsewhere: ["Signed out", "You signed out in another tab."],
  bye: ["Signed out", "See you soon."],
  everywhere: ["Signed out everywhere", "All your sessions have ended."],
  new_password: ["Your password is set", "Sign in with it now."],
  other: ["Your session has ended", "It expired, or was ended from another device. Please sign in again."],
};

/** Sentences of the server that are said in other words here. `#` stands for a number. */
export const SERVER = {
  "an address such as ada@example.com is expected": "Type an address such as ada@example.com.",
  "the address is too long: # bytes before the @ and # in all are the limit": "The address is too long. It may have # bytes before the @ and # in all.",
  "only ASCII letters, digits and the usual marks may stand before the @": "Before the @, use only the letters a to z, digits and the usual marks.",
  "what follows the @ is not a domain name": "What follows the @ is not a domain name.",
  "Only a one-time password is replaced at a login. Log in without this field, and use POST /auth/password.": "That is no longer a one-time password. Load the page again and sign in with it.",
};
