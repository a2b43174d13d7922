// The interview questions by level, and the places of the lab that show their answers.

import { words } from "../language.js";

const { JUNIOR } = await words("interview_junior");
const { MID } = await words("interview_mid");
const { SENIOR } = await words("interview_senior");
const { INTERVIEW: NAMES } = await words("interview");
const { SECTIONS } = await words("lab");
const { PATTERNS } = await words("patterns");

/** What the places are called that show an answer. */
const PLACES = { ...SECTIONS, ...Object.fromEntries(PATTERNS.map(({ id, name }) => [`patterns/${id}`, name])) };

const level = (id, entries) => ({
  id,
  name: NAMES[id],
  questions: entries.map(([own, ask, answer, where]) => ({ id: own, address: `interview/${id}/${own}`, level: NAMES[id], ask, answer, where, place: PLACES[where] })),
});

export const LEVELS = [level("junior", JUNIOR), level("mid", MID), level("senior", SENIOR)];

/** All of them, one after the other. */
export const INTERVIEW = LEVELS.flatMap(({ questions }) => questions);
