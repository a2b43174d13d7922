// Three costs of bcrypt in a row.

export const ROUNDS = {
  title: "Three costs in a row",
  go: "Hash at all three costs",
  start: "The server hashes at the lowest cost of production, at the usual one and at a high one, one after another.",
  working: (cost) => `Hashing at cost ${cost}…`,
  done: (measured, expected) => `From the lowest cost to the highest the time grew by a factor of ${measured}; four steps make ${expected}. Guesses count for one core as fast as this server's.`,
  cost: "Cost",
  time: "Time",
  factor: "Factor",
  first: "–",
  logins: "Logins a second",
  million: "A million guesses",
};
