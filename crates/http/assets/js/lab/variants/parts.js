// What the variants share: buttons that say what went wrong, and numbers as the language writes them.

import { button } from "../../dom.js";
import { language } from "../../language.js";

/** A number with so many decimal places. */
export const number = (value, places = 0) => value.toLocaleString(language, { minimumFractionDigits: places, maximumFractionDigits: places });

/** A length of time that was measured, in µs, ms or s. */
export function time(micros) {
  if (micros < 1000) return `${number(micros)} µs`;
  if (micros < 10_000) return `${number(micros / 1000, 1)} ms`;
  return micros < 1e6 ? `${number(micros / 1000)} ms` : `${number(micros / 1e6, 2)} s`;
}

/** The value in the middle. */
export const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

/** A button that rests while its work goes on, and keeps the focus. A refusal of the lab is said in `said`. */
export function doing(text, work, said, more = {}) {
  const node = button(text, async () => {
    if (node.ariaDisabled) return;
    node.ariaDisabled = "true";
    try {
      await work();
    } catch (error) {
      said.textContent = error.message;
      if (!error.code) throw error;
    } finally {
      node.ariaDisabled = null;
    }
  }, more);
  return node;
}

/** The value of a header of an exchange's answer or request; empty when it is not there. */
export const header = (side, name) => side?.headers.find(([known]) => known === name)?.[1] ?? "";
