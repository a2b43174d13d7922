// What the page says that undoes a change of address, or throws everyone out.

export const UNDO = {
  working: "Einen Moment noch.",
  noEmail: "Gib die Adresse ein, an die die Mail ging.",
  done: "Deine alte Adresse ist wieder da",
  look: "Alle sind abgemeldet. Eine Mail an deine alte Adresse ist unterwegs: Mit ihr wählst du ein neues Passwort.",
  deviceDone: "Alle sind abgemeldet",
  deviceLook: "Dein altes Passwort öffnet nichts mehr. Eine Mail ist unterwegs: Mit ihr wählst du ein neues.",
  /** Refusals that this page says in words of its own. */
  refused: {
    unfit_code: "Dieser Link gilt nur einmal, nicht lange und nur mit der Adresse, an die die Mail ging. Wenn dein Konto nicht mehr dir gehört, wende dich an einen Admin.",
    email_taken: "Deine alte Adresse gehört inzwischen zu einem anderen Konto. Wende dich an einen Admin.",
  },
  bare: "Öffne den Link aus der Mail",
  bareWords: "Diese Seite braucht den ganzen Link aus der Mail. Öffne ihn dort noch einmal.",
};
