// Refresh: every use spends the token, and a spent one that comes back shows a theft.

import { cookieSet, keepAccess } from "../sandbox.js";
import { words } from "../../language.js";

const { PLAY } = await words("play_refresh");

export const lanes = ["browser", "hallpass", "thief"];
export const rows = 16;

const refresh = (stage, words) => stage.ask("/auth/refresh", { method: "POST" }, words);

export async function* play(stage) {
  const first = await stage.login("ada@lab.example", { answer: PLAY.login });
  const stolen = cookieSet(first.exchange);
  yield;
  stage.note("thief", PLAY.copies, PLAY.copiesSays(stolen.slice(0, 12)), "bad");
  yield;
  await stage.wait(901, PLAY.passes, PLAY.passesSays);
  await stage.ask("/auth/me", { token: first.body.access_token }, { label: PLAY.expired });
  yield;
  const second = await refresh(stage, { because: PLAY.sends, answer: PLAY.rotated });
  await keepAccess(second.body.access_token);
  const session = (await stage.state()).sessions[0];
  stage.note("hallpass", PLAY.stored(session.generation, session.current_hash.slice(0, 8)), PLAY.storedSays);
  yield;
  await stage.wait(11, PLAY.grace, PLAY.graceSays);
  yield;
  const body = { refresh_token: stolen };
  await stage.ask("/auth/refresh", { actor: "thief", method: "POST", body }, { because: PLAY.spent, label: "token_reuse", answer: PLAY.reuse });
  yield;
  await stage.ask("/auth/me", { token: second.body.access_token }, { because: PLAY.fresh, label: PLAY.refused, answer: PLAY.refusedSays });
  yield;
  await refresh(stage, { because: PLAY.current, label: PLAY.again, answer: PLAY.againSays });
  yield;
}
