// The rate limit, counted down by wrong logins: the headers of each answer, and a place that each guess takes.

import { h, show, tag } from "../../dom.js";
import { advance, ask } from "../sandbox.js";
import { span } from "../parts.js";
import { words } from "../../language.js";
import { doing, header } from "./parts.js";

const { LIMITS } = await words("variant_limits");

const HEADERS = ["RateLimit-Policy", "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset", "Retry-After"];
/** A client address that no play uses: what is used up here is missing nowhere else. */
const ACTOR = "service";

/** A wrong login. Each goes to another account: five at one account would lock it before the address is refused. */
function guess() {
  const email = `nobody-${crypto.randomUUID().slice(0, 8)}@lab.example`;
  return ask("/auth/login", { actor: ACTOR, method: "POST", body: { email, password: "a guess" } });
}

const places = (limit, remaining) =>
  h("div", { class: "places", role: "img", "aria-label": LIMITS.left(remaining, limit), data: { left: String(remaining) } },
    Array.from({ length: limit }, (_, index) => h("span", { class: index < remaining ? "free" : "used" })));

/** The status and the headers as they came over the wire. */
function answered({ status, body, exchange }) {
  const lines = HEADERS.map((name) => [name, header(exchange.response, name.toLowerCase())]).filter(([, value]) => value);
  return [h("pre", { class: "raw", id: "limit-raw", tabindex: "0", "aria-label": LIMITS.raw },
    [`HTTP ${status}`, ...lines.map(([name, value]) => `${name}: ${value}`), "", `“${body.detail}”`].join("\n"))];
}

class Limits {
  constructor() {
    this.reset = 0;
    this.said = h("p", { class: "num", id: "limit-said", role: "status" }, LIMITS.start);
    this.places = h("div", { id: "limit-places" });
    this.answer = h("div", { id: "limit-answer" });
    this.log = h("ol", { class: "events free", id: "limit-log", reversed: true, "aria-label": LIMITS.log });
    this.wait = doing(LIMITS.wait, () => this.open(), this.said, { id: "limit-wait" });
    this.wait.disabled = true;
  }

  async guess() {
    const answer = await guess();
    const number = (name) => Number(header(answer.exchange.response, name));
    const [limit, remaining] = [number("ratelimit-limit"), number("ratelimit-remaining")];
    this.reset = number("ratelimit-reset");
    this.wait.disabled = false;
    this.wait.textContent = LIMITS.waitFor(span(this.reset));
    show(this.places, places(limit, remaining));
    show(this.answer, answered(answer));
    this.log.prepend(h("li", {}, tag(String(answer.status), answer.status === 429 ? "bad" : ""), h("span", {}, LIMITS.one(remaining, span(this.reset)))));
    this.said.textContent = answer.status === 429 ? LIMITS.refused(span(this.reset)) : LIMITS.counted(remaining, limit);
  }

  /** Lets the window pass. */
  async open() {
    await advance(this.reset);
    const limit = this.places.querySelectorAll("span").length;
    show(this.places, places(limit, limit));
    this.log.prepend(h("li", {}, tag(LIMITS.passed, "good"), h("span", {}, LIMITS.ended(span(this.reset)))));
    this.said.textContent = LIMITS.again;
    // The focus would be lost with a button that rests.
    this.go.focus();
    this.wait.disabled = true;
  }

  view() {
    this.go = doing(LIMITS.go, () => this.guess(), this.said, { kind: "primary", id: "limit-guess" });
    return h("div", { class: "stack" }, h("div", { class: "row" }, this.go, this.wait), this.said, this.places,
      h("div", { class: "grid" }, this.answer, this.log), h("p", { class: "soft" }, LIMITS.note));
  }
}

export const view = () => new Limits().view();
