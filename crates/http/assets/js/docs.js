// Draws the API description.

import { operationsOf, languages, samplesOf } from "./docs/samples.js";
import { button, byId, h, notice, show, table } from "./dom.js";

const nameOf = (schema) => {
  if (!schema) return "";
  if (schema.$ref) return schema.$ref.split("/").pop();
  if (schema.oneOf) return schema.oneOf.map(nameOf).filter((name) => name !== "null").join(" or ");
  const type = [].concat(schema.type ?? "object").filter((name) => name !== "null").join(" or ");
  return schema.items ? `list of ${nameOf(schema.items)}` : schema.format ? `${type} (${schema.format})` : type;
};

const code = (text) => h("code", {}, text);

// What stands between backticks is code.
const prose = (text = "") => text.split("`").map((part, index) => (index % 2 ? code(part) : part));

const bodyOf = (content) => nameOf(Object.values(content ?? {})[0]?.schema);
const columns = (...names) => names.map((name) => ({ name }));

const LANGUAGE = "hallpass.docs.language";
const kept = () => {
  try {
    return localStorage.getItem(LANGUAGE);
  } catch {
    return null;
  }
};
let language = languages.includes(kept()) ? kept() : languages[0];
/** Every sample on the page follows the choice that is made at one of them. */
const drawn = new Set();

function choose(name) {
  language = name;
  try {
    localStorage.setItem(LANGUAGE, name);
  } catch {
    // A browser that keeps nothing shows the first language again.
  }
  for (const draw of drawn) draw();
}

/** Copies, or where the browser does not allow that selects, so that a key does it. */
async function copy(text, node, pressed) {
  try {
    await navigator.clipboard.writeText(text);
    pressed.textContent = "Copied";
  } catch {
    getSelection().selectAllChildren(node);
    pressed.textContent = "Selected: copy it by key";
  }
  setTimeout(() => (pressed.textContent = "Copy"), 2500);
}

function sample(api, one) {
  const texts = samplesOf(api, location.origin, one);
  const text = h("code");
  const pick = languages.map((name) => button(name, () => choose(name), { kind: "small" }));
  const copied = button("Copy", ({ currentTarget }) => copy(texts[language], text, currentTarget), { kind: "small quiet copy", "aria-live": "polite" });
  const draw = () => {
    text.textContent = texts[language];
    languages.forEach((name, at) => pick[at].setAttribute("aria-pressed", String(name === language)));
  };
  drawn.add(draw);
  draw();
  const label = `Sample: ${one.method.toUpperCase()} ${one.path}`;
  return h("figure", { class: "sample", "aria-label": label },
    h("figcaption", { role: "group", "aria-label": "Language of the samples" }, pick, copied),
    h("pre", { tabindex: "0", role: "region", "aria-label": label }, text));
}

function operation(api, { method, path, details }) {
  const open = h("summary", {},
    h("span", { class: `method ${method}` }, method.toUpperCase()), " ", code(path),
    h("span", { class: "what" }, prose(details.summary)));
  const needs = details.security?.flatMap(Object.keys).join(" or ");
  const parameters = details.parameters?.map((p) => [code(p.name), p.in, nameOf(p.schema), prose(p.description)]);
  const answers = Object.entries(details.responses).map(([status, r]) => [code(status), bodyOf(r.content), r.description]);
  const place = h("div");
  // Drawn when it is looked at: there are more than forty.
  const opened = () => place.childElementCount || place.append(sample(api, { method, path, details }));
  return h("details", { on: { toggle: opened } }, open,
    needs && h("p", {}, `Needs: ${needs}`),
    parameters?.length && table(columns("parameter", "in", "type", "meaning"), parameters),
    details.requestBody && h("p", {}, "Body: ", code(bodyOf(details.requestBody.content))),
    table(columns("status", "body", "meaning"), answers),
    place);
}

function schema(name, details) {
  const rows = Object.entries(details.properties ?? {}).map(([field, type]) =>
    [code(field), nameOf(type), details.required?.includes(field) ? "yes" : "no", prose(type.description)]);
  return h("details", { id: name },
    h("summary", {}, code(name), h("span", { class: "what" }, prose(details.description))),
    table(columns("field", "type", "always", "meaning"), rows));
}

function draw(api) {
  show(byId("lead"), api.info.description, " ", h("a", { href: "/openapi.json" }, "openapi.json"));
  const operations = operationsOf(api);
  const groups = api.tags.map(({ name, description }) => [
    h("h2", { id: `of-${name}` }, name),
    h("p", {}, prose(description)),
    operations.filter(({ details }) => details.tags?.includes(name)).map((one) => operation(api, one)),
  ]);
  const shapes = Object.entries(api.components.schemas).map(([name, details]) => schema(name, details));
  show(byId("api"), groups, h("h2", {}, "Shapes"), shapes);
}

try {
  const answer = await fetch("/openapi.json");
  draw(await answer.json());
} catch (error) {
  show(byId("api"), notice("bad", "The description cannot be read", error.message));
}
