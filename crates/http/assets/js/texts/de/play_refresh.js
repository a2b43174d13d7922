// Was gesagt wird, während „Erneuern“ abläuft.

export const PLAY = {
  login: "Ein Access-Token für 15 Minuten im Body, ein Refresh-Token in einem HttpOnly-Cookie, das kein Skript lesen kann.",
  copies: "kopiert das Cookie",
  copiesSays: (token) => `Schadsoftware auf Adas Rechner liest die Cookie-Datei: ${token}…`,
  passes: "15 Minuten vergehen",
  passesSays: "Das Access-Token ist durch sein eigenes exp abgelaufen. Niemand musste etwas tun.",
  expired: "abgelaufen",
  sends: "Der Browser schickt das Cookie.",
  rotated: "Ein neues Access-Token und das nächste Refresh-Token derselben Familie. Das alte ist verbraucht.",
  stored: (generation, hash) => `Generation ${generation}, Hash ${hash}…`,
  storedSays: "Mehr bewahrt der Speicher vom Token nicht auf: Wer die Tabelle stiehlt, hat kein Token.",
  grace: "11 Sekunden vergehen",
  graceSays: "In den ersten 10 Sekunden nach einer Rotation gilt eine Wiederholung als verlorene Antwort und bekommt noch einmal denselben Nachfolger. Diese Zeit ist jetzt vorbei.",
  spent: "Das gestohlene Token, das Adas Browser verbraucht hat.",
  reuse: "Ein verbrauchtes Token kam zurück, also haben zwei diese Familie. hallpass kann nicht wissen, wer davon Ada ist, und beendet die Familie für beide.",
  fresh: "Adas neues Access-Token.",
  refused: "sofort abgelehnt",
  refusedSays: "Die Id der Sitzung kam in derselben Transaktion auf die Sperrliste. Die Signatur stimmt noch, und das Token wird abgelehnt.",
  current: "Adas aktuelles Cookie.",
  again: "neu anmelden",
  againSays: "Die Familie ist beendet und das Cookie gelöscht. Ada kann sich mit ihrem Passwort anmelden, der Dieb nicht.",
};
