// Revoke: a signature cannot be undone, so the token goes on a list until it would have expired.

import { advance } from "../sandbox.js";
import { parse } from "../jws.js";
import { words } from "../../language.js";

const { PLAY } = await words("play_revoke");

export const lanes = ["browser", "service", "hallpass"];
export const rows = 12;

const check = (stage, token, words) => stage.ask("/auth/verify", { actor: "service", token }, words);

export async function* play(stage) {
  const token = (await stage.login("ada@lab.example", {})).body.access_token;
  const claims = parse(token).payload.value;
  yield;
  await check(stage, token, { answer: PLAY.good });
  yield;
  await stage.ask("/auth/logout", { method: "POST", token }, { because: PLAY.leaves, label: PLAY.out, answer: PLAY.outSays });
  const entry = (await stage.state()).denylist.find((one) => one.subject === claims.sid);
  stage.note("hallpass", PLAY.entry(claims.sid.slice(0, 8)), PLAY.entrySays(entry.remaining_seconds));
  yield;
  await check(stage, token, { because: PLAY.found, label: PLAY.refused, answer: PLAY.refusedSays });
  yield;
  // What remains is told in whole seconds.
  await advance(entry.remaining_seconds + 1);
  const left = (await stage.state()).denylist.filter((one) => one.subject === claims.sid).length;
  stage.note("hallpass", PLAY.passes(left), PLAY.passesSays);
  yield;
  await check(stage, token, { label: PLAY.expired, answer: PLAY.expiredSays });
  yield;
}
