// Die Sperrliste, wie Redis sie halten würde.

export const REDIS = {
  go: "Anmelden und abmelden",
  forward: (minutes) => `${minutes} Minuten vor`,
  start: "Hier wurde noch nichts widerrufen.",
  out: "Abgemeldet. Die Signatur des Access-Tokens ist weiterhin gültig, und die Sperrliste lehnt es ab, bis es abgelaufen ist.",
  moved: (time) => `${time} sind vergangen.`,
  kept: "Ein Eintrag ist noch da.",
  fell: (count) => `Die TTL ist bei 0, der Eintrag ist weg. Die Liste der Sandbox hat jetzt ${count} Einträge. Niemand musste etwas löschen.`,
  noLogin: "Die Anmeldung wurde abgelehnt. Warte ein wenig oder stell die Uhr vor.",
  commands: "Was hallpass in Redis schreibt",
  form: "Die häufigste Form: beim Abmelden und bei jeder Anfrage",
  difference: (seconds) => `hallpass setzt die Lebensdauer in Millisekunden (PX) und gibt ${seconds} s dazu, weil die Uhren der prüfenden Server voneinander abweichen können. Mit SETEX sind es ganze Sekunden bis exp.`,
  caption: "Schlüssel mit ihrer Lebensdauer",
  key: "Schlüssel",
  value: "Wert",
  where: "Woher",
  listed: "Sperrliste der Sandbox",
  computed: "aus exp berechnet: hallpass schreibt ihn nur, wenn es ein Redis hat",
  gone: "weg",
  honest: "Die Sandbox hält ihre Sperrliste im Speicher. Du siehst, was Redis halten würde: Der erste Eintrag kommt mit seinem eigenen Ende aus der Sandbox, die Befehle und der Countdown sind von dieser Seite. Ein echtes hallpass führt die Liste in seiner Datenbank und überträgt sie nach Redis; ein geleertes Redis vergisst darum nichts.",
};
