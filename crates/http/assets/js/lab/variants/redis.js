// The denylist as Redis would hold it: the commands and keys of hallpass, with their time to live by the sandbox's clock.

import { h, show, table, tag } from "../../dom.js";
import { advance, ask, keepAccess, login, state } from "../sandbox.js";
import { parse } from "../jws.js";
import { span } from "../parts.js";
import { words } from "../../language.js";
import { doing, number } from "./parts.js";

const { REDIS } = await words("variant_redis");

const FORWARD = 300;
/** Beyond the end of a token its entry stays for as long as clocks may differ (`TOLERANCE` of the model). */
const TOLERANCE = 60;

/** The key of an entry, as hallpass spells it in Redis. */
const keyOf = ({ kind, subject }) => (kind === "token" ? `blacklist:${subject}` : `blacklist:${kind}:${subject}`);

/** Milliseconds until an instant, by a clock that is so far ahead of this machine's. */
const left = (until, ahead) => Math.max(0, until - (Date.now() + ahead));

class Redis {
  constructor() {
    this.entries = [];
    this.ahead = 0;
    this.said = h("p", { class: "num", id: "redis-said", role: "status" }, REDIS.start);
    this.told = h("div", { class: "stack", id: "redis-told" });
    this.keys = h("div", { id: "redis-keys" });
  }

  /** A login, a logout, and what that put on the list. */
  async logOut() {
    const token = (await login("ada@lab.example")).body.access_token;
    if (!token) throw Object.assign(new Error(REDIS.noLogin), { code: "no_login" });
    const { jti, sid, exp } = parse(token).payload.value;
    await ask("/auth/logout", { method: "POST", token });
    await keepAccess(null);
    const inside = await state();
    this.follow(inside);
    const session = inside.denylist.find(({ subject }) => subject === sid);
    const own = { key: `blacklist:${jti}`, until: (exp + TOLERANCE) * 1000, isListed: false };
    this.entries = [{ key: keyOf(session), until: Date.parse(session.until), isListed: true }, own];
    this.tell(this.entries, { jti, seconds: exp - Math.floor(Date.parse(inside.now) / 1000) });
    this.draw();
    this.said.textContent = REDIS.out;
    this.tick();
  }

  /** Takes the sandbox's clock for this one's, and from then on counts by itself. */
  follow(inside) {
    this.ahead = Date.parse(inside.now) - Date.now();
    this.listed = inside.denylist.map(keyOf);
  }

  /** The commands: hallpass's own, and the form that is seen most. */
  tell(entries, { jti, seconds }) {
    const set = entries.map(({ key, until }) => `SET ${key} 1 PX ${Math.round(left(until, this.ahead))}`);
    const block = (name, lines) => h("div", {}, h("figure", { class: "code" }, h("figcaption", {}, name), h("pre", { tabindex: "0", "aria-label": name }, h("code", {}, lines.join("\n")))));
    show(this.told, block(REDIS.commands, [...set, "PUBLISH hallpass:denylist …"]),
      block(REDIS.form, [`SETEX blacklist:${jti} ${seconds} 1`, `GET blacklist:${jti}`]), h("p", { class: "soft" }, REDIS.difference(TOLERANCE)));
  }

  draw() {
    const row = (entry) => [h("span", { class: "mono break" }, entry.key), "1", h("span", { class: "num", data: { ttl: entry.key } }), entry.isListed ? REDIS.listed : REDIS.computed];
    show(this.keys, table([REDIS.key, REDIS.value, "TTL", REDIS.where].map((name) => ({ name })), this.entries.map(row), { caption: REDIS.caption }));
    this.count();
  }

  /** Shows what is left of each key; TTL of a key that is gone answers -2. */
  count() {
    for (const entry of this.entries) {
      const cell = this.keys.querySelector(`[data-ttl="${entry.key}"]`);
      const rest = Math.ceil(left(entry.until, this.ahead) / 1000);
      show(cell, rest ? [h("strong", {}, number(rest)), ` s (${span(rest)})`] : [tag(REDIS.gone, "good"), " (integer) -2"]);
      if (!rest && !entry.isGone) this.fallAway(entry);
    }
  }

  fallAway(entry) {
    entry.isGone = true;
    if (entry.isListed) this.ask().catch((error) => (this.said.textContent = error.message));
  }

  /** Asks the sandbox whether its list has let go of it, too. */
  async ask() {
    const inside = await state();
    this.follow(inside);
    const kept = this.entries.filter(({ key }) => this.listed.includes(key)).length;
    this.said.textContent = kept ? REDIS.kept : REDIS.fell(inside.denylist.length);
  }

  /** Counts each second, for as long as it is in sight. */
  tick() {
    clearTimeout(this.timer);
    if (!this.keys.isConnected || this.entries.every(({ isGone }) => isGone)) return;
    this.timer = setTimeout(() => {
      this.count();
      this.tick();
    }, 1000);
  }

  async move(seconds) {
    this.said.textContent = REDIS.moved(span(seconds));
    this.follow(await advance(seconds));
    if (this.entries.length) this.count();
  }

  view() {
    return h("div", { class: "stack" },
      h("div", { class: "row" }, doing(REDIS.go, () => this.logOut(), this.said, { kind: "primary", id: "redis-out" }),
        doing(REDIS.forward(FORWARD / 60), () => this.move(FORWARD), this.said, { id: "redis-forward" })),
      this.said, this.keys, this.told, h("p", { class: "soft" }, REDIS.honest));
  }
}

export const view = () => new Redis().view();
