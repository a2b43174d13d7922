// Was gesagt wird, während „Prüfen“ abläuft.

export const PLAY = {
  login: "Ada hat die Rolle user.",
  noToken: "GET /report, kein Token",
  noTokenSays: "Der Authorization-Header ist leer.",
  who: "wer bist du?",
  whoSays: "401 mit der Aufforderung WWW-Authenticate: Bearer. Melde dich an und versuch es noch einmal.",
  report: "GET /report, Adas Token",
  ada: "es ist Ada",
  adaSays: "Form, Schlüssel, Algorithmus, Signatur, Zeiten, Aussteller, Audience und dann die Sperrliste: alles bestanden. Der Dienst erfährt aus X-Auth-User, wer fragt.",
  payroll: "GET /payroll, Adas Token",
  payrollSays: "Das hier ist nur für Admins.",
  known: "bekannt, aber nicht erlaubt",
  knownSays: "403 insufficient_scope. Eine neue Anmeldung würde nichts ändern, also soll der Client es nicht versuchen.",
  bent: "Ein Zeichen der Signatur wurde geändert.",
  invalid: "kein gültiges Token",
  invalidSays: "401 und nicht 403: Erst wird die Signatur geprüft, dann die Rolle angesehen. Welche Prüfung scheiterte, steht im Log; der Aufrufer erfährt es nicht.",
  admin: "Grace ist Admin.",
  grace: "es ist Grace",
  graceSays: "Die Rolle steht in den signierten Claims, also musste keine Datenbank gefragt werden.",
};
