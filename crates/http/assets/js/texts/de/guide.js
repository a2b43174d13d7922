// The stops of the tour: where each is, what it is called, what there is to do, and the challenge that shows it was done. A
// stop without a challenge is done once it was looked at.

export const STOPS = [
  ["metaphor", "Der Flurpass", "Lies, wie ein Sekretariat Pässe ausgibt und einen Dieb erwischt.", null],
  ["anatomy", "Anatomie", "Ändere einen Buchstaben in der Payload und sieh zu, wie die Signatur nicht mehr passt.", "edit"],
  ["patterns/sign", "Signieren", "Drück auf „Abspielen“: Wer kann ein Token ausstellen, und wer eines fälschen?", "play-sign"],
  ["patterns/verify", "Prüfen", "Drück auf „Abspielen“ und sieh den Unterschied zwischen 401 und 403.", "play-verify"],
  ["patterns/refresh", "Erneuern", "Drück auf „Abspielen“: Ein Diebstahl beendet die ganze Token-Familie.", "play-refresh"],
  ["patterns/revoke", "Widerrufen", "Drück auf „Abspielen“: Ein Token mit gültiger Signatur wird abgelehnt.", "play-revoke"],
  ["patterns/password", "Passwort", "Drück auf „Abspielen“ und rate, bis das Konto gesperrt ist.", "play-password"],
  ["why", "Warum das zählt", "Lies eine Antwort und den Fehler, den sie verhindert.", null],
  ["quiz", "Gedächtnisspiel", "Beantworte ein, zwei Fragen.", null],
];

/** The first page. */
export const START = {
  start: "Los geht’s",
  goOn: (name) => `Weiter mit „${name}“`,
  done: "✓ erledigt",
  insight: "Das Wichtigste:",
  seen: "Du hast alles gesehen",
  clock: "Zur Uhr",
};

/** The bar at the foot of the page. */
export const BAR = {
  place: (at, of) => `${at} von ${of}`,
  done: (task) => `Erledigt. ${task}`,
  back: "Zurück",
  next: "Weiter",
  finish: "Fertig",
  end: "Beenden",
  whole: "Das war der ganze Rundgang.",
};
