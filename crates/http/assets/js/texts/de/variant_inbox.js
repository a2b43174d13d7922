// Der Posteingang der Sandbox.

export const INBOX = {
  mailbox: "Postfach",
  forgot: "Neues Passwort anfordern",
  verify: "Bestätigung der Adresse anfordern",
  wait: "Eine halbe Stunde vergehen lassen",
  start: "Wähl ein Postfach und fordere eine Mail an. Angemeldet sein muss dafür niemand.",
  list: "Mails, die neueste zuerst",
  empty: "Noch keine Mail.",
  came: (email) => `Für ${email} ist eine Mail gekommen.`,
  none: "Es ist keine Mail gekommen, und die Antwort verrät nicht, warum: Kein Konto hat die Adresse, sie ist schon bestätigt, oder ihr Postfach hat in 15 Minuten 3 Mails bekommen.",
  passed: "Eine halbe Stunde ist vergangen. Was ein Passwort ersetzt, ist jetzt abgelaufen; was eine Adresse bestätigt, gilt einen Tag.",
  use: { "/auth/password/reset": "Den Code benutzen", "/auth/email/verify": "Anmelden und den Code benutzen" },
  follow: "Wie ein Programm öffnen (GET)",
  answered: (status, detail) => `HTTP ${status}${detail ? `: ${detail}` : ""}`,
  note: "Der Code und der Wert im Link sind zwei Formen derselben Sache: Ist eine verbraucht, ist es die andere auch. Die nächste Mail zum selben Zweck ersetzt sie. Das neue Passwort eines Bewohners ist hier das alte, damit jeder Ablauf es noch kennt.",
};
