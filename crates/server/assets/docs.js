// Draws the API description. Text goes in as text, never as markup.

const element = (tag, properties = {}, ...children) => {
  const node = Object.assign(document.createElement(tag), properties);
  node.append(...children);
  return node;
};

const nameOf = (schema) => {
  if (!schema) return "";
  if (schema.$ref) return schema.$ref.split("/").pop();
  if (schema.oneOf) return schema.oneOf.map(nameOf).filter((name) => name !== "null").join(" or ");
  const type = [].concat(schema.type ?? "object").filter((name) => name !== "null").join(" or ");
  return schema.items ? `list of ${nameOf(schema.items)}` : schema.format ? `${type} (${schema.format})` : type;
};

const table = (head, rows) =>
  element("div", { className: "scroll" },
    element("table", {},
      element("thead", {}, element("tr", {}, ...head.map((text) => element("th", { scope: "col", textContent: text })))),
      element("tbody", {}, ...rows.map((cells) =>
        element("tr", {}, ...cells.map((cell) => element("td", {}, cell ?? "")))))));

const code = (text) => element("code", { textContent: text });

// What stands between backticks is code.
const prose = (text = "") => text.split("`").map((part, index) => (index % 2 ? code(part) : part));

const bodyOf = (content) => nameOf(Object.values(content ?? {})[0]?.schema);

function operation(method, path, details) {
  const open = element("summary", {},
    element("span", { className: `method ${method}`, textContent: method.toUpperCase() }), " ", code(path),
    element("span", { className: "what" }, ...prose(details.summary)));
  const parts = [];
  if (details.security) {
    parts.push(element("p", { textContent: `Needs: ${details.security.flatMap(Object.keys).join(" or ")}` }));
  }
  if (details.parameters?.length) {
    parts.push(table(["parameter", "in", "type", "meaning"],
      details.parameters.map((p) => [code(p.name), p.in, nameOf(p.schema), element("span", {}, ...prose(p.description))])));
  }
  if (details.requestBody) {
    parts.push(element("p", {}, "Body: ", code(bodyOf(details.requestBody.content))));
  }
  parts.push(table(["status", "body", "meaning"],
    Object.entries(details.responses).map(([status, r]) => [code(status), bodyOf(r.content), r.description])));
  return element("details", {}, open, ...parts);
}

function schema(name, details) {
  const properties = Object.entries(details.properties ?? {});
  const rows = properties.map(([field, type]) =>
    [code(field), nameOf(type), details.required?.includes(field) ? "yes" : "", element("span", {}, ...prose(type.description))]);
  return element("details", { id: name },
    element("summary", {}, code(name), element("span", { className: "what" }, ...prose(details.description))),
    table(["field", "type", "always", "meaning"], rows));
}

function draw(api) {
  document.getElementById("lead").textContent = api.info.description;
  const root = document.getElementById("api");
  for (const tag of api.tags) {
    root.append(element("h2", { textContent: tag.name }), element("p", {}, ...prose(tag.description)));
    for (const [path, methods] of Object.entries(api.paths)) {
      for (const [method, details] of Object.entries(methods)) {
        if (details.tags?.includes(tag.name)) root.append(operation(method, path, details));
      }
    }
  }
  root.append(element("h2", { textContent: "Shapes" }));
  for (const [name, details] of Object.entries(api.components.schemas)) root.append(schema(name, details));
}

try {
  const answer = await fetch("/openapi.json");
  draw(await answer.json());
} catch (error) {
  document.getElementById("lead").textContent = `The description cannot be read: ${error.message}`;
}
