// Die Aufgabe zu „Bestätigen“.

export const TASK = {
  lead: "Mila hat sich gerade registriert und bekommt eine Mail mit einem Link. Bevor sie sie liest, öffnet ein Scanner ihrer Firma jeden Link darin und drückt auf den Seiten dahinter jeden Knopf. Nur Mila darf ihre Adresse bestätigen, und ihr Link muss noch funktionieren, wenn sie kommt.",
  questions: [
    {
      id: "link",
      ask: "Was tut der Link in deiner Mail?",
      choices: {
        once: "Ihn zu öffnen bestätigt die Adresse. Er funktioniert einmal.",
        lasting: "Ihn zu öffnen bestätigt die Adresse. Er funktioniert einen Tag lang, egal wie oft er geöffnet wird.",
        button: "Er öffnet eine Seite mit einem Knopf. Der Knopf bestätigt die Adresse. Er funktioniert einmal.",
        session: "Er öffnet eine Seite. Sie bestätigt die Adresse nur für den Benutzer, der dort angemeldet ist. Er funktioniert einmal.",
      },
    },
  ],
  registers: "Mila registriert sich und ist angemeldet.",
  mail: "eine Mail mit einem Link",
  fragment: "Das Token steht hinter dem # des Links. Das schickt ein Browser an keinen Server, und es steht in keinem Log.",
  scans: "Der Scanner öffnet den Link.",
  scansHere: "Der Scanner öffnet den Link: eine Seite, ohne das Token. Selbst wenn er die Adresse aufruft, an die die Seite sendet:",
  presses: "Der Scanner drückt den Knopf, wie er jeden Knopf drückt.",
  mila: "Mila, in dem Browser, in dem sie sich registriert hat.",
  getSays: "Hier wirkt nichts auf GET.",
  noSession: "Das Token allein genügt nicht. Verbraucht ist es damit auch nicht.",
  simulated: (status) => `${status} (simuliert)`,
  simulatedSays: "Deine Regel ist in deinem Browser simuliert. hallpass hat keine Einstellung dafür.",
  state: (isUnproved) => (isUnproved ? "Die Adresse ist noch unbestätigt." : "Die Adresse ist bestätigt."),
  by: { scanner: "vom Scanner bestätigt", browser: "von Mila bestätigt" },
  byScanner: "Ein Programm, das niemand gefragt hat, hat für das Postfach geantwortet.",
  byMila: "Sie hat das Postfach und die Sitzung, und genau das war zu zeigen.",
  because: {
    once: "Der Scanner hat die Adresse bestätigt und den Link verbraucht. Mila sah nur einen Fehler. Und hätte ein Dieb ihre Adresse registriert, dann hätte der Scanner ihrer eigenen Firma sie für ihn bestätigt.",
    lasting: "Mila sah keinen Fehler, aber der Scanner hatte die Adresse längst bestätigt. Hätte ein Dieb sie registriert, dann hätte er jetzt ein bestätigtes Konto, ohne einen einzigen Klick von ihr.",
    button: "Eine Seite mit einem Knopf hält Programme auf, die nur Links öffnen. Dieses drückt auch Knöpfe: Die Adresse wurde ohne Mila bestätigt, und ihr Link war verbraucht.",
    session: "Ein Programm, das Links öffnet, hat keine Sitzung von Mila; es bestätigt nichts und verbraucht nichts. Wer das Postfach hat, aber keine Sitzung, ersetzt stattdessen das Passwort, und das beendet alles, was ein Fremder eingerichtet hat.",
  },
};
