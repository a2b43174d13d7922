// Passwords: slow to check, which costs us little once and a guesser much a million times.

import { ask } from "../sandbox.js";

export const lanes = ["Thief", "hallpass", "Browser"];
export const rows = 14;

const guess = (stage, password, words) => stage.ask("/auth/login", { actor: "thief", method: "POST", body: { email: "grace@lab.example", password } }, words);
const left = (answer) => answer.exchange?.response.headers.find(([name]) => name === "ratelimit-remaining")?.[1] ?? "?";
const GUESSES = ["letmein", "qwerty12", "grace123", "hopper1906", "cobol4ever"];

export async function* play(stage) {
  await stage.fresh();
  const email = `nobody-${crypto.randomUUID().slice(0, 8)}@lab.example`;
  const nobody = await ask("/auth/login", { actor: "thief", method: "POST", body: { email, password: "letmein" } });
  stage.arrow("Thief", "hallpass", "POST /auth/login", "An address that has no account.");
  stage.answered("Thief", nobody, { label: "invalid_credentials", answer: "The same answer after the same work as for a wrong password: a decoy hash was computed. So nobody learns who has an account." });
  yield;
  for (const password of GUESSES) {
    await guess(stage, password, { because: `Grace's address, “${password}”.`, label: "invalid_credentials", answer: (answer) => `${left(answer)} attempts left for this client address.` });
    yield;
  }
  const body = { email: "grace@lab.example", password: "the bell rings at nine" };
  await stage.ask("/auth/login", { method: "POST", body }, { because: "Grace herself, with the right password.", label: "account_locked", answer: "5 failures in a row lock the account for 30 minutes, even for the right password. Nothing is hashed meanwhile." });
  yield;
}

/** After the play the lock is left as it is: the clock can end it. */
export const after = "Grace is locked out now. Move the clock forward by 30 minutes, and she can log in again.";
