// Die Aufgabe zu „Passwort“.

export const TASK = {
  lead: "40 Versuche für Graces Passwort treffen im selben Moment ein, von 8 Adressen. Höchstens 5 davon dürfen gehasht werden; ein Hash kostet eine Drittelsekunde eines Kerns.",
  questions: [
    {
      id: "order",
      ask: "Was tut dein Server mit einem Versuch?",
      choices: {
        after: "Die Fehlversuche des Kontos lesen. Unter 5: hashen. Ist das Passwort falsch, 1 dazuzählen.",
        last: "Zuerst hashen. Zu den Fehlversuchen des Kontos 1 dazuzählen. Über 5: ablehnen, auch wenn das Passwort richtig war.",
        before: "Zu den Fehlversuchen des Kontos 1 dazuzählen. Über 5: ablehnen. Sonst hashen.",
        address: "Zu den Fehlversuchen der Client-Adresse 1 dazuzählen. Über 5: ablehnen. Sonst hashen.",
      },
    },
  ],
  sends: (count) => `${count} × POST /auth/login`,
  sendsSays: "Alle im selben Moment, an deine Regel. Sie ist in deinem Browser simuliert, mit echten Hashes (PBKDF2), die nebeneinander laufen.",
  simulated: (statuses) => `${statuses} (simuliert)`,
  simulatedSays: "401 ist ein falsches Passwort, 429 ist zu viel.",
  hashed: (count) => `${count} gehasht`,
  hashedSays: "Jeder Hash ist ein ausprobierter Versuch und Zeit eines Kerns, die keine Anmeldung bekommt.",
  realSays: "Dieselben Versuche an die Sandbox, von einer Adresse, 8 auf einmal: Mehr bedient das Labor für einen Besucher nicht.",
  realAnswer: "Die echten Statuscodes.",
  realHashed: "hallpass zählt, bevor es hasht. Graces Konto ist jetzt gesperrt.",
  because: {
    after: "Alle 40 lasen den Zähler, bevor der erste Hash fertig war, also sah jeder 0. Lesen, entscheiden und schreiben muss ein Schritt sein.",
    last: "Mehr als 5 Antworten erfuhr der Dieb nicht, aber alle 40 wurden gehasht. Eine Flut falscher Versuche nimmt dann die Zeit aller Kerne, und niemand sonst kann sich anmelden.",
    address: "8 Adressen hatten je 5 Versuche, das sind alle 40. Ein Limit pro Adresse ist nötig, aber einen Dieb mit vielen Adressen hält nur ein Limit pro Konto auf.",
    before: "Der Zähler entschied, bevor gearbeitet wurde, in einem Schritt, für das Konto. Egal wie viele Versuche auf einmal kommen: 5 werden gehasht.",
  },
};
