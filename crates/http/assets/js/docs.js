// Draws the API description.

import { byId, h, notice, show, table } from "./dom.js";

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

function operation(method, path, details) {
  const open = h("summary", {},
    h("span", { class: `method ${method}` }, method.toUpperCase()), " ", code(path),
    h("span", { class: "what" }, prose(details.summary)));
  const needs = details.security?.flatMap(Object.keys).join(" or ");
  const parameters = details.parameters?.map((p) => [code(p.name), p.in, nameOf(p.schema), prose(p.description)]);
  const answers = Object.entries(details.responses).map(([status, r]) => [code(status), bodyOf(r.content), r.description]);
  return h("details", {}, open,
    needs && h("p", {}, `Needs: ${needs}`),
    parameters?.length && table(columns("parameter", "in", "type", "meaning"), parameters),
    details.requestBody && h("p", {}, "Body: ", code(bodyOf(details.requestBody.content))),
    table(columns("status", "body", "meaning"), answers));
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
  const operations = Object.entries(api.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, details]) => ({ method, path, details })));
  const groups = api.tags.map(({ name, description }) => [
    h("h2", { id: `of-${name}` }, name),
    h("p", {}, prose(description)),
    operations.filter(({ details }) => details.tags?.includes(name)).map((o) => operation(o.method, o.path, o.details)),
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
