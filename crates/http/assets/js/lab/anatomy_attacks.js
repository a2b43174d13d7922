// The attacks as buttons: each forges, shows the forgery to the sandbox, and is told which check refused it.

import { h } from "../dom.js";
import { ATTACKS, forge } from "./attacks.js";
import { access } from "./sandbox.js";
import { achieve } from "./challenges.js";
import { recall, keep } from "./progress.js";

/** A list of the attacks on the view's good token. */
export function attacks(view, present) {
  const tried = new Set(recall("attacks", []));
  return h("ul", { class: "attacks" }, ATTACKS.map((attack) => {
    const outcome = h("span", { class: "attack-outcome", id: `outcome-${attack.id}` });
    const run = async () => {
      view.good ||= await access();
      await view.put(await forge(attack, view.good, view.jwks));
      const said = await present();
      outcome.textContent = said.ok ? "got in" : `stopped: ${said.reason}`;
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
      h("span", { class: "soft" }, `hopes for ${attack.hope}`), outcome);
  }));
}
