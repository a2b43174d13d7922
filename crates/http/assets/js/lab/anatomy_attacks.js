// The attacks as buttons: each forges, shows the forgery to the sandbox, and is told which check refused it.

import { h, show, button, notice } from "../dom.js";
import { access, ask, verdict } from "./sandbox.js";
import { achieve } from "./challenges.js";
import { recall, keep } from "./progress.js";
import { words } from "../language.js";

const { ATTACKS, WORDS } = await words("attacks");
const { reason } = await words("reasons");

/** Sends the token on the table to the sandbox's own verifier. */
async function present(view, attacked) {
  const { token } = view.parsed;
  const said = await verdict(token);
  // What is no visible ASCII cannot travel in a header at all.
  const real = /^[!-~]+$/.test(token) ? WORDS.answered((await ask("/auth/me", { token })).status) : WORDS.unsendable;
  const [title, words] = said.ok ? [WORDS.lets, WORDS.good] : [WORDS.refuses(said.reason), reason(said.reason)];
  show(attacked, notice(said.ok ? "good" : "bad", title, words, real));
  attacked.dataset.reason = said.ok ? "ok" : said.reason;
  return said;
}

/** A list of the attacks on the view's good token. */
function list(view, attacked) {
  const tried = new Set(recall("attacks", []));
  return h("ul", { class: "attacks" }, ATTACKS.map((attack) => {
    const outcome = h("span", { class: "attack-outcome", id: `outcome-${attack.id}` });
    const run = async () => {
      const { forge } = await import("./attacks.js");
      view.good ||= await access();
      await view.put(await forge(attack, view.good, view.jwks));
      const said = await present(view, attacked);
      outcome.textContent = said.ok ? WORDS.gotIn : WORDS.stopped(said.reason);
      outcome.className = `attack-outcome ${said.ok ? "good" : "bad"}`;
      if (said.ok) return;
      tried.add(attack.id);
      keep("attacks", [...tried]);
      if (attack.id === "none") achieve("attack-none");
      if (attack.id === "confusion") achieve("attack-confusion");
      if (tried.size >= ATTACKS.length) achieve("attack-all");
    };
    return h("li", { class: "attack" },
      h("button", { type: "button", class: "button small", data: { attack: attack.id }, on: { click: run } }, attack.name),
      h("span", { class: "soft" }, WORDS.hope(attack.hope)), outcome);
  }));
}

export function attacks(view) {
  const attacked = h("div", { class: "attacked", id: "attacked", role: "status", "aria-live": "polite" });
  return [h("p", { class: "soft" }, WORDS.lead),
    button(WORDS.present, () => present(view, attacked), { kind: "small", id: "present" }), attacked, list(view, attacked)];
}
