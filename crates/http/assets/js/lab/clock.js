// A clock to drag: time moves for the sandbox alone, and what ends by itself is seen to end.

import { h, show, button, tag, notice } from "../dom.js";
import { access, advance, ask, keepAccess, login, sandbox, state } from "./sandbox.js";
import { parse } from "./jws.js";
import { achieve } from "./challenges.js";
import { LOCALE, span, speak } from "./parts.js";
import { words } from "../language.js";

const { CLOCK, ENDED, INSIDE, MARKS, TIME, TOLD } = await words("clock");

const HOUR = 3600;
/** The farthest that one drag goes. */
const REACH = 8 * 24 * HOUR;
const STEPS = 200;
const GRACE = "grace@lab.example";

const seconds = (text) => Math.floor(Date.parse(text) / 1000);
/** What ends within a second has ended when the second is over. */
const end = (text) => Math.ceil(Date.parse(text) / 1000);
const DATE = new Intl.DateTimeFormat(LOCALE, { dateStyle: "medium", timeStyle: "medium", timeZone: "UTC" });
const timeOf = (at) => `${DATE.format(at)} UTC`;
/** A resident's name, by the address. */
const nameOf = (email) => email[0].toUpperCase() + email.slice(1).split("@")[0];
// Minutes are as wide as days: the slider's scale is logarithmic.
const toSlider = (time) => Math.min(STEPS, Math.ceil((Math.log(time + 1) / Math.log(REACH + 1)) * STEPS));
const fromSlider = (value) => (value <= 0 ? 0 : Math.max(1, Math.round(Math.exp((value / STEPS) * Math.log(REACH + 1)) - 1)));

/** An instant in seconds, as a date with its distance. */
function instant(at, now) {
  const away = at - now;
  const far = Math.round(away) === 0 ? TIME.now : away > 0 ? TIME.ahead(span(away)) : TIME.ago(span(-away));
  return `${timeOf(at * 1000)}, ${far}`;
}

/** What lies ahead, as marks on the slider. */
function marks(inside, token) {
  const now = seconds(inside.now);
  const found = [];
  if (token) found.push({ id: "access", at: parse(token).payload.value.exp });
  const session = inside.sessions.find((one) => !one.revoked_at);
  if (session) found.push({ id: "session", at: end(session.expires_at) });
  const locked = inside.users.find((user) => user.locked_until);
  if (locked) found.push({ id: "lock", who: nameOf(locked.email), at: end(locked.locked_until) });
  const entry = inside.denylist[0];
  if (entry) found.push({ id: "entry", at: end(entry.until) });
  return found.map((mark) => ({ ...mark, name: MARKS[mark.id](mark.who), away: mark.at - now })).filter((mark) => mark.away > 0).sort((a, b) => a.away - b.away);
}

class Clock {
  constructor() {
    this.before = null;
    /** Counts what was asked: an answer that comes after a later one is out of date. */
    this.turn = 0;
    this.log = h("ol", { class: "events", id: "events", tabindex: "0", "aria-live": "polite", "aria-label": CLOCK.events });
    this.marks = h("div", { class: "marks", id: "marks" });
    this.inside = h("div", { class: "inside", id: "inside" });
    this.ticks = h("datalist", { id: "ticks" });
    this.far = h("output", { class: "num", id: "far", for: "drag" }, TIME.now);
    this.slider = h("input", { type: "range", class: "slider wide", id: "drag", list: "ticks", min: "0", max: String(STEPS), step: "1", value: "0", on: { input: () => this.dragged(), change: () => this.byKey || this.dropped(), pointerdown: () => (this.byKey = false), keydown: (event) => this.key(event) } });
  }

  dragged() {
    const away = fromSlider(Number(this.slider.value));
    this.far.textContent = away ? CLOCK.far(span(away)) : TIME.now;
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

  /** Tells what happened: `good` has ended by itself, `bad` was refused. */
  tell(kind, text) {
    this.log.prepend(h("li", {}, tag(TOLD[kind || "plain"], kind), h("span", {}, text)));
    while (this.log.children.length > 12) this.log.lastChild.remove();
  }

  async move(away) {
    const passed = marks(this.before ?? (await state()), (await sandbox()).access).filter((mark) => mark.away <= away);
    const after = await advance(away);
    this.tell("", TOLD.moved(span(away), timeOf(Date.parse(after.now))));
    for (const mark of passed) this.passed(mark, after);
    await this.refresh(after);
    speak(TOLD.passed(span(away)));
  }

  passed(mark, after) {
    this.tell("good", ENDED[mark.id](mark.id === "lock" ? mark.who : after.denylist.length));
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
      ? ahead.map((mark) => button(MARKS.label(mark.name, span(mark.away)), () => this.move(mark.away), { kind: "small", data: { mark: mark.id } }))
      : h("p", { class: "soft" }, CLOCK.nothing));
    show(this.inside, ...insides(inside, token, user));
    show(this.ticks, ahead.map((mark) => h("option", { value: String(toSlider(mark.away)), label: mark.name })));
  }

