// What is said while “Verify” is played.

export const PLAY = {
  login: "Ada has the role user.",
  noToken: "GET /report, no token",
  noTokenSays: "Nothing in the Authorization header.",
  who: "who are you?",
  whoSays: "401 with the challenge WWW-Authenticate: Bearer. Log in and try again.",
  report: "GET /report, Ada's token",
  ada: "it is Ada",
  adaSays: "Form, key, algorithm, signature, times, issuer, audience, and then the denylist: everything passed. The Service learns from X-Auth-User who is asking.",
  payroll: "GET /payroll, Ada's token",
  payrollSays: "This one is for admins.",
  known: "known, and not allowed",
  knownSays: "403 insufficient_scope. Logging in again would not help, so the client should not try.",
  bent: "One character of the signature was changed.",
  invalid: "no valid token",
  invalidSays: "401, not 403: the signature is verified before the role is looked at. The log says which check failed; the caller is not told.",
  admin: "Grace is an admin.",
  grace: "it is Grace",
  graceSays: "The role is among the signed claims, so no database had to be asked.",
};
