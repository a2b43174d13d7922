// Drei bcrypt-Kosten hintereinander.

export const ROUNDS = {
  title: "Drei Kosten hintereinander",
  go: "Mit allen drei Kosten hashen",
  start: "Der Server hasht nacheinander mit den niedrigsten Kosten für den Betrieb, mit den üblichen und mit hohen.",
  working: (cost) => `Hash mit Kosten ${cost} läuft …`,
  done: (measured, expected) => `Von den niedrigsten zu den höchsten Kosten wuchs die Zeit um den Faktor ${measured}; vier Stufen ergeben ${expected}. Die Versuche gelten für einen Kern, der so schnell ist wie der dieses Servers.`,
  cost: "Kosten",
  time: "Zeit",
  factor: "Faktor",
  first: "–",
  logins: "Anmeldungen pro Sekunde",
  million: "Eine Million Versuche",
};
