// The interview questions by level, and the places of the lab that show their answers.

import { words } from "../language.js";

const { JUNIOR } = await words("interview_junior");
const { MID } = await words("interview_mid");
const { SENIOR } = await words("interview_senior");

const PLACES = {
  anatomy: "Anatomy",
  "patterns/sign": "Sign",
  "patterns/verify": "Verify",
  "patterns/refresh": "Refresh",
  "patterns/revoke": "Revoke",
  "patterns/password": "Password",
  clock: "Clock",
  why: "Why it matters",
  deep: "Deep dive",
};

const level = (id, name, entries) => ({
  id,
  name,
  questions: entries.map(([own, ask, answer, where]) => ({ id: own, address: `interview/${id}/${own}`, level: name, ask, answer, where, place: PLACES[where] })),
});

export const LEVELS = [level("junior", "Junior", JUNIOR), level("mid", "Mid", MID), level("senior", "Senior", SENIOR)];

/** All of them, one after the other. */
export const INTERVIEW = LEVELS.flatMap(({ questions }) => questions);
