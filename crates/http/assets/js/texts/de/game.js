// What the memory game says around its questions, and on the picture of a result.

export const GAME = {
  title: "Memory game",
  lead: (choice, open, round) => `${choice} multiple-choice questions and ${open} interview questions, in rounds of ${round}. A question that you get wrong comes back after three others, then after longer gaps. You can answer with the number keys.`,
  standing: ({ known, all, row, best, right, wrong }) => `${known} of ${all} known · ${row} in a row (best ${best}) · ${right} right, ${wrong} wrong`,
  waiting: (count) => ` · ${count} will come back`,
  question: (at, of) => `Question ${at} of ${of}`,
  right: "Correct.",
  wrong: (right) => `The right answer is: ${right}`,
  aloud: "Answer out loud, then look.",
  from: (level) => `Interview: ${level}`,
  look: "Show the answer",
  asked: "Did you know it?",
  knew: "I knew it",
  not: "Not yet",
  known: "Good.",
  later: "It comes back after three others.",
  see: (place) => `See it in the lab: ${place}`,
  next: "Next question",
  result: "See the result",
  forget: "Reset my progress",
};

export const RESULT = {
  picture: "hallpass lab · memory game",
  subject: "JWT authentication",
  right: (right, of) => `${right} of ${of} right`,
  known: (known, all, best) => `${known} of ${all} questions known · longest streak ${best}`,
  sentence: (right, of, known, all, best) => `JWT authentication: ${right} of ${of} right, ${known} of ${all} questions known, longest streak ${best}.`,
  missed: "These will come back soon:",
  painted: "The picture was made in your browser. Nothing was sent.",
  again: "Next round",
  download: "Download picture",
  copy: "Copy picture",
  copied: "The picture is on the clipboard.",
  notCopied: "This browser cannot copy pictures. Download it instead.",
};
