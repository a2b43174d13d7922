// What the sign-in page says about mails.

export const BY_MAIL = {
  look: "Sieh in dein Postfach",
  sent: (email) => `Wenn ${email} ein Konto hat, ist eine Mail unterwegs.`,
  here: "Folge dem Link in diesem Browser oder gib hier den Code ein.",
  code: "Der Code aus der Mail",
  signIn: "Anmelden",
  elsewhere: "Du öffnest den Link auf einem anderen Gerät? Dort wirst du nach diesen Ziffern gefragt:",
  digits: "Die vier Ziffern",
  other: "Wo hast du angefangen?",
  otherWords: "Das ist nicht der Browser, der die Mail angefordert hat. Gib die vier Ziffern ein, die er anzeigt. Zeigt er keine, gilt der Link nicht mehr: Fordere dort einen neuen an.",
  almost: "Fast geschafft",
  press: "Deine Mail hat bewiesen, wer du bist.",
  confirm: "Bestätige deine Adresse",
  proof: (email) => `Eine Mail ging an ${email}. Gib hier ihren Code ein; ihr Link geht auch.`,
  confirmGo: "Bestätigen und anmelden",
  again: "Mail noch einmal senden",
  againIn: (seconds) => `Mail noch einmal senden in ${seconds} s`,
  sentAgain: "Eine weitere Mail ist unterwegs. Nur der neueste Code gilt.",
  back: "Zurück",
  working: "Einen Moment noch.",
};
