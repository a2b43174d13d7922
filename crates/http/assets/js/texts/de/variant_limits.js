// Das Anfragelimit für Anmeldungen, heruntergezählt.

export const LIMITS = {
  go: "Einmal raten",
  wait: "Auf das nächste Fenster warten",
  waitFor: (time) => `Uhr um ${time} vorstellen`,
  start: "Jeder Versuch ist eine echte Anmeldung mit falschem Passwort in deiner Sandbox, jedes Mal bei einem anderen Konto, aber immer von derselben Client-Adresse.",
  left: (remaining, limit) => `${remaining} von ${limit} Versuchen übrig`,
  raw: "Status, Header und Meldung der Antwort",
  log: "Antworten, die neueste zuerst",
  one: (remaining, reset) => `noch ${remaining}, das Fenster endet in ${reset}`,
  counted: (remaining, limit) => `Noch ${remaining} von ${limit} Versuchen in diesem Fenster.`,
  refused: (time) => `Abgelehnt, bevor irgendetwas gehasht wurde. Retry-After sagt dasselbe wie RateLimit-Reset: ${time} warten.`,
  passed: "vergangen",
  ended: (time) => `${time} später ist das Fenster zu Ende`,
  again: "Mit dem nächsten Versuch beginnt ein neues Fenster.",
  note: "Das Limit zählt pro Client-Adresse. Versuche von vielen Adressen hält es nicht auf; dagegen hilft die Sperre des Kontos nach mehreren Fehlversuchen. Eine erfolgreiche Anmeldung gibt ihren Versuch zurück.",
};
