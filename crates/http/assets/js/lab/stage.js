// Plays a pattern on the sandbox: each step asks for real, and is drawn as it is answered.

import { advance, ask, login, state } from "./sandbox.js";
import { words } from "../language.js";

const { DRAWING } = await words("patterns");

/** The lane of the server. Most others are named as the sandbox names who speaks: browser, service, thief. */
export const SERVER = "hallpass";

/** Between two steps of a play that runs by itself. */
const PAUSE = 900;

export const pause = () => new Promise((done) => setTimeout(done, matchMedia("(prefers-reduced-motion: reduce)").matches ? 150 : PAUSE));

/** What an answer says in a few words. */
function short({ status, body }) {
  if (!body) return `${status}`;
  if (body.code) return `${status} ${body.code}`;
  if (body.access_token) return `${status} access_token, expires_in ${body.expires_in}`;
  return `${status}`;
}

/** What a play does things with. */
export class Stage {
  constructor(diagram) {
    this.diagram = diagram;
  }

  /** Asks the sandbox, and draws question and answer. `lane` is who asks in the play, where the sandbox has no name for that. */
  async ask(path, { lane, ...options }, words = {}) {
    const { method = "GET", actor = "browser" } = options;
    const from = lane ?? actor;
    this.diagram.add({ from, to: SERVER, kind: "ask", label: words.ask ?? `${method} ${path}${options.query ?? ""}`, words: words.because });
    const answer = await ask(path, options);
    this.answered(from, answer, words);
    return answer;
  }

  /** Logs a resident in. */
  async login(email, words = {}) {
    this.diagram.add({ from: "browser", to: SERVER, kind: "ask", label: "POST /auth/login", words: words.because ?? DRAWING.credentials(email) });
    const answer = await login(email);
    this.answered("browser", answer, words);
    return answer;
  }

  answered(to, answer, words) {
    const label = words.label ? `${answer.status} ${words.label}` : short(answer);
    const told = typeof words.answer === "function" ? words.answer(answer) : words.answer;
    this.diagram.add({ from: SERVER, to, kind: answer.ok ? "good" : "bad", label, words: told, exchange: answer.exchange });
  }

  /** Something that one party does by itself. */
  note(lane, label, words, kind = "note") {
    this.diagram.add({ from: lane, to: lane, kind, label, words });
  }

  /** An arrow that is no request to hallpass. */
  arrow(from, to, label, words, kind = "ask") {
    this.diagram.add({ from, to, kind, label, words });
  }

  /** Lets time pass. */
  async wait(seconds, label, words) {
    await advance(seconds);
    this.note(SERVER, label, words);
  }

  /** What an earlier play has left behind (failures, a lock, a used-up window) is let go by, unseen. */
  async fresh() {
    const { now, users } = await state();
    const locked = users.find((user) => user.locked_until);
    if (locked) await advance(Math.ceil((Date.parse(locked.locked_until) - Date.parse(now)) / 1000) + 1);
    const failed = users.find((user) => user.failures > 0 && !user.locked_until);
    if (!failed) return;
    await advance(901);
    await login(failed.email);
  }

  state() {
    return state();
  }
}
