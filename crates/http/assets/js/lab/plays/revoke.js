// Revoke: a sealed pass cannot be unsealed, so its number goes on a list until it would have run out.

import { advance } from "../sandbox.js";
import { parse } from "../jws.js";

export const lanes = ["Browser", "Service", "hallpass"];
export const rows = 12;

const check = (stage, token, words) => stage.ask("/auth/verify", { actor: "service", token }, words);

export async function* play(stage) {
  const token = (await stage.login("ada@lab.example", {})).body.access_token;
  const claims = parse(token).payload.value;
  yield;
  await check(stage, token, { answer: "Sealed, in time, not on the list." });
  yield;
  await stage.ask("/auth/logout", { method: "POST", token }, { because: "Ada signs out on a shared computer, ten minutes early.", label: "signed out", answer: "The session is revoked, the cookie cleared." });
  const entry = (await stage.state()).denylist.find((one) => one.subject === claims.sid);
  stage.note("hallpass", `denylist + sid ${claims.sid.slice(0, 8)}…`, `For ${entry.remaining_seconds} more seconds: as long as the last token of this session could live, and not a second longer. That keeps the list short.`);
  yield;
  await check(stage, token, { because: "Somebody found the token in a log.", label: "refused", answer: "The seal is good, the time is good, the list says no. That is the one thing that a signature cannot know." });
  yield;
  await advance(entry.remaining_seconds);
  const left = (await stage.state()).denylist.length;
  stage.note("hallpass", `time passes: ${left} entries left`, "The token is void by its own exp now, so the list need not remember it.");
  yield;
  await check(stage, token, { label: "expired anyway", answer: "Still 401, now because of exp. Between logout and expiry there was no instant at which it was good." });
  yield;
}
