// What forms say: showing a password, waiting, and how good a password is.

export const FORMS = {
  show: "Anzeigen",
  hide: "Verbergen",
  /** The button beside a password: what it does while the password is hidden, and while it is shown. */
  reveal: {
    password: ["Passwort anzeigen", "Passwort verbergen"],
    next: ["Neues Passwort anzeigen", "Neues Passwort verbergen"],
  },
  checking: "Einen Moment noch. Ein Passwort zu prüfen dauert absichtlich etwas, damit Raten langsam ist.",
  slow: "Der Server antwortet langsam. Du kannst weiter warten, es geht nichts verloren.",
};

/** How good a password is, from nothing to strong. */
export const STRENGTH = [
  "Mindestens 8 Zeichen. Drei oder vier ungewöhnliche Wörter ergeben ein gutes Passwort.",
  "Schwach: leicht zu erraten.",
  "Mittelmäßig. Ein oder zwei Wörter mehr würden helfen.",
  "Gut.",
  "Stark.",
];
