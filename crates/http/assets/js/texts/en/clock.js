// What the clock says.

export const CLOCK = {
  title: "Drag the clock",
  hint: "Drag the handle to the right and let go, or use the arrow keys and then Enter. That much time passes in your sandbox and nowhere else. Time only moves forward. “Start over” resets it.",
  forward: "Forward",
  jump: "Or jump to what expires next",
  nothing: "Nothing expires soon. Sign in, lock an account or sign out, and something will.",
  act: "Start something that expires",
  signIn: "Sign Ada in",
  request: "Make a request",
  lock: "Guess Grace's password",
  signOut: "Sign out",
  lesson: ["What to look for", "Nobody cleans up here. Tokens, locks, sessions and denylist entries all carry their own expiry time, so it is safe to forget them. An attacker gains nothing by waiting."],
  events: "What happened",
  far: (span) => `${span} from now`,
};

/** What lies ahead; who is locked out is put in. */
export const MARKS = {
  access: () => "Access token expires",
  session: () => "Idle session expires",
  lock: (who) => `Lock on ${who} ends`,
  entry: () => "Denylist entry expires",
  label: (name, span) => `${name} in ${span}`,
};

/** What is said once it has ended. */
export const ENDED = {
  access: () => "The access token has expired. The next request will be refused.",
  session: () => "The session has expired after seven days without a refresh.",
  lock: (who) => `The lock has ended. ${who} can log in again.`,
  entry: (left) => `A denylist entry has expired, because its tokens have expired too. The denylist holds ${left} ${left === 1 ? "entry" : "entries"} now.`,
};

export const TOLD = {
  good: "ended",
  bad: "refused",
  plain: "done",
  moved: (span, time) => `${span} passed. It is now ${time} in the sandbox.`,
  passed: (span) => `${span} passed.`,
  answered: (email) => `GET /auth/me returned 200: ${email}.`,
  notAnswered: (status, code) => `GET /auth/me returned ${status} ${code}. The token has expired or was revoked.`,
  silent: (status) => `The page refreshed silently (POST /auth/refresh, 200) and sent the request again: ${status}. The user noticed nothing.`,
  notSilent: (status, code) => `POST /auth/refresh returned ${status} ${code}. Sign in again.`,
  signedIn: "Ada signed in. Her access token lasts 15 minutes, her session 7 days.",
  guessed: (status, code) => `Someone tried to guess Grace's password: ${status} ${code}.`,
  signedOut: (who) => `${who} signed out. The session stays on the denylist until its last token has expired.`,
  refused: (status, code) => `Refused: ${status} ${code}.`,
};

/** What is in the sandbox. */
export const INSIDE = {
  time: "Time",
  ahead: (time, span) => `${time} (${span} ahead)`,
  access: "Access token",
  holds: (email, until) => `${email}: until ${until}`,
  noAccess: "none",
  sessions: "Active sessions",
  locked: "Locked",
  nobody: "nobody",
  denylist: "Denylist",
  empty: "empty",
  kinds: { token: "Token", session: "Session", user: "User" },
  entry: (kind, id, span) => `${kind} ${id}, ${span} left`,
};

/** How far away a time is. */
export const TIME = {
  now: "now",
  ahead: (span) => `in ${span}`,
  ago: (span) => `${span} ago`,
};
