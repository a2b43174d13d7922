// What is said while “Revoke” is played.

export const PLAY = {
  good: "The signature is good, the token has not expired, and it is not on the list.",
  leaves: "Ada signs out on a shared computer, before her token expires.",
  out: "signed out",
  outSays: "The session is revoked and the cookie is cleared.",
  entry: (sid) => `denylist + sid ${sid}…`,
  entrySays: (seconds) => `For ${seconds} more seconds: as long as the last token of this session can live, and a minute more for clocks that differ. That keeps the list short.`,
  found: "Somebody has found the token in a log.",
  refused: "refused",
  refusedSays: "The signature is good and the token has not expired, but it is on the list. A signature cannot know about that.",
  passes: (left) => `time passes: ${left} entries for her`,
  passesSays: "The token has now expired by its own exp, so the list no longer needs the entry.",
  expired: "expired anyway",
  expiredSays: "Still 401, now because of exp. At no moment between logout and expiry was it accepted.",
};
