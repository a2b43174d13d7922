// The challenge of “Revoke”: for how long an entry stands on the denylist. A service of this browser keeps its entry for as
// long as was chosen, beside hallpass; the clock is the sandbox's.

import { advance, jwks } from "../sandbox.js";
import { claimsOf, isSigned } from "./service.js";
import { words } from "../../language.js";

const { TASK } = await words("turn_revoke");

export const task = TASK;
export const lanes = () => ["browser", "service", "hallpass"];
export const rows = () => 16;

const DAY = 86_400;
const LIVES = { none: () => 0, minute: () => 60, rest: (left) => left, day: () => DAY };

/** A service with a denylist of its own: sid, and when the entry ends. */
class Service {
  constructor(keys) {
    this.keys = keys;
    this.list = new Map();
  }

  forget(now) {
    for (const [sid, until] of this.list) if (until <= now) this.list.delete(sid);
  }

  async check(token, now) {
    this.forget(now);
    const { exp, sid } = claimsOf(token);
    const isGood = (await isSigned(token, this.keys)) && exp > now && !this.list.has(sid);
    return isGood ? 200 : 401;
  }
}

const clock = async (stage) => Math.floor(Date.parse((await stage.state()).now) / 1000);

/** Shows the token that was found to the service, and draws it. */
async function shown(stage, service, token) {
  stage.arrow("browser", "service", "GET /report", TASK.found);
  const status = await service.check(token, await clock(stage));
  stage.arrow("service", "browser", TASK.answers(status), status === 200 ? TASK.accepted : TASK.refused, status === 200 ? "bad" : "good");
  return status;
}

export async function* play(stage, { life }) {
  await stage.fresh();
  const token = (await stage.login("ada@lab.example")).body.access_token;
  const { exp, sid } = claimsOf(token);
  const service = new Service(await jwks());
  yield;
  await stage.ask("/auth/logout", { method: "POST", token }, { because: TASK.leaves });
  const out = await clock(stage);
  const seconds = LIVES[life](exp - out);
  service.list.set(sid, out + seconds);
  stage.note("service", TASK.entry(seconds), TASK.entrySays);
  yield;
  const statuses = [await shown(stage, service, token)];
  yield;
  await stage.wait(61, TASK.minute, TASK.minuteSays);
  statuses.push(await shown(stage, service, token));
  await stage.ask("/auth/verify", { actor: "service", token }, { because: TASK.hallpass, answer: TASK.hallpassSays });
  yield;
  const own = async () => (await stage.state()).denylist.filter((one) => one.subject === sid);
  await advance(1 + Math.max(exp - (await clock(stage)), ...(await own()).map((one) => one.remaining_seconds)));
  const now = await clock(stage);
  const entries = (await own()).length;
  stage.note("hallpass", TASK.expired(entries), TASK.expiredSays);
  statuses.push(await shown(stage, service, token));
  const left = service.list.size ? service.list.get(sid) - now : 0;
  stage.note("service", TASK.left(left), left ? TASK.waste : TASK.empty, left ? "bad" : "good");
  return { isRight: !statuses.includes(200) && left === 0, because: [TASK.because[life]] };
}
