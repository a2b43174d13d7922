// A clock to drag: time moves for the sandbox alone, and what ends by itself is seen to end.

import { h, show, button, tag, notice } from "../dom.js";
import { access, advance, ask, keepAccess, login, sandbox, state } from "./sandbox.js";
import { parse } from "./jws.js";
import { achieve } from "./challenges.js";
import { instant, span, speak } from "./parts.js";

const HOUR = 3600;
/** The farthest that one drag goes. */
const REACH = 8 * 24 * HOUR;
const STEPS = 200;
const GRACE = "grace@lab.example";

const seconds = (text) => Math.floor(Date.parse(text) / 1000);
/** What ends within a second has ended when the second is over. */
const end = (text) => Math.ceil(Date.parse(text) / 1000);
// Minutes are as wide as days: the slider's scale is logarithmic.
const toSlider = (time) => Math.min(STEPS, Math.ceil((Math.log(time + 1) / Math.log(REACH + 1)) * STEPS));
const fromSlider = (value) => (value <= 0 ? 0 : Math.max(1, Math.round(Math.exp((value / STEPS) * Math.log(REACH + 1)) - 1)));

/** What lies ahead, as marks on the slider. */
function marks(inside, token) {
  const now = seconds(inside.now);
  const found = [];
  if (token) found.push({ id: "access", name: "access token ends", at: parse(token).payload.value.exp });
  const session = inside.sessions.find((one) => !one.revoked_at);
  if (session) found.push({ id: "session", name: "idle session ends", at: end(session.expires_at) });
  const locked = inside.users.find((user) => user.locked_until);
  if (locked) found.push({ id: "lock", name: `lock on ${locked.email.split("@")[0]} ends`, at: end(locked.locked_until) });
  const entry = inside.denylist[0];
  if (entry) found.push({ id: "entry", name: "denylist entry falls away", at: end(entry.until) });
  return found.map((mark) => ({ ...mark, away: mark.at - now })).filter((mark) => mark.away > 0).sort((a, b) => a.away - b.away);
}

class Clock {
  constructor() {
    this.before = null;
    /** Counts what was asked: an answer that comes after a later one is out of date. */
    this.turn = 0;
    this.log = h("ol", { class: "events", id: "events", "aria-live": "polite", "aria-label": "What happened" });
    this.marks = h("div", { class: "marks", id: "marks" });
    this.inside = h("div", { class: "inside", id: "inside" });
    this.ticks = h("datalist", { id: "ticks" });
    this.far = h("output", { class: "num", id: "far", for: "drag" }, "now");
    this.slider = h("input", { type: "range", class: "slider wide", id: "drag", list: "ticks", min: "0", max: String(STEPS), step: "1", value: "0", on: { input: () => this.dragged(), change: () => this.byKey || this.dropped(), pointerdown: () => (this.byKey = false), keydown: (event) => this.key(event) } });
  }

  dragged() {
    const away = fromSlider(Number(this.slider.value));
    this.far.textContent = away ? `${span(away)} from now` : "now";
    this.slider.setAttribute("aria-valuetext", this.far.textContent);
  }

  /** The keys only move the handle; Enter lets go of it. */
  key(event) {
    this.byKey = true;
    if (event.key === "Enter") this.dropped();
  }

  async dropped() {
    const away = fromSlider(Number(this.slider.value));
    this.slider.value = "0";
    this.dragged();
    if (away) await this.move(away);
  }

  tell(kind, text) {
    this.log.prepend(h("li", {}, tag(kind === "good" ? "ended" : kind === "bad" ? "refused" : "happened", kind), h("span", {}, text)));
    while (this.log.children.length > 12) this.log.lastChild.remove();
  }

  async move(away) {
    const passed = marks(this.before ?? (await state()), (await sandbox()).access).filter((mark) => mark.away <= away);
    const after = await advance(away);
    this.tell("", `${span(away)} passed. It is ${after.now.slice(0, 19).replace("T", " ")} in the sandbox.`);
    for (const mark of passed) this.passed(mark, after);
    await this.refresh(after);
    speak(`${span(away)} passed.`);
  }

  passed(mark, after) {
    const words = {
      access: "The access token has expired. The next request will be refused.",
      session: "The session has ended: seven days without a refresh.",
      lock: "The lock has ended. Grace may log in again.",
      entry: `The denylist holds ${after.denylist.length} entries now: the tokens it named have expired by themselves.`,
    };
    this.tell("good", words[mark.id]);
    if (mark.id === "access") achieve("expire");
    if (mark.id === "lock") achieve("unlock");
    if (mark.id === "entry" && !after.denylist.length) achieve("fall-away");
  }

  async refresh(known) {
    this.turn += 1;
    const mine = this.turn;
    const inside = known ?? (await state());
    const { access: token, user } = await sandbox();
    if (mine !== this.turn) return;
    this.before = inside;
    const ahead = marks(inside, token);
    show(this.marks, ahead.length
      ? ahead.map((mark) => button(`${mark.name}: ${span(mark.away)}`, () => this.move(mark.away), { kind: "small", data: { mark: mark.id } }))
      : h("p", { class: "soft" }, "Nothing ends soon. Sign in, lock an account or log out, and something will."));
    show(this.inside, ...insides(inside, token, user));
    show(this.ticks, ahead.map((mark) => h("option", { value: String(toSlider(mark.away)), label: mark.name })));
  }

