// Passwords: slow to check, which costs us little once and a guesser much a million times.

import { ask } from "../sandbox.js";
import { words } from "../../language.js";

const { PLAY } = await words("play_password");

export const lanes = ["thief", "hallpass", "browser"];
export const rows = 14;

const guess = (stage, password, words) => stage.ask("/auth/login", { actor: "thief", method: "POST", body: { email: "grace@lab.example", password } }, words);
const left = (answer) => answer.exchange?.response.headers.find(([name]) => name === "ratelimit-remaining")?.[1] ?? "?";
const GUESSES = ["letmein", "qwerty12", "grace123", "hopper1906", "cobol4ever"];

export async function* play(stage) {
  await stage.fresh();
  const email = `nobody-${crypto.randomUUID().slice(0, 8)}@lab.example`;
  const nobody = await ask("/auth/login", { actor: "thief", method: "POST", body: { email, password: "letmein" } });
  stage.arrow("thief", "hallpass", "POST /auth/login", PLAY.nobody);
  stage.answered("thief", nobody, { label: "invalid_credentials", answer: PLAY.nobodySays });
  yield;
  for (const password of GUESSES) {
    await guess(stage, password, { because: PLAY.guess(password), label: "invalid_credentials", answer: (answer) => PLAY.left(left(answer)) });
    yield;
  }
  const body = { email: "grace@lab.example", password: "the bell rings at nine" };
  await stage.ask("/auth/login", { method: "POST", body }, { because: PLAY.grace, label: "account_locked", answer: PLAY.locked });
  yield;
}

/** After the play the lock is left as it is: the clock can end it. */
export const after = PLAY.after;
