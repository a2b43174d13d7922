// The challenge of “Verify”: four situations, and which status each gets. The sandbox answers three of them; in the fourth
// a service of this browser says what was chosen, and its client does what that status asks for.

import { keepAccess, sandbox } from "../sandbox.js";
import { isSigned } from "./service.js";
import { words } from "../../language.js";

const { TASK } = await words("turn_verify");

export const task = TASK;
export const lanes = () => ["browser", "service", "hallpass"];
/** What the client does in an outage takes longer for one answer than for another. */
export const rows = ({ outage }) => 14 + { 401: 6, 403: 1, 503: 4 }[outage];

const gate = async (stage, token, query, words) => (await stage.ask("/auth/verify", { actor: "service", token, query }, words)).status;

/** A request for the key set whose connection is cut. */
async function cut() {
  const line = new AbortController();
  const { base } = await sandbox();
  const asked = fetch(`${base}/.well-known/jwks.json`, { signal: line.signal });
  line.abort();
  return asked.then(() => false, () => true);
}

/** What a client does about a status: whether it has its report in the end. */
const CLIENT = {
  async 401(stage, token, again) {
    const { body } = await stage.ask("/auth/refresh", { method: "POST" }, { because: TASK.refreshes });
    again();
    await stage.ask("/auth/logout", { method: "POST", token: body.access_token }, { because: TASK.givesUp, label: TASK.signedOut });
    await keepAccess(null);
    return false;
  },
  async 403(stage) {
    stage.note("browser", TASK.stops, TASK.stopsSays, "bad");
    return false;
  },
  async 503(stage, token) {
    await stage.wait(2, TASK.waits, TASK.waitsSays);
    const { body } = await stage.ask("/.well-known/jwks.json", { actor: "service" }, { because: TASK.back, label: TASK.keys });
    const isGood = await isSigned(token, body);
    stage.arrow("service", "browser", isGood ? TASK.report : "401", TASK.reportSays, isGood ? "good" : "bad");
    return isGood;
  },
};

/** The outage: the service cannot tell, and says what was chosen. */
async function outage(stage, token, status) {
  stage.arrow("browser", "service", "GET /report", TASK.asks);
  const isCut = await cut();
  stage.note("service", TASK.unreachable, TASK.unreachableSays, "bad");
  const answer = () => stage.arrow("service", "browser", TASK.chosen(status), TASK.chosenSays, "bad");
  answer();
  const again = () => {
    stage.arrow("browser", "service", "GET /report", TASK.asksAgain);
    answer();
  };
  return isCut && CLIENT[status](stage, token, again);
}

export async function* play(stage, chosen) {
  await stage.fresh();
  const said = {};
  said.none = await gate(stage, undefined, "", { because: TASK.situations.none });
  yield;
  const { access_token: ada } = (await stage.login("ada@lab.example")).body;
  said.role = await gate(stage, ada, "?role=admin", { because: TASK.situations.role });
  yield;
  await stage.wait(901, TASK.passes, TASK.passesSays);
  said.expired = await gate(stage, ada, "", { because: TASK.situations.expired });
  yield;
  const { access_token: fresh } = (await stage.ask("/auth/refresh", { method: "POST" }, { because: TASK.renews })).body;
  await keepAccess(fresh);
  yield;
  const served = await outage(stage, fresh, chosen.outage);
  const judged = Object.entries(said).map(([id, status]) => [String(status) === chosen[id], TASK.told(TASK.situations[id], chosen[id], status), TASK.because[id]]);
  judged.push([served, TASK.outcome[chosen.outage], TASK.because.outage]);
  return { isRight: judged.every(([isRight]) => isRight), because: judged.map(([isRight, ...words]) => [isRight ? "✓" : "✗", ...words].join(" ")) };
}
