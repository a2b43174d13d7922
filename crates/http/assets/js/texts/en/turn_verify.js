// The challenge of “Verify”.

const STATUSES = { 401: "401 Unauthorized", 403: "403 Forbidden", 503: "503 Service Unavailable" };

export const TASK = {
  lead: "A service has to answer four requests. Which status does each one get?",
  questions: [
    { id: "none", ask: "There is no token in the request.", choices: STATUSES },
    { id: "expired", ask: "Ada's token expired a second ago.", choices: STATUSES },
    { id: "role", ask: "Ada's token is good, but the page is for admins.", choices: STATUSES },
    { id: "outage", ask: "Ada's token cannot be checked: the key set cannot be fetched.", choices: STATUSES },
  ],
  situations: { none: "No token", expired: "Expired", role: "The wrong role" },
  passes: "15 minutes pass",
  passesSays: "Ada's token ends by its own exp.",
  renews: "A new token for Ada.",
  asks: "With Ada's new token, which is good.",
  asksAgain: "With the newest token.",
  unreachable: "the key set: connection cut",
  unreachableSays: "The service runs in your browser, has just started and has no keys yet. Its connection was cut, so it knows nothing about the token.",
  chosen: (status) => `${status} (your answer)`,
  chosenSays: "The service says what you chose, and the client does what that status asks for.",
  refreshes: "401 means that the token is no good. The client fetches another one.",
  givesUp: "Still 401. The client ends the session and shows the login page.",
  signedOut: "Ada is signed out",
  stops: "“You may not see this”",
  stopsSays: "403 means that the answer is final, so the client does not try again. Ada believes that she has lost her rights.",
  waits: "2 seconds pass",
  waitsSays: "503 with Retry-After: the client keeps its token and waits.",
  back: "The key set can be reached again.",
  keys: "the public keys",
  report: "200 the report",
  reportSays: "The service has checked Ada's token by WebCrypto, in your browser.",
  told: (situation, chosen, status) => `${situation}: you said ${chosen}, and the sandbox answered ${status}.`,
  outcome: {
    401: "No key set: with 401, Ada was signed out for a fault that was not hers.",
    403: "No key set: with 403, Ada never got her report.",
    503: "No key set: with 503, Ada got her report after 2 seconds.",
  },
  because: {
    none: "401 asks who is there.",
    expired: "A token that has expired names nobody any more, so it is 401 again: fetch a new one.",
    role: "Who it is, is known. Logging in again would change nothing, so it is 403.",
    outage: "A fault of ours says nothing about the token. 503 asks the client to come back.",
  },
};
