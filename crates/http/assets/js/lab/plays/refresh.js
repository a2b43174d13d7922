// Refresh: every use spends the token, and a spent one that comes back shows a theft.

import { cookieSet, keepAccess } from "../sandbox.js";

export const lanes = ["Browser", "hallpass", "Thief"];
export const rows = 16;

const refresh = (stage, words) => stage.ask("/auth/refresh", { method: "POST" }, words);

export async function* play(stage) {
  const first = await stage.login("ada@lab.example", { answer: "An access token for 15 minutes in the body, a refresh token in an HttpOnly cookie that no script can read." });
  const stolen = cookieSet(first.exchange);
  yield;
  stage.note("Thief", "copies the cookie", `Malware on Ada's machine reads the cookie file: ${stolen.slice(0, 12)}…`, "bad");
  yield;
  await stage.wait(901, "15 minutes pass", "The access token has expired by its own exp. Nobody had to do anything.");
  await stage.ask("/auth/me", { token: first.body.access_token }, { label: "expired" });
  yield;
  const second = await refresh(stage, { because: "The browser sends the cookie.", answer: "A fresh access token, and the next refresh token of the same family. The old one is spent." });
  await keepAccess(second.body.access_token);
  const session = (await stage.state()).sessions[0];
  stage.note("hallpass", `generation ${session.generation}, hash ${session.current_hash.slice(0, 8)}…`, "This is all that the store keeps of the token: whoever steals the table has no token.");
  yield;
  await stage.wait(11, "11 seconds pass", "Within 10 seconds of a rotation, a repeat counts as a lost answer and gets the same successor again. That time is over now.");
  yield;
  const body = { refresh_token: stolen };
  await stage.ask("/auth/refresh", { actor: "thief", method: "POST", body }, { because: "The stolen token, which Ada's browser has spent.", label: "token_reuse", answer: "A spent token came back, so two people hold this family. hallpass cannot know which of them is Ada, so it ends the family for both." });
  yield;
  await stage.ask("/auth/me", { token: second.body.access_token }, { because: "Ada's fresh access token.", label: "refused at once", answer: "The session's id went onto the denylist in the same transaction. The seal is still good, and the token is refused." });
  yield;
  await refresh(stage, { because: "Ada's current cookie.", label: "log in again", answer: "The family has ended and the cookie is cleared. Ada can log in with her password; the thief cannot." });
  yield;
}
