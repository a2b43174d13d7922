// The challenge of “Refresh”: a spent token comes back. The thief was first this time, so the one who shows it is Ada.

import { cookieSet, keepAccess } from "../sandbox.js";
import { encode } from "../jws.js";
import { bytes } from "./service.js";
import { words } from "../../language.js";

const { TASK } = await words("turn_refresh");

const isReal = ({ reuse }) => reuse === "family";

export const task = TASK;
export const lanes = (chosen) => (isReal(chosen) ? ["browser", "hallpass", "thief"] : ["browser", "hallpass", "rule", "thief"]);
export const rows = () => 13;

const hashed = async (token) => encode(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes(token))));

/** What each wrong answer does about a row whose token was spent before. */
const RULES = {
  refuse: () => 401,
  remove: (server, hash) => server.rows.delete(hash) && 401,
  renew: () => 200,
};

/** A server with the visitor's rule, in this browser: a row for each hash of a token, and whether it is spent. */
class Server {
  constructor(rule) {
    this.rule = rule;
    this.rows = new Map();
    this.asked = 0;
  }

  /** Knows what hallpass has issued: the spent token and its successor. */
  async learn(token, isSpent) {
    this.rows.set(await hashed(token), { isSpent });
  }

  /** The status, and the next token if there is one. */
  async refresh(token) {
    this.asked += 1;
    const hash = await hashed(token);
    const row = this.rows.get(hash);
    if (!row) return { status: 401 };
    const status = row.isSpent ? RULES[this.rule](this, hash) : 200;
    if (status !== 200) return { status };
    row.isSpent = true;
    const next = encode(crypto.getRandomValues(new Uint8Array(32)));
    await this.learn(next, false);
    return { status, next };
  }
}

/** Asks the simulated server, and draws it. */
async function simulated(stage, server, from, token, because) {
  stage.arrow(from, "rule", "POST /auth/refresh", because);
  const isFirst = server.asked === 0;
  const answer = await server.refresh(token);
  stage.arrow("rule", from, TASK.simulated(answer.status), isFirst && TASK.simulatedSays, answer.status === 200 ? "good" : "bad");
  return answer;
}

/** What the thief can still do where the visitor's rule is in force. */
async function* byRule(stage, { spent, current, reuse }) {
  const server = new Server(reuse);
  await server.learn(spent, true);
  await server.learn(current, false);
  await simulated(stage, server, "browser", spent, TASK.shows);
  yield;
  const once = await simulated(stage, server, "thief", current, TASK.thiefTries);
  yield;
  const twice = once.next ? await simulated(stage, server, "thief", once.next, TASK.thiefAgain) : once;
  return [once.status, twice.status];
}

/** The same on the sandbox: hallpass's own rule. */
async function* byHallpass(stage, { current, access }) {
  await stage.ask("/auth/refresh", { method: "POST" }, { because: TASK.shows });
  yield;
  const once = await stage.ask("/auth/refresh", { actor: "thief", method: "POST", body: { refresh_token: current } }, { because: TASK.thiefTries });
  yield;
  const me = await stage.ask("/auth/me", { actor: "thief", token: access }, { because: TASK.thiefAccess });
  await keepAccess(null);
  return [once.status, me.status];
}

export async function* play(stage, chosen) {
  await stage.fresh();
  const spent = cookieSet((await stage.login("ada@lab.example")).exchange);
  stage.note("thief", TASK.copies, TASK.copiesSays, "bad");
  yield;
  const won = await stage.ask("/auth/refresh", { actor: "thief", method: "POST", body: { refresh_token: spent } }, { because: TASK.first });
  const current = cookieSet(won.exchange) || won.body.refresh_token;
  yield;
  await stage.wait(11, TASK.passes, TASK.passesSays);
  yield;
  const story = { spent, current, access: won.body.access_token, reuse: chosen.reuse };
  const statuses = yield* (isReal(chosen) ? byHallpass : byRule)(stage, story);
  stage.note("thief", TASK.holds(statuses), TASK.holdsSays, statuses.includes(200) ? "bad" : "good");
  return { isRight: !statuses.includes(200), because: [TASK.because[chosen.reuse]] };
}
