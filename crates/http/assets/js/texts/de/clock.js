// What the clock says.

export const CLOCK = {
  title: "Dreh die Uhr vor",
  hint: "Zieh den Regler nach rechts und lass los, oder nimm die Pfeiltasten und dann Enter. So viel Zeit vergeht in deiner Sandbox und sonst nirgends. Die Zeit läuft nur vorwärts. „Von vorn“ setzt sie zurück.",
  forward: "Vorwärts",
  jump: "Oder spring zu dem, was als Nächstes abläuft",
  nothing: "Im Moment läuft nichts bald ab. Melde dich an, sperre ein Konto oder melde dich ab, dann ändert sich das.",
  act: "Starte etwas, das abläuft",
  signIn: "Ada anmelden",
  request: "Anfrage senden",
  lock: "Graces Passwort raten",
  signOut: "Abmelden",
  lesson: ["Worauf du achten kannst", "Hier räumt niemand auf. Tokens, Sperren, Sitzungen und Einträge der Sperrliste tragen ihre Ablaufzeit selbst, also kann man sie gefahrlos vergessen. Ein Angreifer gewinnt durch Warten nichts."],
  events: "Was passiert ist",
  far: (span) => `in ${span}`,
};

/** What lies ahead; who is locked out is put in. */
export const MARKS = {
  access: () => "Access-Token",
  session: () => "Ungenutzte Sitzung",
  lock: (who) => `Sperre von ${who}`,
  entry: () => "Sperrlisteneintrag",
  label: (name, span) => `${name}: noch ${span}`,
};

/** What is said once it has ended. */
export const ENDED = {
  access: () => "Das Access-Token ist abgelaufen. Die nächste Anfrage wird abgelehnt.",
  session: () => "Die Sitzung ist nach sieben Tagen ohne Erneuerung abgelaufen.",
  lock: (who) => `Die Sperre ist vorbei. ${who} kann sich wieder anmelden.`,
  entry: (left) => `Ein Sperrlisteneintrag ist abgelaufen, weil auch seine Tokens abgelaufen sind. Einträge auf der Sperrliste: ${left}.`,
};

export const TOLD = {
  good: "vorbei",
  bad: "abgelehnt",
  plain: "erledigt",
  moved: (span, time) => `${span} sind vergangen. In der Sandbox ist jetzt ${time}.`,
  passed: (span) => `${span} sind vergangen.`,
  answered: (email) => `GET /auth/me lieferte 200: ${email}.`,
  notAnswered: (status, code) => `GET /auth/me lieferte ${status} ${code}. Das Token ist abgelaufen oder wurde widerrufen.`,
  silent: (status) => `Die Seite hat sich im Stillen ein neues Token geholt (POST /auth/refresh, 200) und die Anfrage noch einmal gesendet: ${status}. Der Nutzer hat nichts gemerkt.`,
  notSilent: (status, code) => `POST /auth/refresh lieferte ${status} ${code}. Melde dich wieder an.`,
  signedIn: "Ada hat sich angemeldet. Ihr Access-Token gilt 15 Minuten, ihre Sitzung 7 Tage.",
  guessed: (status, code) => `Jemand hat versucht, Graces Passwort zu erraten: ${status} ${code}.`,
  signedOut: (who) => `${who} hat sich abgemeldet. Die Sitzung bleibt auf der Sperrliste, bis ihr letztes Token abgelaufen ist.`,
  refused: (status, code) => `Abgelehnt: ${status} ${code}.`,
};

/** What is in the sandbox. */
export const INSIDE = {
  time: "Zeit",
  ahead: (time, span) => `${time} (${span} voraus)`,
  access: "Access-Token",
  holds: (email, until) => `${email}: bis ${until}`,
  noAccess: "keines",
  sessions: "Aktive Sitzungen",
  locked: "Gesperrt",
  nobody: "niemand",
  denylist: "Sperrliste",
  empty: "leer",
  kinds: { token: "Token", session: "Sitzung", user: "Nutzer" },
  entry: (kind, id, span) => `${kind} ${id}, noch ${span}`,
};

/** How far away a time is. */
export const TIME = {
  now: "jetzt",
  ahead: (span) => `in ${span}`,
  ago: (span) => `vor ${span}`,
};
