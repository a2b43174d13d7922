// Verify: 401 says “who are you?”, 403 says “I know who you are, but no”.

import { words } from "../../language.js";

const { PLAY } = await words("play_verify");

export const lanes = ["browser", "service", "hallpass"];
export const rows = 17;

const gate = (stage, token, query, words) => stage.ask("/auth/verify", { actor: "service", token, query }, words);

export async function* play(stage) {
  await stage.fresh();
  const ada = (await stage.login("ada@lab.example", { answer: PLAY.login })).body.access_token;
  yield;
  stage.arrow("browser", "service", PLAY.noToken, PLAY.noTokenSays);
  await gate(stage, undefined, "", { label: PLAY.who, answer: PLAY.whoSays });
  yield;
  stage.arrow("browser", "service", PLAY.report);
  await gate(stage, ada, "", { label: PLAY.ada, answer: PLAY.adaSays });
  yield;
  stage.arrow("browser", "service", PLAY.payroll, PLAY.payrollSays);
  await gate(stage, ada, "?role=admin", { label: PLAY.known, answer: PLAY.knownSays });
  yield;
  const bent = `${ada.slice(0, -3)}${ada.at(-3) === "A" ? "B" : "A"}${ada.slice(-2)}`;
  await gate(stage, bent, "?role=admin", { because: PLAY.bent, label: PLAY.invalid, answer: PLAY.invalidSays });
  yield;
  const grace = (await stage.login("grace@lab.example", { because: PLAY.admin })).body.access_token;
  await gate(stage, grace, "?role=admin", { label: PLAY.grace, answer: PLAY.graceSays });
  yield;
}
