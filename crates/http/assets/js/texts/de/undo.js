// What the page says that undoes a change of address.

export const UNDO = {
  working: "Einen Moment noch.",
  done: "Deine Adresse ist wieder da",
  look: "Alle sind abgemeldet. Mit einer Mail an deine alte Adresse wählst du ein neues Passwort.",
  bare: "Öffne den Link aus der Mail",
  bareWords: "Diese Seite braucht, was der Link in der Mail an deine alte Adresse mitbringt.",
};
