// Small parts that several sections share.

import { h, byId } from "../dom.js";
import { language, words } from "../language.js";

const { UNITS } = await words("lab");

/** How numbers and dates are written. English as in the texts: the day before the month, and 24 hours. */
export const LOCALE = language === "en" ? "en-GB" : language;
const SHORT = new Intl.DateTimeFormat(LOCALE, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", second: "2-digit", timeZone: "UTC" });
const DIGITS = new Intl.NumberFormat(LOCALE);

/** Tabs: arrows move, one is in the tab order (WAI-ARIA). `choose` is called with the id. */
export function tabs(list, entries, choose, controls) {
  const nodes = entries.map(({ id, name }) =>
    h("button", { class: "tab", role: "tab", type: "button", id: `${list.id}-${id}`, "aria-selected": "false", "aria-controls": controls, tabindex: "-1", data: { id }, on: { click: () => choose(id) } }, name));
  list.replaceChildren(...nodes);
  list.addEventListener("keydown", (event) => {
    const at = nodes.indexOf(document.activeElement);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: nodes.length - 1 }[event.key];
    if (at < 0 || to === undefined) return;
    event.preventDefault();
    const node = nodes[(to + nodes.length) % nodes.length];
    node.focus();
    node.click();
  });
  return (id) => {
    for (const node of nodes) {
      const isIt = node.dataset.id === id;
      node.setAttribute("aria-selected", String(isIt));
      node.tabIndex = isIt ? 0 : -1;
      if (isIt) reveal(list, node);
    }
  };
}

/** Scrolls a row of tabs sideways, and nothing else. */
function reveal(list, node) {
  const [left, right] = [node.offsetLeft - list.offsetLeft, node.offsetLeft - list.offsetLeft + node.offsetWidth];
  if (left < list.scrollLeft || right > list.scrollLeft + list.clientWidth) list.scrollLeft = left - 24;
}

/** Says something to whoever listens instead of looking. */
export function speak(text) {
  byId("lab-message").textContent = text;
}

/** A length of time: 15 min, 2 h 5 min, 3 days. */
export function span(seconds) {
  const left = Math.max(0, Math.round(seconds));
  const [d, hours, m, sec] = [Math.floor(left / 86400), Math.floor(left / 3600) % 24, Math.floor(left / 60) % 60, left % 60];
  const both = (great, small) => [great, small].filter(([, count]) => count).map(([unit, count]) => UNITS[unit](count, DIGITS.format(count))).join(" ");
  if (d) return both(["day", d], ["hour", hours]);
  if (hours) return both(["hour", hours], ["minute", m]);
  return both(["minute", m], ["second", sec]) || UNITS.second(0, DIGITS.format(0));
}

/** An instant in milliseconds, without its year: all times of a sandbox are UTC. */
export const shortTime = (at) => SHORT.format(at);