  /** A request as a page makes it: with the access token, and a silent refresh when that is refused. */
  async request() {
    const token = await access();
    const answer = await ask("/auth/me", { token });
    if (answer.ok) {
      this.tell("", `GET /auth/me answered 200: ${answer.body.email}.`);
    } else {
      this.tell("bad", `GET /auth/me answered ${answer.status} ${answer.body.code}: the token has expired or was revoked.`);
      await this.silently();
    }
    await this.refresh();
  }

  async silently() {
    const fresh = await ask("/auth/refresh", { method: "POST" });
    if (!fresh.ok) {
      this.tell("bad", `POST /auth/refresh answered ${fresh.status} ${fresh.body.code}: sign in again.`);
      await keepAccess(null);
      return;
    }
    await keepAccess(fresh.body.access_token);
    const again = await ask("/auth/me", { token: fresh.body.access_token });
    this.tell("", `The page refreshed silently (POST /auth/refresh, 200) and asked again: ${again.status}. The user noticed nothing.`);
    achieve("silent");
  }

  async signIn() {
    const answer = await login("ada@lab.example");
    this.tell(answer.ok ? "" : "bad", answer.ok ? "Ada signed in: her access token lasts 15 minutes, her session 7 days." : `Refused: ${answer.status} ${answer.body.code}.`);
    await this.refresh();
  }

  async lock() {
    for (let count = 0; count < 5; count += 1) {
      const answer = await ask("/auth/login", { actor: "thief", method: "POST", body: { email: GRACE, password: `a guess ${count}` } });
      if (answer.body?.code === "account_locked" || answer.body?.code === "too_many_attempts") break;
    }
    const answer = await ask("/auth/login", { actor: "thief", method: "POST", body: { email: GRACE, password: "another guess" } });
    this.tell("bad", `Somebody guessed at Grace's password: ${answer.status} ${answer.body?.code}.`);
    await this.refresh();
  }

  async signOut() {
    const token = await access();
    const who = (await sandbox()).user?.email ?? "Ada";
    const answer = await ask("/auth/logout", { method: "POST", token });
    await keepAccess(null);
    this.tell(answer.ok ? "" : "bad", answer.ok ? `${who} signed out. The session is on the denylist for as long as its tokens can live.` : `Refused: ${answer.status}.`);
    await this.refresh();
  }
}

function insides(inside, token, user) {
  const now = seconds(inside.now);
  const sessions = inside.sessions.filter((one) => !one.revoked_at).length;
  const locked = inside.users.filter((one) => one.locked_until).map((one) => one.email);
  const row = (name, value) => [h("dt", {}, name), h("dd", {}, value)];
  return [h("dl", { class: "facts num" },
    row("Time", `${inside.now.slice(0, 19).replace("T", " ")}, ${span(inside.ahead_seconds)} ahead`),
    row("Access token", token ? `${user?.email ?? "Ada"}: ${instant(parse(token).payload.value.exp, now)}` : "none"),
    row("Live sessions", String(sessions)),
    row("Locked", locked.join(", ") || "nobody"),
    row("Denylist", inside.denylist.length ? inside.denylist.map((one) => `${one.kind} ${one.subject.slice(0, 8)}…, ${span(one.remaining_seconds)} left`).join("; ") : "empty"))];
}

export async function mount(stage) {
  const clock = new Clock();
  const act = (work) => () => work.call(clock).catch((error) => clock.tell("bad", error.message));
  show(stage, h("div", { class: "stack" },
    h("div", { class: "card" }, h("h2", {}, "A clock to drag"),
      h("p", { class: "soft" }, "Drag the handle to the right and let go (or use the arrow keys, then Enter): that much time passes in your sandbox, and nowhere else. Time only moves forward; start over to reset it."),
      h("div", { class: "row" }, h("label", { class: "label", for: "drag" }, "Forward"), clock.slider, clock.ticks, clock.far),
      h("p", { class: "label", id: "marks-label" }, "Or jump to what ends next"), clock.marks),
    h("div", { class: "card" }, h("h3", {}, "Do something that ends by itself"),
      h("div", { class: "row" },
        button("Sign Ada in", act(clock.signIn), { kind: "small", id: "do-sign-in" }),
        button("Make a request", act(clock.request), { kind: "small primary", id: "do-request" }),
        button("Guess at Grace", act(clock.lock), { kind: "small", id: "do-lock" }),
        button("Sign out", act(clock.signOut), { kind: "small", id: "do-sign-out" })),
      h("div", { class: "clock-grid" }, clock.inside, clock.log)),
    notice("", "What to look for", "Nobody cleans up here. Tokens, locks, sessions and denylist entries all carry their own end, so it is safe to forget them, and an attacker gains nothing by waiting.")));
  await access();
  await clock.refresh();
}
