// What the sign-in page says about mails.

export const BY_MAIL = {
  look: "Sieh in dein Postfach",
  sent: (email) => `Wenn es zu ${email} ein Konto gibt, ist eine Mail unterwegs.`,
  here: "Folge dem Link darin in diesem Browser oder gib hier den Code ein.",
  code: "Der Code aus der Mail",
  signIn: "Anmelden",
  elsewhere: "Du öffnest den Link in einem anderen Browser? Gib dort diese Ziffern ein:",
  digits: "Die vier Ziffern",
  /** When nothing was typed, by how many digits were asked for. */
  empty: (count) => (count === 4 ? "Gib die vier Ziffern ein." : "Gib den Code aus der Mail ein."),
  other: "Wo hast du angefangen?",
  otherWords: "Allein genügt der Link nur in dem Browser, der ihn angefordert hat. Hast du in einem anderen angefangen, gib die vier Ziffern ein, die dort stehen.",
  orAnew: "Wenn nicht, gilt der Link nicht mehr. Geh zurück und fordere einen neuen an.",
  almost: "Fast geschafft",
  press: "Noch ein Klick, dann bist du angemeldet.",
  confirm: "Bestätige deine Adresse",
  proof: (email) => `Eine Mail an ${email} ist unterwegs. Gib hier den Code daraus ein oder folge dem Link.`,
  proofElse: "Steht in der Mail, dass du schon ein Konto hast, geh zurück und melde dich an.",
  proofOnce: (email) => `Bei der Registrierung ging eine Mail an ${email}. Gib hier den Code daraus ein oder lass dir eine neue schicken.`,
  confirmGo: "Bestätigen und anmelden",
  again: "Mail noch einmal senden",
  againIn: (seconds) => `Mail noch einmal senden in ${seconds} s`,
  sentAgain: "Eine weitere Mail ist unterwegs. Nur die neueste gilt.",
  back: "Zurück",
  working: "Einen Moment noch.",
};
