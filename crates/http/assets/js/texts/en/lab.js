// What the lab's frame says: its parts, its sandbox, what there is to try, and the units of time.

export const SECTIONS = {
  walkthrough: "Five minutes",
  anatomy: "Anatomy",
  patterns: "Six patterns",
  clock: "Clock",
  metaphor: "The hall pass",
  why: "Why it matters",
  deep: "Deep dive",
  interview: "Interview questions",
  quiz: "Memory game",
};

export const LAB = {
  title: (section) => `${section} · Lab · hallpass`,
  trouble: "Not available right now",
  broken: "This part of the lab could not be shown.",
  again: "Try again",
  nobody: "nobody",
  replaced: "Your sandbox expired. This is a new one.",
  renewed: "A new sandbox is open.",
};

export const CHALLENGES = {
  "look-header": "Decode the header",
  "look-payload": "Decode the payload",
  "look-signature": "Look at the signature",
  edit: "Change a claim",
  break: "Break the signature",
  paste: "Paste a token of your own",
  "attack-none": "Try alg: none",
  "attack-confusion": "Try RS256 → HS256",
  "attack-all": "Try every attack",
  "play-sign": "Play “Sign” to the end",
  "play-verify": "Play “Verify” to the end",
  "play-refresh": "See a theft end the token family",
  "play-revoke": "See a valid signature refused",
  "play-password": "Lock an account",
  "play-prove": "Take an account back from who set it up",
  "turn-sign": "Find the line that lets a forger in",
  "turn-verify": "Give four requests the right status",
  "turn-refresh": "Answer a spent refresh token",
  "turn-revoke": "Choose how long an entry stays",
  "turn-password": "Stop 40 guesses at once",
  "turn-prove": "Choose what a link in a mail does",
  hash: "Hash at three costs",
  inbox: "Use up a code from the inbox",
  expire: "Let an access token expire",
  silent: "See a silent refresh",
  unlock: "Let a lockout end",
  "fall-away": "Let a denylist entry expire",
  quiz: "Get ten in a row right",
};

export const TO_TRY = {
  count: (done, all) => `${done} of ${all}`,
  achieved: (name) => `Done: ${name}.`,
  done: "(done)",
};

/** A count of a unit; `digits` is how the language writes it. */
export const UNITS = {
  day: (count, digits) => `${digits} ${count === 1 ? "day" : "days"}`,
  hour: (count, digits) => `${digits} h`,
  minute: (count, digits) => `${digits} min`,
  second: (count, digits) => `${digits} s`,
};
