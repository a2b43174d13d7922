// The denylist as Redis would hold it.

export const REDIS = {
  go: "Log in and log out",
  forward: (minutes) => `${minutes} minutes forward`,
  start: "Nothing has been revoked here yet.",
  out: "Logged out. The access token's signature is still valid, and the denylist refuses it until it has expired.",
  moved: (time) => `${time} passed.`,
  kept: "One entry is left.",
  fell: (count) => `The TTL reached 0 and the entry is gone. The sandbox's list holds ${count} entries now. Nothing had to be deleted.`,
  noLogin: "The login was refused. Wait a little, or move the clock forward.",
  commands: "What hallpass writes to Redis",
  form: "The most common form: at logout, and at every request",
  difference: (seconds) => `hallpass sets the life in milliseconds (PX) and adds ${seconds} s, because the clocks of the servers that check may differ. With SETEX the life is whole seconds and ends with exp.`,
  caption: "Keys with their time to live",
  key: "Key",
  value: "Value",
  where: "From",
  listed: "the sandbox's denylist",
  computed: "computed from exp: hallpass writes it only when it has a Redis",
  gone: "gone",
  honest: "The sandbox keeps its denylist in memory. What you see is what Redis would hold: the first entry is read from the sandbox, with its own end; the commands and the countdown are this page's. A real hallpass keeps the list in its database and pushes it to Redis, so that an emptied Redis forgets nothing.",
};
