// Small parts that several sections share.

import { h, byId } from "../dom.js";

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

/** A length of time in words: 15 min, 2 h 5 min, 3 d. */
export function span(seconds) {
  const left = Math.max(0, Math.round(seconds));
  const [d, hours, m, sec] = [Math.floor(left / 86400), Math.floor(left / 3600) % 24, Math.floor(left / 60) % 60, left % 60];
  if (d) return hours ? `${d} d ${hours} h` : `${d} d`;
  if (hours) return m ? `${hours} h ${m} min` : `${hours} h`;
  if (m) return sec ? `${m} min ${sec} s` : `${m} min`;
  return `${sec} s`;
}

/** An instant in seconds, as a time of day and a distance. */
export function instant(seconds, now) {
  if (typeof seconds !== "number" || !Number.isFinite(seconds) || Math.abs(seconds) > 8.64e12) return "no time at all";
  const text = new Date(seconds * 1000).toISOString().replace("T", " ").replace(/\.\d+Z$/, " UTC");
  const away = seconds - now;
  if (Math.round(away) === 0) return `${text}, now`;
  return `${text}, ${away > 0 ? `in ${span(away)}` : `${span(-away)} ago`}`;
}
