// What a refusal says.

/** A short heading for each code. */
export const HEADLINES = {
  invalid_credentials: "Das passt nicht zusammen",
  account_locked: "Vorübergehend gesperrt",
  login_in_progress: "Einen Moment",
  too_many_attempts: "Zu viele Versuche",
  registration_closed: "Die Registrierung ist geschlossen",
  email_taken: "Dieses Konto gibt es schon",
  unfit_code: "Das gilt nicht oder nicht mehr",
  no_mail: "Hier gibt es keine Mails",
  email_unverified: "Bestätige zuerst deine Adresse",
  validation_failed: "Bitte noch einmal prüfen",
  wrong_password: "Das ist nicht das aktuelle Passwort",
  password_change_required: "Wähle ein eigenes Passwort",
  own_password: "Das ist dein eigenes Konto",
  legacy_unavailable: "Gerade nicht möglich",
  overloaded: "Gerade sehr ausgelastet",
  unavailable: "Gerade nicht verfügbar",
  timeout: "Das hat zu lange gedauert",
  offline: "Keine Verbindung",
  foreign_answer: "Das war nicht hallpass",
  gateway: "Keine Antwort von hallpass",
  forbidden: "Nicht für diese Rolle",
  cross_site: "Von einer anderen Seite geschickt",
  last_admin: "Der letzte Admin bleibt",
  key_not_ripe: "Zu früh für den nächsten Schlüssel",
  duplicate_cookie: "Zwei Anmelde-Cookies",
};

export const PROBLEMS = {
  headline: "Das hat nicht geklappt",
  unknown: "Etwas ist schiefgegangen.",
  again: "Noch einmal versuchen",
  offline: "Der Server ist nicht erreichbar. Prüfe die Verbindung und versuch es noch einmal.",
  foreign: "Zwischen dieser Seite und hallpass hat etwas anderes geantwortet: ein Proxy oder die Anmeldeseite eines Netzes. Öffne irgendeine andere Seite, um zu sehen, ob dich das Netz durchlässt, und versuch es dann noch einmal.",
  unreached: (status) => `Etwas vor hallpass, z. B. ein Proxy, konnte es nicht erreichen (Status ${status}). Warte eine Minute und versuch es noch einmal. Wenn es so bleibt, sag denen Bescheid, die diese Seite betreiben: Vielleicht ist hallpass gestoppt oder startet gerade neu.`,
  late: (status) => `Etwas vor hallpass, z. B. ein Proxy, bekam nicht rechtzeitig eine Antwort (Status ${status}). Warte eine Minute und versuch es noch einmal. Wenn es so bleibt, sag denen Bescheid, die diese Seite betreiben: Vielleicht ist hallpass gestoppt oder startet gerade neu.`,
  refused: (status) => `Etwas vor hallpass, z. B. ein Proxy, hat die Anfrage mit Status ${status} abgelehnt. Versuch es noch einmal. Wenn es so bleibt, sag denen, die diese Seite betreiben, auf welcher Seite es passiert ist.`,
};

/** Why a session ended, as a heading and a sentence. */
export const ENDED = {
  token_reuse: ["Deine Sitzung wurde zu deiner Sicherheit beendet", "Ein Anmelde-Token wurde ein zweites Mal verwendet. Vielleicht hat es jemand kopiert, deshalb wurde die Sitzung für alle beendet, die es hatten. Wenn du das nicht erwartet hast, ändere nach dem Anmelden dein Passwort."],
  elsewhere: ["Abgemeldet", "Du hast dich in einem anderen Tab abgemeldet."],
  bye: ["Abgemeldet", "Bis bald."],
  everywhere: ["Überall abgemeldet", "Alle deine Sitzungen sind beendet."],
  new_password: ["Dein Passwort ist festgelegt", "Melde dich jetzt damit an."],
  other: ["Deine Sitzung ist zu Ende", "Sie ist abgelaufen oder wurde von einem anderen Gerät aus beendet. Bitte melde dich neu an."],
};

