// Die Aufgabe zu „Widerrufen“.

export const TASK = {
  lead: "Ada meldet sich ab. Ihr Access-Token würde noch 15 Minuten leben, und jemand hat eine Kopie davon. Ein Dienst setzt die Sitzung auf seine Sperrliste.",
  questions: [
    {
      id: "life",
      ask: "Wie lange soll der Eintrag auf der Liste bleiben?",
      choices: {
        day: "24 Stunden für jeden Eintrag, um sicherzugehen.",
        minute: "60 Sekunden: So schnell ist niemand.",
        none: "Es braucht keinen Eintrag. Das Cookie ist gelöscht.",
        rest: "So lange, wie das Token noch gelebt hätte.",
      },
    },
  ],
  leaves: "Ada meldet sich ab.",
  entry: (seconds) => `Eintrag für ${seconds} s`,
  entrySays: "Der Dienst läuft in deinem Browser und behält seinen Eintrag so lange, wie du gewählt hast. Er prüft mit den Schlüsseln und nach der Uhr der Sandbox.",
  found: "Jemand zeigt die Kopie von Adas Token.",
  answers: (status) => `${status} (in deinem Browser)`,
  accepted: "Ein widerrufenes Token wurde angenommen: Die Signatur stimmt, und die Liste sagt nichts.",
  refused: "Abgelehnt.",
  minute: "61 Sekunden vergehen",
  minuteSays: "Die Uhr der Sandbox wurde vorgestellt.",
  hallpass: "Dasselbe Token, hallpass gezeigt.",
  hallpassSays: "hallpass behält seinen Eintrag, bis kein Token dieser Sitzung mehr leben kann, und eine Minute länger für Uhren, die voneinander abweichen.",
  expired: (entries) => `exp ist vorbei, ${entries} Einträge für sie`,
  expiredSays: "Die Uhr der Sandbox wurde über das exp des Tokens hinaus gestellt. hallpass hat seinen Eintrag fallen lassen.",
  left: (seconds) => `Eintrag noch für ${seconds} s`,
  waste: "Das Token ist von selbst abgelaufen, und der Eintrag braucht noch Platz.",
  empty: "Nichts bleibt stehen, was nicht mehr gebraucht wird.",
  because: {
    none: "Die Kopie wurde sofort angenommen. Das gelöschte Cookie beendet die Sitzung in Adas Browser und sonst nirgends.",
    minute: "Nach 61 Sekunden war der Eintrag weg und das Token nicht. Wer es in einem Log findet, hat den Rest der 15 Minuten.",
    day: "Das war sicher, aber nicht umsonst: Ist exp vorbei, lehnt der Eintrag ab, was ohnehin abgelehnt wird. Mit 24 Stunden statt 15 Minuten ist die Liste 96-mal so lang, und jede Anfrage sieht in ihr nach.",
    rest: "Es wurde in jedem Moment abgelehnt, und der Eintrag endete zusammen mit dem Token. Das ist die kleinste Liste, die sicher ist.",
  },
};
