// Die sechs Muster: worum es jeweils geht und was man daraus mitnimmt; und was ihre Abläufe gemeinsam haben.

export const PATTERNS = [
  {
    id: "sign",
    name: "Signieren",
    about: "Ein Token sagt, wer du bist, welche Rolle du hast und wann es abläuft. Seine Signatur kann nur der Aussteller erzeugen.",
    insight: "Entscheidend ist, wer signieren kann. Bei HS256 kann jeder, der ein Token prüfen kann, auch eines fälschen. Bei RS256, ES256 oder EdDSA kann nur der Aussteller signieren. Ein ausgestelltes Token lässt sich nicht mehr korrigieren: Schreib hinein, was ein Dienst für seine Entscheidung braucht, und nichts, was veraltet.",
  },
  {
    id: "verify",
    name: "Prüfen",
    about: "Ein Dienst prüft das Token selbst, ohne bei jeder Anfrage den Auth-Server zu fragen.",
    insight: "401 und 403 beantworten zwei verschiedene Fragen. 401: Ich weiß nicht, wer du bist; melde dich an und versuch es noch einmal. 403: Ich weiß, wer du bist, und die Antwort ist trotzdem nein. Auch die Reihenfolge der Prüfungen zählt: Form, Schlüssel, Algorithmus, Signatur und erst dann die Claims. Solange die Signatur nicht geprüft ist, ist ein Claim nur etwas, das irgendjemand geschrieben hat.",
  },
  {
    id: "refresh",
    name: "Erneuern",
    about: "Das Access-Token lebt kurz. Ein zweites Token, das kein Skript lesen kann, holt im Stillen das nächste.",
    insight: "Jedes Refresh-Token gilt nur einmal. Wird eines gestohlen, haben es zwei, und wer als Zweiter kommt, zeigt ein verbrauchtes Token: Der Diebstahl fällt auf, egal wer schneller war. Der Server kann Dieb und Besitzer nicht unterscheiden, also beendet er die Sitzung für beide. Der Besitzer hat ein Passwort und fängt neu an; der Dieb hat keines.",
  },
  {
    id: "revoke",
    name: "Widerrufen",
    about: "Eine Abmeldung, ein verlorenes Handy, ein gesperrtes Konto: Manche Tokens müssen vorzeitig enden.",
    insight: "Eine Signatur beweist, wer ein Token ausgestellt hat. Ob es seitdem widerrufen wurde, kann sie nicht sagen; dafür braucht es eine Liste. Die Liste bleibt klein, weil ein Eintrag wegfallen kann, sobald sein Token ohnehin abgelaufen wäre: Ein kurzes exp macht eine Sperrliste billig.",
  },
  {
    id: "password",
    name: "Passwort",
    about: "Ein Hash dauert etwa 0,3 s. Für eine Anmeldung ist das nichts. Für einen Dieb mit der gestohlenen Tabelle sind es auf einem Kern 3,5 Tage für eine Million Wörter und 9,5 Jahre für eine Milliarde Versuche.",
    insight: "Langsames Hashen schützt eine gestohlene Tabelle, Limits schützen das Anmeldeformular: Du brauchst beides. Zähl einen Versuch, bevor du hashst, sonst kommen 40 parallele Versuche alle durch. Und eine unbekannte Adresse muss genauso lange dauern und dieselbe Antwort bekommen, sonst verrät das Formular jedem, wer ein Konto hat.",
  },
  {
    id: "prove",
    name: "Bestätigen",
    about: "Eine Adresse ist nur eingetippt. Ob von ihrem Besitzer, weiß niemand, bis das Postfach geantwortet hat.",
    insight: "Wer das Postfach liest, bekommt das Konto: Darauf läuft ein vergessenes Passwort hinaus. Deshalb muss der erste Beweis alles beenden, was vorher eingerichtet wurde, Passwort wie Sitzungen; sonst bleibt ein Fremder drin, der deine Adresse zuerst registriert hat. Was in einer Mail steht, ist für ein paar Minuten ein Passwort: zufällig, als Hash gespeichert, nur für einen Zweck und nur einmal gültig. Und weil Programme Links öffnen, bevor Menschen es tun, darf ein Link durch bloßes Öffnen nichts ändern.",
  },
];

/** Wer mitspielt, nach dem Namen, den die Abläufe benutzen. */
export const LANES = { browser: "Browser", hallpass: "hallpass", service: "Dienst", rule: "Regel", thief: "Dieb", mailbox: "Postfach", scanner: "Scanner" };

/** Die Zeichnung und die Liste daneben. */
export const DRAWING = {
  drawing: (title) => `${title}: ein Sequenzdiagramm; die Liste daneben sagt dasselbe in Worten`,
  steps: (title) => `${title}, Schritt für Schritt`,
  empty: "Hier steht jeder Schritt mit dem, was über die Leitung ging.",
  credentials: (email) => `${email} und das Passwort`,
};

/** Ein Ablauf mit seinen Knöpfen. */
export const PLAYER = {
  title: "Sechs Muster",
  tabs: "Muster",
  heading: "Was passiert",
  play: "Abspielen",
  step: "Schritt",
  reset: "Zurücksetzen",
  nothing: "Noch ist nichts passiert.",
  asking: "Die Sandbox wird gefragt …",
  going: "Jeder Pfeil war eine echte Anfrage.",
  ended: "Das war alles. Öffne eine Zeile der Liste, um zu sehen, was über die Leitung ging.",
  spoken: (name) => `„${name}“ wurde bis zum Ende abgespielt.`,
  insight: "Das Wichtigste",
  beside: "Neben der Zeichnung",
  words: "In Worten",
};

/** Codeblöcke. */
export const CODE = {
  copy: "Kopieren",
  copyOf: (name) => `${name} kopieren`,
  copied: "Kopiert.",
  refused: "Der Browser erlaubt es nicht.",
  line: (file, line) => `${file}, Zeile ${line}`,
};

/** Der Platz einer Aufgabe, bevor sie geladen ist. */
export const TURN = {
  title: "Du bist dran",
  teaser: "Eine Aufgabe mit mehreren Antworten. Die gewählte wird auf der Sandbox abgespielt, ob richtig oder falsch.",
  open: "Aufgabe zeigen",
  failed: "Die Aufgabe ließ sich nicht laden. Bitte versuch es noch einmal.",
};
