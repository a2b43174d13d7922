// Die Aufgabe zu „Signieren“.

export const TASK = {
  lead: "Ein Dienst prüft mit diesem Code das Admin-Token für die Gehaltsliste. Die Schlüssel sind die öffentlichen RSA-Schlüssel von hallpass als PEM-Text, und verify() nimmt jeden Algorithmus. Ein Dieb hat ein altes Token von Grace in einem Log gefunden.",
  listing: "Der Code des Dienstes",
  questions: [
    {
      id: "line",
      ask: "Welche Zeile lässt den Dieb hinein? Die gewählte Zeile wird repariert, und dann wird der Dienst angegriffen.",
      choices: {
        alg: "Zeile 1. Das Token wählt den Algorithmus.",
        kid: "Zeile 2. Das Token nennt seinen eigenen Schlüssel.",
        exp: "Zeile 4. Sie nimmt auch ein exp in ferner Zukunft an.",
        role: "Zeile 5. Die Rolle müsste aus der Datenbank kommen.",
      },
    },
  ],
  login: "Grace ist Admin.",
  fetches: "Jeder darf sie holen, auch der Dieb.",
  keys: "die öffentlichen Schlüssel",
  repaired: "Die gewählte Zeile, repariert. Der Dienst läuft in deinem Browser, mit den echten Tokens und Schlüsseln der Sandbox.",
  honest: "Graces eigenes Token, um zu sehen, dass die Reparatur niemanden aussperrt.",
  answers: (status) => `${status} (in deinem Browser)`,
  runs: "Jede Zeile des Codes wurde ausgeführt, die Signatur mit WebCrypto geprüft.",
  forges: "signiert mit dem Text des Schlüssels",
  forgesSays: "Im Header steht HS256. Das Secret des HMAC ist der PEM-Text des öffentlichen Schlüssels, also kein Geheimnis. Die Claims sind die von Grace, mit neuem exp.",
  forged: "Das gefälschte Token. hallpass hat es nie ausgestellt.",
  in: "Das gefälschte Token kam durch. Die Reparatur war an der falschen Stelle.",
  out: "Das gefälschte Token wurde abgelehnt.",
  real: "Dasselbe gefälschte Token, hallpass gezeigt.",
  reason: (reason) => `hallpass lehnt es ab, egal was du gewählt hast. Der Grund in seinem Log: ${reason}.`,
  because: {
    alg: "Zeile 1 war das Loch. Das Token darf nicht bestimmen, wie es geprüft wird: Mit HS256 wurde der Text des öffentlichen Schlüssels zum gemeinsamen Secret, das jeder kennt. Den Algorithmus legt der Prüfer fest, durch seine Konfiguration oder durch den Schlüssel.",
    kid: "Eine kid wählt nur einen der eigenen Schlüssel des Dienstes aus. Sie dem Token abzunehmen änderte nichts: Das gefälschte Token war mit dem Text des richtigen Schlüssels signiert.",
    exp: "Der Dieb braucht kein langes exp. Er signiert sich ein neues Token, wann immer er eines will, also kam es auch durch die strengere Prüfung.",
    role: "Die Rolle wurde für den Nutzer nachgeschlagen, den das Token nennt. Der Dieb hat dort Graces Id eingetragen, und Grace ist Admin. Kein Claim ist glaubwürdig, bevor die Signatur stimmt.",
  },
};
