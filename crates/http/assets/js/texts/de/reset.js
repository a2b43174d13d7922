// What the page for a forgotten password says.

export const RESET = {
  send: "Mail senden",
  set: "Passwort festlegen",
  noEmail: "Gib deine E-Mail-Adresse ein.",
  noCode: "Gib den Code aus der Mail ein.",
  noPassword: "Wähle ein neues Passwort.",
  sent: "Sieh in dein Postfach",
  look: (email) => `Wenn ${email} ein Konto hat, ist eine Mail unterwegs. Folge dem Link darin oder gib hier den Code ein. Lass diese Seite offen.`,
  working: "Einen Moment noch.",
};
