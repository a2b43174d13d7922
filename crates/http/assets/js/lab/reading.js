// What there is to read: the metaphor, why it matters, the deep dive.

import { h, show, notice } from "../dom.js";
import { drawing } from "./drawing.js";
import { styles } from "./styles.js";
import { words } from "../language.js";

const texts = () => words("reading");

const head = ({ title, lead }) => [h("h2", {}, title), h("p", { class: "lead" }, lead)];

async function metaphor() {
  const { DRAWING, METAPHOR } = await texts();
  const parts = METAPHOR.parts.map(([name, words]) => h("section", {}, h("h3", {}, name), h("p", {}, words)));
  return [head(METAPHOR), drawing(DRAWING), h("div", { class: "tale" }, parts), notice("good", ...METAPHOR.insight)];
}

async function why() {
  const { WHY } = await texts();
  const items = WHY.items.map(([question, answer, bug]) =>
    h("section", { class: "card asked" }, h("h3", {}, question), h("p", {}, answer), h("p", { class: "bug" }, h("strong", {}, WHY.bug), " ", bug)));
  return [head(WHY), h("div", { class: "stack" }, items)];
}

async function deep() {
  const { DEEP } = await words("deep");
  const items = DEEP.items.map((item) =>
    h("section", { class: "deep" }, h("h3", {}, item.title), item.text.map((words) => h("p", {}, words)),
      h("p", { class: "refs soft" }, DEEP.further, " ", item.refs.map((ref, index) => [index > 0 && ", ", h("a", { href: ref.href, rel: "noreferrer" }, ref.name)]))));
  return [head(DEEP), items];
}

const PAGES = { metaphor, why, deep };

export async function mount(stage, { section }) {
  await styles("reading");
  show(stage, h("article", { class: `prose reading ${section}` }, await PAGES[section]()));
}
