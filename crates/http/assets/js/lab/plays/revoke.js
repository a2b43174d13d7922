// Revoke: a seal cannot be undone, so the pass goes on a list until it would have expired.

import { advance } from "../sandbox.js";
import { parse } from "../jws.js";

export const lanes = ["Browser", "Service", "hallpass"];
export const rows = 12;

const check = (stage, token, words) => stage.ask("/auth/verify", { actor: "service", token }, words);

export async function* play(stage) {
  const token = (await stage.login("ada@lab.example", {})).body.access_token;
  const claims = parse(token).payload.value;
  yield;
  await check(stage, token, { answer: "The seal is good, it has not expired, and it is not on the list." });
  yield;
  await stage.ask("/auth/logout", { method: "POST", token }, { because: "Ada signs out on a shared computer, before her token expires.", label: "signed out", answer: "The session is revoked, the cookie cleared." });
  const entry = (await stage.state()).denylist.find((one) => one.subject === claims.sid);
  stage.note("hallpass", `denylist + sid ${claims.sid.slice(0, 8)}…`, `For ${entry.remaining_seconds} more seconds: as long as the last token of this session can live, and not a second longer. That keeps the list short.`);
  yield;
  await check(stage, token, { because: "Somebody has found the token in a log.", label: "refused", answer: "The seal is good and the token has not expired, but it is on the list. A signature cannot know about that." });
  yield;
  await advance(entry.remaining_seconds);
  const left = (await stage.state()).denylist.length;
  stage.note("hallpass", `time passes: ${left} entries left`, "The token has now expired by its own exp, so the list no longer needs the entry.");
  yield;
  await check(stage, token, { label: "expired anyway", answer: "Still 401, now because of exp. At no moment between logout and expiry was it accepted." });
  yield;
}
