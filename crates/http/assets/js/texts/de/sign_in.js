// What the sign-in page says.

export const SIGN_IN = {
  signIn: "Anmelden",
  register: "Registrieren",
  make: "Konto anlegen",
  renew: "Passwort setzen und anmelden",
  /** What is missing: `fresh` is the password of a new account, `next` the one that replaces a one-time password. */
  missing: { email: "Gib deine E-Mail-Adresse ein.", password: "Gib dein Passwort ein.", fresh: "Wähle ein Passwort.", next: "Wähle ein neues Passwort." },
  left: (time) => ` Noch ${time}.`,
  again: "Du kannst es jetzt noch einmal versuchen.",
  once: "Du hast dich mit einem Einmalpasswort angemeldet. Ersetze es durch ein eigenes.",
  proof: ["Bestätige deine Adresse", "Melde dich dazu mit deinem Passwort an."],
  unlocked: ["Dein Konto ist entsperrt", "Melde dich mit deinem Passwort an. Dein Konto kennt jetzt diesen Browser."],
  working: "Einen Moment noch.",
  plain: ["Diese Seite kam über unverschlüsseltes HTTP", "Das Anmelde-Cookie wird nur über HTTPS gesendet, wenn der Server nicht anders eingerichtet ist. Vielleicht bleibst du nicht angemeldet."],
};

/** What the page adds to a refusal. */
export const MORE = {
  invalid_credentials: "Prüfe beides. Der Server sagt nie, was von beidem falsch ist.",
  account_locked: "Es gab zu viele falsche Passwörter hintereinander. Auch das richtige muss jetzt warten; ein Admin kann das Konto entsperren.",
  too_many_attempts: "Sie kamen alle von deiner Netzwerkadresse.",
  email_taken: "Melde dich an oder nimm eine andere Adresse.",
};
