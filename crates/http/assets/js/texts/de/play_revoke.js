// Was gesagt wird, während „Widerrufen“ abläuft.

export const PLAY = {
  good: "Die Signatur stimmt, das Token ist nicht abgelaufen, und es steht nicht auf der Liste.",
  leaves: "Ada meldet sich an einem gemeinsam genutzten Rechner ab, bevor ihr Token abläuft.",
  out: "abgemeldet",
  outSays: "Die Sitzung ist widerrufen und das Cookie gelöscht.",
  entry: (sid) => `Sperrliste + sid ${sid}…`,
  entrySays: (seconds) => `Noch ${seconds} Sekunden: so lange, wie das letzte Token dieser Sitzung leben kann, und eine Minute länger für Uhren, die voneinander abweichen. Das hält die Liste kurz.`,
  found: "Jemand hat das Token in einem Log gefunden.",
  refused: "abgelehnt",
  refusedSays: "Die Signatur stimmt und das Token ist nicht abgelaufen, aber es steht auf der Liste. Davon kann eine Signatur nichts wissen.",
  passes: (left) => `Zeit vergeht: ${left} Einträge für sie`,
  passesSays: "Das Token ist jetzt durch sein eigenes exp abgelaufen, also braucht die Liste den Eintrag nicht mehr.",
  expired: "ohnehin abgelaufen",
  expiredSays: "Weiter 401, jetzt wegen exp. Zwischen Abmeldung und Ablauf wurde es keinen Moment lang angenommen.",
};
