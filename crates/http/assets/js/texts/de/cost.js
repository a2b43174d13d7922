// Was neben dem Kostenregler steht, und die Zahlen, die andere falsch angeben.

export const COST = {
  title: "Zeit und Kosten",
  lead: "bcrypt rechnet 2 hoch Kosten Runden. Jede Stufe verdoppelt die Arbeit: einmal pro Anmeldung für den Server, einmal pro Versuch für einen Dieb. Ziel sind etwa 300 ms (die gestrichelte Linie).",
  label: "Kosten",
  hash: "Hashen",
  start: "Wähl die Kosten und drück auf „Hashen“. Der Server misst seine eigene Zeit.",
  hashing: (cost) => `Hash mit Kosten ${cost} läuft …`,
  took: (cost, time, million) => `Kosten ${cost}: ${time}. Auf einem Kern, der so schnell ist wie dieser, dauert eine Million Versuche ${million}.`,
  axis: (cost) => `Kosten ${cost}`,
  point: (cost, time) => `Kosten ${cost}: ${time}.`,
  chart: (points) => `Zeit nach Kosten auf einer logarithmischen Skala. ${points}`,
  none: "Noch nichts gemessen.",
  mythsTitle: "Oft wiederholt und falsch",
  myths: [
    { said: "„Eine Milliarde Versuche zu je 300 ms dauern 9.500 Jahre.“", right: "Sie dauern 9,5 Jahre auf einem Kern und 3,5 Tage auf 1.000 Kernen." },
    { said: "„Von Kosten 12 auf 14 verdoppelt sich die Zeit.“", right: "Jede Stufe verdoppelt sie, zwei Stufen vervierfachen sie: Aus 300 ms werden 1.200 ms." },
    { said: "„Bei Kosten 12 dauert ein Wörterbuchangriff Jahre.“", right: "Eine Million Wörter zu je 300 ms dauern 3,5 Tage auf einem Kern. Eine RTX 4090 (184.000 Versuche pro Sekunde bei Kosten 5, laut einem veröffentlichten hashcat-Benchmark) schafft 1.437 pro Sekunde bei Kosten 12 und ist in 12 Minuten fertig. Kosten verschaffen starken Passwörtern Zeit; schwache retten sie nicht." },
    { said: "„OWASP empfiehlt 300 ms.“", right: "OWASP sagt: weniger als 1 s pro Hash, Kosten 10 oder mehr für bcrypt, und Argon2id, wo du wählen kannst. Die 300 ms sind eine Faustregel." },
  ],
};
