// The challenge of “Password”: 40 guesses at the same moment, and in which order a server counts and hashes. The order that
// was chosen runs in this browser; the sandbox gets the same guesses.

import { ask } from "../sandbox.js";
import { bytes } from "./service.js";
import { words } from "../../language.js";

const { TASK } = await words("turn_password");

export const task = TASK;
export const lanes = () => ["thief", "rule", "hallpass"];
export const rows = () => 6;

const GUESSES = Array.from({ length: 40 }, (_, at) => `guess number ${at + 1}`);
const EMAIL = "grace@lab.example";
/** Requests that the lab serves one visitor at once. */
const AT_ONCE = 8;
const LIMIT = 5;
const ADDRESSES = 8;
/** Enough to take a while, so that the guesses are under way together. */
const ROUNDS = 20_000;

/** A server in this browser that counts failures, and how many hashes it has done. */
class Server {
  constructor() {
    this.counts = new Map();
    this.hashes = 0;
  }

  async hash(password) {
    this.hashes += 1;
    const key = await crypto.subtle.importKey("raw", bytes(password), "PBKDF2", false, ["deriveBits"]);
    await crypto.subtle.deriveBits({ name: "PBKDF2", hash: "SHA-256", salt: bytes(EMAIL), iterations: ROUNDS }, key, 256);
    return false;
  }

  count(key = EMAIL) {
    return this.counts.get(key) ?? 0;
  }

  add(key = EMAIL) {
    this.counts.set(key, this.count(key) + 1);
    return this.count(key);
  }
}

/** What each answer does with a guess. */
const ORDERS = {
  async after(server, password) {
    if (server.count() >= LIMIT) return 429;
    await server.hash(password);
    server.add();
    return 401;
  },
  async last(server, password) {
    await server.hash(password);
    return server.add() > LIMIT ? 429 : 401;
  },
  async address(server, password, address) {
    if (server.add(address) > LIMIT) return 429;
    await server.hash(password);
    return 401;
  },
  async before(server, password) {
    if (server.add() > LIMIT) return 429;
    await server.hash(password);
    return 401;
  },
};

/** Sends the guesses to the sandbox, as many at once as the lab serves; the statuses. */
async function storm() {
  const waiting = [...GUESSES];
  const statuses = [];
  const worker = async () => {
    while (waiting.length) {
      const body = { email: EMAIL, password: waiting.pop() };
      statuses.push((await ask("/auth/login", { actor: "thief", method: "POST", body, isUntold: true })).status);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return statuses;
}

/** 5 × 401, 35 × 429 */
const tally = (statuses) => [...new Set(statuses)].sort().map((status) => `${statuses.filter((one) => one === status).length} × ${status}`).join(", ");

export async function* play(stage, { order }) {
  await stage.fresh();
  const server = new Server();
  stage.arrow("thief", "rule", TASK.sends(GUESSES.length), TASK.sendsSays);
  const simulated = await Promise.all(GUESSES.map((password, at) => ORDERS[order](server, password, `203.0.113.${at % ADDRESSES}`)));
  stage.arrow("rule", "thief", TASK.simulated(tally(simulated)), TASK.simulatedSays, server.hashes > LIMIT ? "bad" : "good");
  stage.note("rule", TASK.hashed(server.hashes), TASK.hashedSays, server.hashes > LIMIT ? "bad" : "good");
  yield;
  stage.arrow("thief", "hallpass", TASK.sends(GUESSES.length), TASK.realSays);
  const real = await storm();
  stage.arrow("hallpass", "thief", tally(real), TASK.realAnswer, "good");
  stage.note("hallpass", TASK.hashed(real.filter((status) => status === 401).length), TASK.realHashed, "good");
  return { isRight: server.hashes <= LIMIT, because: [TASK.because[order]] };
}
