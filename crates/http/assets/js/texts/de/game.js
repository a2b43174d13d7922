// What the memory game says around its questions, and on the picture of a result.

export const GAME = {
  title: "Gedächtnisspiel",
  lead: (choice, open, round) => `${choice} Fragen mit vier Antworten und ${open} Interviewfragen, in Runden zu ${round}. Was du falsch beantwortest, kommt nach drei anderen Fragen wieder, danach in größeren Abständen. Antworten kannst du auch mit den Zifferntasten.`,
  standing: ({ known, all, row, best, right, wrong }) => `${known} von ${all} gekonnt · ${row} in Folge (Rekord ${best}) · ${right} richtig, ${wrong} falsch`,
  waiting: (count) => ` · ${count} zu wiederholen`,
  question: (at, of) => `Frage ${at} von ${of}`,
  right: "Richtig.",
  wrong: (right) => `Richtig ist: ${right}`,
  aloud: "Antworte laut, dann sieh nach.",
  from: (level) => `Interview: ${level}`,
  look: "Antwort zeigen",
  asked: "Wusstest du es?",
  knew: "Wusste ich",
  not: "Noch nicht",
  known: "Gut.",
  later: "Die Frage kommt nach drei anderen wieder.",
  see: (place) => `Im Labor ansehen: ${place}`,
  next: "Nächste Frage",
  result: "Zum Ergebnis",
  forget: "Fortschritt löschen",
};

export const RESULT = {
  picture: "hallpass-Labor · Gedächtnisspiel",
  subject: "JWT-Authentifizierung",
  right: (right, of) => `${right} von ${of} richtig`,
  known: (known, all, best) => `${known} von ${all} Fragen gekonnt · längste Serie ${best}`,
  sentence: (right, of, known, all, best) => `JWT-Authentifizierung: ${right} von ${of} richtig, ${known} von ${all} Fragen gekonnt, längste Serie ${best}.`,
  missed: "Diese Fragen kommen bald wieder:",
  painted: "Das Bild ist in deinem Browser entstanden. Nichts wurde gesendet.",
  again: "Nächste Runde",
  download: "Bild herunterladen",
  copy: "Bild kopieren",
  copied: "Das Bild ist in der Zwischenablage.",
  notCopied: "Dieser Browser kann keine Bilder kopieren. Lade es stattdessen herunter.",
};
