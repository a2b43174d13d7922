// bcrypt at three costs, one after another on the server: what each takes, and what that means for users and guessers.

import { h, show, table } from "../../dom.js";
import { timeHash } from "../sandbox.js";
import { span } from "../parts.js";
import { words } from "../../language.js";
import { doing, number, time } from "./parts.js";

const { ROUNDS } = await words("variant_rounds");

const COSTS = [10, 12, 14];
const MILLION = 1e6;

/** A bar as long as its share of the longest. */
const bar = (micros, most) => h("span", { class: "cost-bar", style: { width: `${Math.max(1, (micros / most) * 100)}%` } });

function results(measured) {
  const most = Math.max(...measured.map(({ micros }) => micros));
  const rows = measured.map(({ cost, micros }, index) => [
    String(cost),
    [time(micros), bar(micros, most)],
    index ? `× ${number(micros / measured[index - 1].micros, 1)}` : ROUNDS.first,
    number(MILLION / micros, micros > 1e5 ? 1 : 0),
    span(micros * (MILLION / 1e6)),
  ]);
  const columns = [ROUNDS.cost, ROUNDS.time, ROUNDS.factor, ROUNDS.logins, ROUNDS.million].map((name) => ({ name }));
  return table(columns, rows, { caption: ROUNDS.title });
}

export function view() {
  const said = h("p", { class: "soft num", id: "rounds-said", role: "status" }, ROUNDS.start);
  const box = h("div", { id: "rounds" });
  const run = async () => {
    const measured = [];
    for (const cost of COSTS) {
      said.textContent = ROUNDS.working(cost);
      measured.push(await timeHash(cost));
      show(box, results(measured));
    }
    said.textContent = ROUNDS.done(number(measured.at(-1).micros / measured[0].micros, 1), 2 ** (COSTS.at(-1) - COSTS[0]));
  };
  return h("section", { class: "stack", "aria-labelledby": "rounds-title" },
    h("h4", { id: "rounds-title" }, ROUNDS.title), h("div", { class: "row" }, doing(ROUNDS.go, run, said, { id: "rounds-go" })), said, box);
}