  /** A request as a page makes it: with the access token, and a silent refresh when that is refused. */
  async request() {
    const token = await access();
    const answer = await ask("/auth/me", { token });
    if (answer.ok) {
      this.tell("", TOLD.answered(answer.body.email));
    } else {
      this.tell("bad", TOLD.notAnswered(answer.status, answer.body.code));
      await this.silently();
    }
    await this.refresh();
  }

  async silently() {
    const fresh = await ask("/auth/refresh", { method: "POST" });
    if (!fresh.ok) {
      this.tell("bad", TOLD.notSilent(fresh.status, fresh.body.code));
      await keepAccess(null);
      return;
    }
    await keepAccess(fresh.body.access_token);
    const again = await ask("/auth/me", { token: fresh.body.access_token });
    this.tell("", TOLD.silent(again.status));
    achieve("silent");
  }

  async signIn() {
    const answer = await login("ada@lab.example");
    this.tell(answer.ok ? "" : "bad", answer.ok ? TOLD.signedIn : TOLD.refused(answer.status, answer.body.code));
    await this.refresh();
  }

  async lock() {
    for (let count = 0; count < 5; count += 1) {
      const answer = await ask("/auth/login", { actor: "thief", method: "POST", body: { email: GRACE, password: `a guess ${count}` } });
      if (answer.body?.code === "account_locked" || answer.body?.code === "too_many_attempts") break;
    }
    const answer = await ask("/auth/login", { actor: "thief", method: "POST", body: { email: GRACE, password: "another guess" } });
    this.tell("bad", TOLD.guessed(answer.status, answer.body?.code));
    await this.refresh();
  }

  async signOut() {
    const token = await access();
    const who = (await sandbox()).user?.email ?? "Ada";
    const answer = await ask("/auth/logout", { method: "POST", token });
    await keepAccess(null);
    this.tell(answer.ok ? "" : "bad", answer.ok ? TOLD.signedOut(who) : TOLD.refused(answer.status, answer.body?.code));
    await this.refresh();
  }
}

const listed = ({ kind, subject, remaining_seconds: left }) => INSIDE.entry(INSIDE.kinds[kind] ?? kind, `${subject.slice(0, 8)}…`, span(left));

function insides(inside, token, user) {
  const now = seconds(inside.now);
  const sessions = inside.sessions.filter((one) => !one.revoked_at).length;
  const locked = inside.users.filter((one) => one.locked_until).map((one) => one.email);
  const row = (name, value) => [h("dt", {}, name), h("dd", {}, value)];
  return [h("dl", { class: "facts num" },
    row(INSIDE.time, INSIDE.ahead(timeOf(Date.parse(inside.now)), span(inside.ahead_seconds))),
    row(INSIDE.access, token ? INSIDE.holds(user?.email ?? "Ada", instant(parse(token).payload.value.exp, now)) : INSIDE.noAccess),
    row(INSIDE.sessions, String(sessions)),
    row(INSIDE.locked, locked.join(", ") || INSIDE.nobody),
    row(INSIDE.denylist, inside.denylist.map(listed).join("; ") || INSIDE.empty))];
}

export async function mount(stage) {
  const clock = new Clock();
  const act = (work) => () => work.call(clock).catch((error) => clock.tell("bad", error.message));
  show(stage, h("div", { class: "stack" },
    h("div", { class: "card" }, h("h2", {}, CLOCK.title),
      h("p", { class: "soft" }, CLOCK.hint),
      h("div", { class: "row" }, h("label", { class: "label", for: "drag" }, CLOCK.forward), clock.slider, clock.ticks, clock.far),
      h("p", { class: "label", id: "marks-label" }, CLOCK.jump), clock.marks),
    h("div", { class: "card" }, h("h3", {}, CLOCK.act),
      h("div", { class: "row" },
        button(CLOCK.signIn, act(clock.signIn), { kind: "small", id: "do-sign-in" }),
        button(CLOCK.request, act(clock.request), { kind: "small primary", id: "do-request" }),
        button(CLOCK.lock, act(clock.lock), { kind: "small", id: "do-lock" }),
        button(CLOCK.signOut, act(clock.signOut), { kind: "small", id: "do-sign-out" })),
      h("div", { class: "clock-grid" }, clock.inside, clock.log)),
    notice("", ...CLOCK.lesson)));
  await access();
  await clock.refresh();
}
