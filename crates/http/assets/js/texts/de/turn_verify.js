// Die Aufgabe zu „Prüfen“.

const STATUSES = { 401: "401 Unauthorized", 403: "403 Forbidden", 503: "503 Service Unavailable" };

export const TASK = {
  lead: "Ein Dienst muss vier Anfragen beantworten. Welchen Status bekommt jede?",
  questions: [
    { id: "none", ask: "Die Anfrage enthält kein Token.", choices: STATUSES },
    { id: "expired", ask: "Adas Token ist vor einer Sekunde abgelaufen.", choices: STATUSES },
    { id: "role", ask: "Adas Token ist gut, aber die Seite ist nur für Admins.", choices: STATUSES },
    { id: "outage", ask: "Adas Token lässt sich nicht prüfen: Die Schlüsselliste ist nicht abrufbar.", choices: STATUSES },
  ],
  situations: { none: "Kein Token", expired: "Abgelaufen", role: "Falsche Rolle" },
  passes: "15 Minuten vergehen",
  passesSays: "Adas Token endet durch sein eigenes exp.",
  renews: "Ein neues Token für Ada.",
  asks: "Mit Adas neuem Token, das gut ist.",
  asksAgain: "Mit dem neuesten Token.",
  unreachable: "Schlüsselliste: Verbindung getrennt",
  unreachableSays: "Der Dienst läuft in deinem Browser, ist gerade erst gestartet und hat noch keine Schlüssel. Seine Verbindung wurde getrennt, also weiß er nichts über das Token.",
  chosen: (status) => `${status} (deine Antwort)`,
  chosenSays: "Der Dienst sagt, was du gewählt hast, und der Client tut, was dieser Status verlangt.",
  refreshes: "401 heißt: Das Token taugt nichts. Der Client holt ein anderes.",
  givesUp: "Immer noch 401. Der Client beendet die Sitzung und zeigt die Anmeldeseite.",
  signedOut: "Ada ist abgemeldet",
  stops: "„Das darfst du nicht sehen“",
  stopsSays: "403 heißt: Die Antwort ist endgültig. Der Client versucht es nicht noch einmal, und Ada glaubt, ihre Rechte verloren zu haben.",
  waits: "2 Sekunden vergehen",
  waitsSays: "503 mit Retry-After: Der Client behält sein Token und wartet.",
  back: "Die Schlüsselliste ist wieder erreichbar.",
  keys: "die öffentlichen Schlüssel",
  report: "200 der Bericht",
  reportSays: "Der Dienst hat Adas Token mit WebCrypto geprüft, in deinem Browser.",
  told: (situation, chosen, status) => `${situation}: Du sagst ${chosen}, die Sandbox hat ${status} geantwortet.`,
  outcome: {
    401: "Keine Schlüsselliste: Mit 401 wurde Ada abgemeldet, für einen Fehler, der nicht ihrer war.",
    403: "Keine Schlüsselliste: Mit 403 bekam Ada ihren Bericht nie.",
    503: "Keine Schlüsselliste: Mit 503 bekam Ada ihren Bericht nach 2 Sekunden.",
  },
  because: {
    none: "401 fragt, wer da ist.",
    expired: "Ein abgelaufenes Token weist niemanden mehr aus, also wieder 401: Hol dir ein neues.",
    role: "Wer es ist, steht fest. Eine neue Anmeldung würde nichts ändern, also 403.",
    outage: "Ein eigener Fehler sagt nichts über das Token. 503 bittet den Client, wiederzukommen.",
  },
};
