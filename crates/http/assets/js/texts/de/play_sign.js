// Was gesagt wird, während „Signieren“ abläuft.

export const PLAY = {
  login: "Ein Token, das sagt: wer, welche Rolle und bis wann. Signiert ist es mit dem privaten Schlüssel, der hallpass nie verlässt.",
  read: (length, signature) => `${length} Zeichen, Signatur ${signature} Bytes`,
  claims: (header, names) => `Header ${header}. Claims: ${names}. Keine E-Mail-Adresse, kein Name, keine Liste von Rechten.`,
  fetched: "Einmal geholt, dann zwischengespeichert.",
  keys: "die öffentlichen Schlüssel",
  keysSay: "Damit kann jeder eine Signatur prüfen und niemand eine erzeugen.",
  shared: (bytes) => `HS256: Signatur ${bytes} Bytes`,
  sharedSays: "Dieselben Claims, hier in deinem Browser mit einem gemeinsamen Secret signiert. Die Signatur ist kurz, und beide Seiten brauchen dasselbe Secret.",
  mint: "… also kann auch der Dienst signieren",
  mintSays: (forged) => `Wer ein HS256-Token prüfen kann, kann auch eines erzeugen, mit beliebigen Claims: ${forged}… war genauso leicht. Bei zehn Diensten kann diese Macht an zehn Stellen durchsickern.`,
  check: "RS256: Er kann nur prüfen",
  checkSays: "Der öffentliche Schlüssel prüft und kann nicht signieren. Ein Einbruch in einen Dienst verrät nur, was ohnehin jeder lesen darf.",
};