/** Sentences of the server that are said in other words here. `#` stands for a number. */
export const SERVER = {
  // Fields.
  "an address such as ada@example.com is expected": "Gib eine Adresse wie ada@example.com ein.",
  "the address is too long: # bytes before the @ and # in all are the limit": "Die Adresse ist zu lang. Erlaubt sind # Bytes vor dem @ und # insgesamt.",
  "only ASCII letters, digits and the usual marks may stand before the @": "Vor dem @ sind nur die Buchstaben a bis z, Ziffern und die üblichen Zeichen erlaubt.",
  "what follows the @ is not a domain name": "Was nach dem @ steht, ist kein Domainname.",
  "The password needs at least # characters.": "Das Passwort braucht mindestens # Zeichen.",
  "The password may have at most # bytes.": "Das Passwort darf höchstens # Bytes lang sein.",
  "The password must not contain a NUL character.": "Das Passwort darf kein NUL-Zeichen enthalten.",
  "The password is among the first that attackers try. Three or four unrelated words make a good one.": "Dieses Passwort gehört zu den ersten, die Angreifer probieren. Drei oder vier Wörter ohne Zusammenhang ergeben ein gutes.",
  "This password is in a list of stolen passwords. Attackers try those first, whoever chose them. Choose another.": "Dieses Passwort steht in einer Liste gestohlener Passwörter. Solche probieren Angreifer zuerst, egal wer sie gewählt hat. Nimm ein anderes.",
  "It must differ from the one-time password.": "Es muss sich vom Einmalpasswort unterscheiden.",
  "Only a one-time password is replaced at a login. Log in without this field, and use POST /auth/password.": "Das ist kein Einmalpasswort mehr. Lade die Seite neu und melde dich damit an.",

  // Refusals.
  "The email address or the password is wrong.": "Die E-Mail-Adresse oder das Passwort ist falsch.",
  "This is a one-time password. Choose your own to log in.": "Das ist ein Einmalpasswort. Wähle ein eigenes, um dich anzumelden.",
  "Account locked for # minutes": "Das Konto ist für # Minuten gesperrt.",
  "Too many login attempts — try again in # minutes": "Zu viele Anmeldeversuche. Versuch es in # Minuten noch einmal.",
  "Too many accounts were made from here — try again in # minutes": "Von hier wurden zu viele Konten angelegt. Versuch es in # Minuten noch einmal.",
  "Other logins to this account are being checked. Please try again in a moment.": "Andere Anmeldungen an diesem Konto werden gerade geprüft. Versuch es gleich noch einmal.",
  "An account with this email address exists already.": "Ein Konto mit dieser E-Mail-Adresse gibt es schon.",
  "Accounts are made by an admin here.": "Konten legt hier ein Admin an.",
  "A field is missing, unknown or not valid.": "Ein Feld fehlt, ist unbekannt oder ungültig.",
  "This link or code is not good, or no longer. Ask for a new one.": "Dieser Link oder Code gilt nicht oder nicht mehr. Fordere einen neuen an.",
  "This server sends no mail.": "Dieser Server verschickt keine Mails.",
  "Confirm your email address first, with the link or the code that was mailed to you.": "Bestätige zuerst deine E-Mail-Adresse, mit dem Link oder dem Code aus der Mail.",
  "Too many mails or codes from here — try again later": "Zu viele Mails oder Codes von hier. Versuch es später noch einmal.",
  "This request came from another site.": "Diese Anfrage kam von einer anderen Seite.",
  "The request carries two refresh cookies; neither was used.": "Die Anfrage enthält zwei Refresh-Cookies; keines davon wurde verwendet. Lösche die Cookies dieser Seite und melde dich neu an.",
  "The request is malformed.": "Die Anfrage ist fehlerhaft.",
  "A request body may have at most # KiB.": "Eine Anfrage darf höchstens # KiB groß sein.",
  "The body of the request did not come in time.": "Die Anfrage kam nicht rechtzeitig an.",
  "A request header may have at most # fields and # KiB.": "Ein Anfrage-Header darf höchstens # Felder und # KiB haben. Vielleicht haben sich zu viele Cookies angesammelt.",
  "Something went wrong here. The request id leads to it in the server's log.": "Auf dem Server ist etwas schiefgegangen. Sein Log nennt den Grund.",
  "Too many logins at once. Please try again in a moment.": "Zu viele Anmeldungen auf einmal. Versuch es gleich noch einmal.",
  "The server cannot reach its data. Please try again in a moment.": "Der Server erreicht seine Daten nicht. Versuch es gleich noch einmal.",
  "The request took too long.": "Die Anfrage hat zu lange gedauert.",
};
