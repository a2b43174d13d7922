// Builds elements. Text goes in as text and never as markup: whatever a stranger typed stays letters on a page.

const SVG = "http://www.w3.org/2000/svg";

function fill(node, properties, children) {
  for (const [name, value] of Object.entries(properties ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "class") node.setAttribute("class", value);
    else if (name === "on") for (const [event, heard] of Object.entries(value)) node.addEventListener(event, heard);
    else if (name === "data") Object.assign(node.dataset, value);
    else if (name === "style") for (const [key, to] of Object.entries(value)) node.style.setProperty(key, to);
    else if (name === "value" || name === "checked" || name === "disabled" || name === "selected") node[name] = value;
    // An attribute of this kind would be a script in text.
    else if (/^on/i.test(name)) throw new TypeError(`${name} is no attribute here`);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/** An element: `h("p", { class: "soft" }, "text", node)`. */
export const h = (tag, properties, ...children) => fill(document.createElement(tag), properties, children);

/** The same in SVG. */
export const s = (tag, properties, ...children) => fill(document.createElementNS(SVG, tag), properties, children);

/** The element of this id, which the page has. */
export function byId(id) {
  const node = document.getElementById(id);
  if (!node) throw new Error(`the page has no #${id}`);
  return node;
}

/** Shows these and nothing else. */
export function show(node, ...children) {
  node.replaceChildren(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/** A button. */
export const button = (text, act, { kind = "", ...more } = {}) =>
  h("button", { type: "button", class: `button ${kind}`.trim(), on: { click: act }, ...more }, text);

/** A small mark: good, warn, bad, info or plain. */
export const tag = (text, kind = "") => h("span", { class: `tag ${kind}`.trim() }, text);

/** Words in a box; bad ones are read out at once. */
export const notice = (kind, title, ...words) =>
  h("div", { class: `notice ${kind}`, role: kind === "bad" ? "alert" : "status" }, title && h("strong", {}, title), ...words);

/** A table that turns into cards on a phone. Cells are text, nodes or lists of them. An unseen column's name is only heard. */
export function table(columns, rows, { caption, cards = true } = {}) {
  const head = columns.map(({ name, isUnseen, class: kind }) =>
    h("th", { scope: "col", class: kind }, isUnseen ? h("span", { class: "visually-hidden" }, name) : name));
  const cell = (content, index) =>
    h("td", { class: columns[index].class, "data-label": columns[index].isUnseen ? undefined : columns[index].name }, h("div", { class: "grow" }, content ?? "–"));
  return h("div", { class: "scroll" },
    h("table", { class: cards ? "table cards" : "table" },
      caption && h("caption", { class: "visually-hidden" }, caption),
      h("thead", {}, h("tr", {}, head)),
      h("tbody", {}, rows.map((cells) => h("tr", {}, cells.map(cell))))));
}
