// The challenge of “Prove”: what a link in a mail does, when a program opens it before its reader does.

import { carried } from "../sandbox.js";
import { delivered, newcomer } from "../newcomer.js";
import { words } from "../../language.js";

const { TASK } = await words("turn_prove");

const PASSWORD = "corridor-warden 1893";
const VERIFY = "/auth/email/verify";

const isReal = ({ link }) => link === "session";
const hasButton = ({ link }) => link === "button";

export const task = TASK;
export const lanes = (chosen) => ["scanner", isReal(chosen) ? "hallpass" : "rule", "mailbox", "browser"];
export const rows = (chosen) => (isReal(chosen) ? 10 : hasButton(chosen) ? 8 : 6);

/** A server with the visitor's rule, in this browser: one link, and who has proved the address by it. */
class Server {
  constructor(rule) {
    Object.assign(this, { rule, isUsed: false, by: null });
  }

  open(who) {
    return hasButton({ link: this.rule }) ? 200 : this.prove(who);
  }

  prove(who) {
    if (this.isUsed) return 400;
    this.isUsed = this.rule !== "lasting";
    this.by ??= who;
    return 200;
  }
}

/** Asks the simulated server, and draws it; the status. */
function simulated(stage, server, who, [request, does], because) {
  stage.arrow(who, "rule", request, because);
  const status = server[does](who);
  const isBad = status !== 200 || server.by === "scanner";
  stage.arrow("rule", who, TASK.simulated(status), TASK.state(server.by === null), isBad ? "bad" : "good");
  return status;
}

const OPENS = ["GET /verify?token=…", "open"];
const PRESSES = ["POST /verify", "prove"];

async function* byRule(stage, chosen) {
  const server = new Server(chosen.link);
  stage.arrow("rule", "mailbox", TASK.mail, TASK.simulatedSays);
  yield;
  simulated(stage, server, "scanner", OPENS, TASK.scans);
  yield;
  if (hasButton(chosen)) {
    simulated(stage, server, "scanner", PRESSES, TASK.presses);
    yield;
  }
  const status = simulated(stage, server, "browser", hasButton(chosen) ? PRESSES : OPENS, TASK.mila);
  return { by: server.by, isIn: status === 200 };
}

/** The same on the sandbox: hallpass's own rule. */
async function* byHallpass(stage) {
  const email = await newcomer();
  const { body } = await stage.ask("/auth/register", { method: "POST", body: { email, password: PASSWORD, delivery: "body" } }, { because: TASK.registers });
  const { token } = carried(await delivered(stage, email, TASK.fragment));
  yield;
  const program = { lane: "scanner", actor: "service" };
  const opened = await stage.ask(VERIFY, program, { because: TASK.scansHere, answer: TASK.getSays });
  yield;
  const pressed = await stage.ask(VERIFY, { ...program, method: "POST", body: { token } }, { because: TASK.presses, answer: TASK.noSession });
  yield;
  const proved = await stage.ask(VERIFY, { method: "POST", body: { token }, token: body.access_token }, { because: TASK.mila, answer: TASK.state(false) });
  return { by: opened.ok || pressed.ok ? "scanner" : "browser", isIn: proved.ok };
}

export async function* play(stage, chosen) {
  await stage.fresh();
  const { by, isIn } = yield* (isReal(chosen) ? byHallpass(stage) : byRule(stage, chosen));
  const isRight = by === "browser" && isIn;
  stage.note("mailbox", TASK.by[by], isRight ? TASK.byMila : TASK.byScanner, isRight ? "good" : "bad");
  return { isRight, because: [TASK.because[chosen.link]] };
}
