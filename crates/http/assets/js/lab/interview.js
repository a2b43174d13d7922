// Interview questions: three levels, each answer hidden until it is asked for, beside it the way to where it can be seen.

import { button, h, show } from "../dom.js";
import { tabs } from "./parts.js";
import { LEVELS } from "./questions.js";
import { styles } from "./styles.js";
import { words } from "../language.js";

const { INTERVIEW } = await words("interview");

/** The address of an open question can be shared; opening one is no step back in the browser's history. */
const opened = (question) => (event) => {
  if (event.currentTarget.open) history.replaceState(null, "", `#${question.address}`);
};

const item = (question, isOpen) =>
  h("li", { class: "asked-item" },
    h("details", { open: isOpen, id: `asked-${question.id}`, on: { toggle: opened(question) } },
      h("summary", {}, question.ask), h("p", { class: "answer" }, question.answer)),
    h("a", { class: "play-it", href: `#${question.where}`, title: question.place, "aria-label": INTERVIEW.seeAt(question.place, question.ask) }, INTERVIEW.see));

function all(list) {
  const nodes = [...list.querySelectorAll("details")];
  const isOpening = nodes.some((node) => !node.open);
  for (const node of nodes) node.open = isOpening;
  return isOpening;
}

function questions({ id, questions: asked }, chosen) {
  const list = h("ol", { class: "asked-list", id: "asked-list" }, asked.map((question) => item(question, question.id === chosen)));
  const toggle = button(INTERVIEW.open, () => {
    toggle.textContent = all(list) ? INTERVIEW.close : INTERVIEW.open;
    history.replaceState(null, "", `#interview/${id}`);
  }, { kind: "small", id: "all-answers" });
  return [h("div", { class: "row" }, toggle, h("span", { class: "soft" }, INTERVIEW.count(asked.length))), list];
}

export async function mount(stage, { place }) {
  await styles("reading");
  const [wanted, chosen] = place.split("/");
  const level = LEVELS.find(({ id }) => id === wanted) ?? LEVELS[0];
  const list = h("div", { class: "tabs", role: "tablist", "aria-label": INTERVIEW.levels, id: "level-tabs" });
  const panel = h("div", { class: "stack", id: "level", role: "tabpanel", "aria-labelledby": `level-tabs-${level.id}`, data: { level: level.id } }, questions(level, chosen));
  const isWalking = document.activeElement?.closest("#level-tabs");
  show(stage, h("div", { class: "stack interview" },
    h("h2", {}, INTERVIEW.title),
    h("p", { class: "soft" }, INTERVIEW.lead),
    list, panel));
  tabs(list, LEVELS, (id) => (location.hash = `interview/${id}`), "level")(level.id);
  if (isWalking) list.querySelector('[aria-selected="true"]').focus();
  // Once it is painted: a scroll in the same frame would count as a shift of all that is in sight.
  const node = chosen && panel.querySelector("details[open]");
  if (node) requestAnimationFrame(() => requestAnimationFrame(() => node.scrollIntoView({ block: "center" })));
}
