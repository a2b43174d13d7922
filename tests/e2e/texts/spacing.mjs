// When a question of the memory game comes back.

import assert from "node:assert/strict";
import { lab } from "./modules.mjs";

const { GAPS, ROUND, answered, next, whole } = await import(`data:text/javascript,${encodeURIComponent(lab("spacing.js"))}`);
const IDS = Array.from({ length: 40 }, (_, index) => `q${index}`);
const first = () => 0;

/** Plays on with right answers, and tells after how many others a question is asked again. */
function until(state, id) {
  for (let others = 0; others < 60; others += 1) {
    const asked = next(state, IDS, first);
    if (asked === id) return [others, state];
    state = answered(state, asked, true);
  }
  return [Infinity, state];
}

// A wrong one: after three others, then after more each time it is right, and then it is known.
let state = answered(whole({}), "q7", false);
let others;
for (const gap of GAPS) {
  [others, state] = until(state, "q7");
  assert.equal(others, gap);
  state = answered(state, "q7", true);
}
assert.deepEqual(GAPS, [...GAPS].sort((a, b) => a - b));
assert.equal(GAPS[0], 3);
assert.deepEqual(state.due, {}, "it is known");

// Wrong again: it begins anew.
state = answered(answered(whole({}), "q7", false), "q1", true);
[, state] = until(state, "q7");
state = answered(state, "q7", false);
assert.equal(until(state, "q7")[0], 3);

// No question twice in a row, and none that is known while others are new.
state = whole({});
const seen = new Set();
for (let count = 0; count < IDS.length; count += 1) {
  const asked = next(state, IDS, first);
  assert.ok(!seen.has(asked), `${asked} comes again before all were asked`);
  seen.add(asked);
  state = answered(state, asked, true);
}
for (let count = 0; count < 200; count += 1) {
  const asked = next(state, IDS, (limit) => count % limit);
  assert.notEqual(asked, state.last);
  state = answered(state, asked, count % 3 > 0);
}
assert.equal(next(answered(whole({}), "a", false), ["a", "b"], first), "b");

// What an older page kept, or somebody else, does no harm.
for (const kept of [null, 7, "x", [], { seen: 3, due: { q1: "x", q2: { at: "y", step: 0 }, q3: { at: 4, step: 9 } }, turn: -1, round: ["no", null] }, { seen: { q1: true }, row: 3, best: 5, right: 6, wrong: 1 }]) {
  const made = whole(kept);
  assert.deepEqual(made.due, {});
  assert.ok(IDS.includes(next(made, IDS, first)));
}
assert.equal(whole({ row: 3, best: 5, right: 6, wrong: 1 }).best, 5);
assert.equal(whole({ round: Array(30).fill(["q1", true]) }).round.length, ROUND);
console.log("ok");
