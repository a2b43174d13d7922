// The attacks that attacks.js forges: what each is called, and what it hopes for.

export const ATTACKS = [
  { id: "none", name: "alg: none", hope: "einen Prüfer, der sich vom Token sagen lässt, dass es keine Signatur braucht" },
  { id: "confusion", name: "RS256 → HS256", hope: "einen Prüfer, der den öffentlichen Schlüssel für ein gemeinsames Secret hält, weil im Header HMAC steht" },
  { id: "kid-path", name: "kid: ../../dev/null", hope: "einen Prüfer, der die Datei öffnet, die kid nennt, und darin einen leeren Schlüssel findet" },
  { id: "kid-sql", name: "kid: ' OR 1=1", hope: "einen Prüfer, der aus kid eine Datenbankabfrage baut" },
  { id: "own-key", name: "Eigener Schlüssel", hope: "einen Prüfer, der dem Schlüssel im Header (jwk) glaubt" },
  { id: "far-key", name: "Verweis auf meinen Schlüssel", hope: "einen Prüfer, der den Schlüssel dort abholt, wo der Header (jku) es sagt" },
  { id: "promote", name: "role: admin", hope: "einen Prüfer, der die Payload liest und die Signatur vergisst" },
  { id: "prolong", name: "exp: nächstes Jahr", hope: "einen Pass, der nie abläuft" },
  { id: "strip", name: "Signatur abreißen", hope: "einen Prüfer, der eine Signatur nur prüft, wenn eine da ist" },
  { id: "bend", name: "Signatur verbiegen", hope: "Glück" },
  { id: "twice", name: "role doppelt", hope: "zwei Leser, die sich uneins sind, welche Rolle gilt" },
  { id: "pad", name: "Padding anhängen", hope: "eine zweite Schreibweise desselben Tokens, die eine Sperrliste nicht kennt" },
  { id: "crit", name: "crit: nie gehört", hope: "einen Prüfer, der überliest, was er nicht versteht" },
];

export const WORDS = {
  lead: "Jeder verändert Adas gutes Token, legt es auf den Tisch und zeigt es dem Prüfer der Sandbox. Ein echter Server schreibt den Grund nur ins Log; dieser verrät ihn dir.",
  present: "Dieses Token hallpass zeigen",
  hope: (hope) => `hofft auf ${hope}`,
  lets: "hallpass lässt es durch.",
  good: "Das Token ist gut.",
  refuses: (code) => `hallpass lehnt ab: ${code}`,
  answered: (status) => ` GET /auth/me antwortet mit ${status}.`,
  unsendable: " An GET /auth/me lässt es sich gar nicht senden: In einem Header steht nur sichtbares ASCII.",
  gotIn: "durchgekommen",
  stopped: (code) => `abgewehrt: ${code}`,
};
