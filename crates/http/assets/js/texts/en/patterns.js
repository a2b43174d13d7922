// The six patterns: what each is about, and its key insight; and what their plays have in common.

export const PATTERNS = [
  {
    id: "sign",
    name: "Sign",
    about: "A token says who you are, what your role is and when it expires. Only its issuer can make its signature.",
    insight: "What matters is who can sign. With HS256, anyone who can check a token can also forge one. With RS256, ES256 or EdDSA, only the issuer can sign. A token that has been issued cannot be corrected: put in what a service needs to decide, and nothing that goes stale.",
  },
  {
    id: "verify",
    name: "Verify",
    about: "A service checks the token by itself, without asking the auth server for each request.",
    insight: "401 and 403 answer two different questions. 401: I don't know who you are; log in and try again. 403: I know who you are, and the answer is still no. The order of the checks matters too: form, key, algorithm, signature, and only then the claims. Until the signature is verified, a claim is just something that somebody wrote.",
  },
  {
    id: "refresh",
    name: "Refresh",
    about: "The access token is short-lived. A second token, kept where no script can read it, quietly fetches the next one.",
    insight: "Each refresh token works once. When one is stolen, two people hold it, and whoever comes second shows a spent token: the theft is noticed, no matter who was first. The server cannot tell the thief from the owner, so it ends the session for both. The owner has a password and starts again; the thief has none.",
  },
  {
    id: "revoke",
    name: "Revoke",
    about: "A logout, a lost phone, a suspended account: some tokens must end early.",
    insight: "A signature proves who issued a token. It cannot tell whether the token has been revoked since; that takes a list. The list stays small because an entry can be dropped as soon as its token would have expired anyway: a short exp is what makes a denylist cheap.",
  },
  {
    id: "password",
    name: "Password",
    about: "One hash takes about 0.3 s. For one login that is nothing. For a thief with the stolen table it is 3.5 days for a million words, and 9.5 years for a billion guesses, on one core.",
    insight: "Slow hashing protects a stolen table, and limits protect the login form: you need both. Count an attempt before you hash, or 40 parallel guesses all get through. And an unknown address must take the same time and get the same answer, or the form tells anyone who has an account.",
  },
  {
    id: "prove",
    name: "Prove",
    about: "An address is only typed in. Whether its owner typed it, nobody knows until the mailbox has answered.",
    insight: "Whoever reads the mailbox gets the account: that is what a forgotten password comes to. So the first proof must end whatever was set up before it, password and sessions alike, or a stranger who registered your address early stays inside. What a mail carries is a password for a few minutes: random, stored as a hash, good for one thing, used once. And since programs follow links before people do, a link must change nothing by being opened.",
  },
];

/** Who takes part, by the name that plays give them. */
export const LANES = { browser: "Browser", hallpass: "hallpass", service: "Service", rule: "Rule", thief: "Thief", mailbox: "Mailbox", scanner: "Scanner" };

/** The drawing, and the list beside it. */
export const DRAWING = {
  drawing: (title) => `${title}: a sequence diagram; the list beside it says the same in words`,
  steps: (title) => `${title}, step by step`,
  empty: "Each step appears here, with what went over the wire.",
  credentials: (email) => `${email} and the password`,
};

/** A play with its buttons. */
export const PLAYER = {
  title: "Six patterns",
  tabs: "Patterns",
  heading: "What happens",
  play: "Play",
  step: "Step",
  reset: "Reset",
  nothing: "Nothing has happened yet.",
  asking: "Asking the sandbox…",
  going: "Each arrow was a real request.",
  ended: "That was all. Open a line in the list to see what went over the wire.",
  spoken: (name) => `${name} has been played to its end.`,
  insight: "The key insight",
  beside: "Beside the drawing",
  words: "In words",
};

/** Blocks of code. */
export const CODE = {
  copy: "Copy",
  copyOf: (name) => `Copy ${name}`,
  copied: "Copied.",
  refused: "The browser does not allow it.",
  line: (file, line) => `${file}, line ${line}`,
};

/** The place of a challenge before it is loaded. */
export const TURN = {
  title: "Your turn",
  teaser: "A task with several answers. The one you choose is played on the sandbox, right or wrong.",
  open: "Show the task",
  failed: "The task could not be loaded. Please try again.",
};
