// What is said around the interview questions.

export const INTERVIEW = {
  title: "Interview questions",
  lead: "Answer out loud before you look. “See it” takes you to the place in the lab where you can check the answer yourself.",
  levels: "Levels",
  junior: "Junior",
  mid: "Mid-level",
  senior: "Senior",
  count: (count) => `${count} questions`,
  open: "Show all answers",
  close: "Hide all answers",
  see: "See it",
  seeAt: (place, question) => `See it: ${place}, for “${question}”`,
};
