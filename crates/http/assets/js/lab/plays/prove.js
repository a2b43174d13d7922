// Prove an address: a thief registers it first, and its owner takes the account back by her mailbox.

import { ask, carried, entered } from "../sandbox.js";
import { delivered, newcomer } from "../newcomer.js";
import { words } from "../../language.js";

const { PLAY } = await words("play_prove");

export const lanes = ["thief", "hallpass", "mailbox", "browser"];
export const rows = 17;

const HIS = "a stranger's gate 12";
const HERS = "corridor-warden 1893";

const post = (stage, path, body, words, actor = "browser") => stage.ask(path, { actor, method: "POST", body }, words);

export async function* play(stage) {
  await stage.fresh();
  const email = await newcomer();
  const { body } = await post(stage, "/auth/register", { email, password: HIS }, { because: PLAY.registers, label: PLAY.unproved, answer: PLAY.registersSays }, "thief");
  yield;
  await delivered(stage, email, PLAY.uninvited);
  yield;
  await post(stage, "/auth/password/forgot", { email }, { because: PLAY.forgot, answer: PLAY.forgotSays });
  const { code } = carried(await delivered(stage, email, PLAY.reset));
  yield;
  const reset = { email, code, new_password: HERS };
  await post(stage, "/auth/password/reset", reset, { because: PLAY.types, label: PLAY.hers, answer: PLAY.hersSays });
  yield;
  await stage.ask("/auth/me", { actor: "thief", token: body.access_token }, { because: PLAY.hisToken });
  yield;
  await post(stage, "/auth/login", { email, password: HIS }, { because: PLAY.hisPassword, label: "invalid_credentials" }, "thief");
  yield;
  const { body: hers } = await entered(await post(stage, "/auth/login", { email, password: HERS }, { because: PLAY.enters }));
  const { body: me } = await ask("/auth/me", { token: hers.access_token });
  stage.note("hallpass", `email_verified_at: ${me.email_verified_at.slice(0, 10)}`, PLAY.proved);
  yield;
  await post(stage, "/auth/password/reset", reset, { because: PLAY.again, answer: PLAY.againSays });
  yield;
}
