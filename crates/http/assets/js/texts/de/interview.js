// What is said around the interview questions.

export const INTERVIEW = {
  title: "Interviewfragen",
  lead: "Antworte laut, bevor du nachsiehst. „Ansehen“ führt zu der Stelle im Labor, an der du die Antwort selbst nachprüfen kannst.",
  levels: "Stufen",
  junior: "Junior",
  mid: "Mid-Level",
  senior: "Senior",
  count: (count) => `${count} Fragen`,
  open: "Alle Antworten zeigen",
  close: "Alle Antworten ausblenden",
  see: "Ansehen",
  seeAt: (place, question) => `Ansehen: ${place}, zu „${question}“`,
};
