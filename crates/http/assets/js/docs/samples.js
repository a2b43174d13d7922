// Samples for each operation, made from the API description: curl, Node and Python. They run as they stand, with what is
// secret or personal in variables of the environment.

const resolve = (api, schema) => (schema?.$ref ? api.components.schemas[schema.$ref.split("/").pop()] : schema);

/** What is not written down in a sample, by field: passwords and tokens do not belong into the history of a shell. */
const OWN = {
  email: "EMAIL",
  password: "PASSWORD",
  current_password: "PASSWORD",
  new_password: "NEW_PASSWORD",
  new_email: "NEW_EMAIL",
  refresh_token: "REFRESH_TOKEN",
  token: "ACCESS_TOKEN",
  code: "CODE",
  digits: "DIGITS",
};

/** Fields that are no more needed than others, one of which must be there. */
const CHOSEN = {
  "/admin/users": ["password"],
  "/auth/email/verify": ["code"],
  "/auth/magic/confirm": ["token", "digits"],
  "/auth/password/reset": ["email", "code"],
  "/auth/unlock/confirm": ["token", "digits"],
};

/** A token that a mail carried is no access token. */
const ownOf = (path, name) => (name === "token" && !path.startsWith("/oauth/") ? "MAIL_TOKEN" : OWN[name]);

const variable = (name) => ({ variable: name });
const isVariable = (value) => typeof value === "object" && value !== null && "variable" in value;

/** The variable for a part of a path: `{id}` below `users` is USER_ID. */
const idOf = (segments, at) => variable(`${segments[at - 1].replace(/s$/, "").toUpperCase()}_ID`);

function pathOf(path, parameters = []) {
  const segments = path.split("/");
  return segments.map((segment, at) => {
    if (!segment.startsWith("{")) return segment;
    return parameters.find(({ name }) => `{${name}}` === segment)?.example ?? idOf(segments, at);
  });
}

/** The fields that are needed, and those of the others for which the description has an example. */
function fieldsOf(api, schema, path) {
  const { properties = {}, required = [] } = resolve(api, schema) ?? {};
  const wanted = Object.entries(properties).filter(([name, type]) =>
    required.includes(name) || type.examples || CHOSEN[path]?.includes(name));
  wanted.sort(([a], [b]) => required.includes(b) - required.includes(a));
  return wanted.map(([name, type]) => [name, ownOf(path, name) ? variable(ownOf(path, name)) : type.examples?.[0] ?? name]);
}

/** A body that may be left out is, where a bearer token says the same. */
function bodyOf(api, { requestBody, security = [] }, path) {
  const [kind, content] = Object.entries(requestBody?.content ?? {})[0] ?? [];
  if (!kind) return null;
  if (!requestBody.required && security.some((way) => way.bearer)) return null;
  const fields = fieldsOf(api, content.schema, path);
  return fields.length ? { isForm: kind.includes("form"), fields } : null;
}

/** What is asked, before it is written in any language. */
function questionOf(api, origin, { method, path, details }) {
  const ways = details.security ?? [];
  const good = Object.entries(details.responses).find(([status]) => status.startsWith("2"));
  const kinds = Object.keys(good?.[1].content ?? {});
  return {
    method: method.toUpperCase(),
    origin,
    path: pathOf(path, details.parameters),
    body: bodyOf(api, details, path),
    isBearer: ways.some((way) => way.bearer),
    isClient: ways.some((way) => way.client),
    isEmpty: kinds.length === 0 && ["202", "204"].includes(good?.[0]),
    isStream: kinds.includes("text/event-stream"),
    isJson: kinds.some((kind) => kind.endsWith("json")),
  };
}

const between = (segments, write) => segments.map((segment) => (isVariable(segment) ? write(segment.variable) : segment)).join("/");

function curl({ method, origin, path, body, isBearer, isClient, isStream }) {
  const quoted = (value) => (isVariable(value) ? `"'"$${value.variable}"'"` : JSON.stringify(value).replaceAll("'", "'\\''"));
  const lines = [`curl --fail-with-body ${isStream ? "-N" : "-sS"}${method === "GET" ? "" : ` -X ${method}`} "${origin}${between(path, (name) => `$${name}`)}"`];
  if (isBearer) lines.push('-H "Authorization: Bearer $ACCESS_TOKEN"');
  if (isClient) lines.push('-u "$CLIENT_ID:$CLIENT_SECRET"');
  if (body?.isForm) for (const [name, value] of body.fields) lines.push(`--data-urlencode "${name}=${isVariable(value) ? `$${value.variable}` : value}"`);
  else if (body) lines.push('-H "Content-Type: application/json"', `-d '{${body.fields.map(([name, value]) => `"${name}": ${quoted(value)}`).join(", ")}}'`);
  return lines.join(" \\\n  ");
}

const inNode = (value) => (isVariable(value) ? `process.env.${value.variable}` : JSON.stringify(value));

function nodeHeaders({ body, isBearer, isClient }) {
  const headers = [];
  if (isBearer) headers.push("Authorization: `Bearer ${process.env.ACCESS_TOKEN}`");
  if (isClient) headers.push("Authorization: `Basic ${btoa(`${process.env.CLIENT_ID}:${process.env.CLIENT_SECRET}`)}`");
  if (body && !body.isForm) headers.push('"Content-Type": "application/json"');
  return headers.length ? [`  headers: { ${headers.join(", ")} },`] : [];
}

function nodeResult({ isEmpty, isStream, isJson }) {
  if (isStream) return "for await (const bytes of answer.body) process.stdout.write(bytes);";
  if (isEmpty) return "console.log(answer.status);";
  return `console.log(await answer.${isJson ? "json" : "text"}());`;
}

function node(question) {
  const { method, origin, path, body } = question;
  const hasVariable = path.some(isVariable);
  const url = hasVariable ? `\`${origin}${between(path, (name) => `\${process.env.${name}}`)}\`` : JSON.stringify(origin + path.join("/"));
  const options = method === "GET" ? [] : [`  method: "${method}",`];
  options.push(...nodeHeaders(question));
  const fields = body?.fields.map(([name, value]) => `    ${name}: ${inNode(value)},`).join("\n");
  if (body) options.push(`  body: ${body.isForm ? "new URLSearchParams" : "JSON.stringify"}({\n${fields}\n  }),`);
  const call = options.length ? `fetch(${url}, {\n${options.join("\n")}\n})` : `fetch(${url})`;
  return [`const answer = await ${call};`,
    "if (!answer.ok) throw new Error(`${answer.status}: ${await answer.text()}`);",
    nodeResult(question)].join("\n");
}

const literal = (value) => (value === true ? "True" : value === false ? "False" : value === null ? "None" : JSON.stringify(value));
const inPython = (value) => (isVariable(value) ? `os.environ["${value.variable}"]` : literal(value));

function pythonHeaders({ body, isBearer, isClient }) {
  const headers = [];
  if (isBearer) headers.push('"Authorization": "Bearer " + os.environ["ACCESS_TOKEN"]');
  if (isClient) headers.push('"Authorization": "Basic " + base64.b64encode(client.encode()).decode()');
  if (body && !body.isForm) headers.push('"Content-Type": "application/json"');
  return headers.length ? [`    headers={${headers.join(", ")}},`] : [];
}

function pythonResult({ isEmpty, isStream, isJson }) {
  if (isStream) return "    for line in answer:\n        print(line.decode(), end=\"\", flush=True)";
  if (isEmpty) return "    print(answer.status)";
  return isJson ? "    print(json.load(answer))" : "    print(answer.read().decode())";
}

function python(question) {
  const { method, origin, path, body, isClient, isBearer, isJson } = question;
  const parts = path.map((segment) => (isVariable(segment) ? `" + os.environ["${segment.variable}"] + "` : segment)).join("/");
  const url = `"${origin}${parts}"`.replace(/ \+ ""$/, "");
  const lines = [`    ${url},`];
  if (method !== "GET") lines.push(`    method="${method}",`);
  lines.push(...pythonHeaders(question));
  const fields = body?.fields.map(([name, value]) => `"${name}": ${inPython(value)}`).join(", ");
  if (body) lines.push(body.isForm ? `    data=urllib.parse.urlencode({${fields}}).encode(),` : `    data=json.dumps({${fields}}).encode(),`);
  const needsOs = isBearer || isClient || path.some(isVariable) || body?.fields.some(([, value]) => isVariable(value));
  const modules = [isClient && "base64", (isJson || (body && !body.isForm)) && "json", needsOs && "os", body?.isForm && "urllib.parse", "urllib.request"];
  return [
    ...modules.filter(Boolean).map((name) => `import ${name}`), "",
    ...(isClient ? ['client = os.environ["CLIENT_ID"] + ":" + os.environ["CLIENT_SECRET"]'] : []),
    "request = urllib.request.Request(", ...lines, ")",
    "with urllib.request.urlopen(request) as answer:", pythonResult(question)].join("\n");
}

/** Name, and how a sample is written. */
const LANGUAGES = { curl, Node: node, Python: python };

export const languages = Object.keys(LANGUAGES);

/** The samples of an operation, by language. */
export function samplesOf(api, origin, operation) {
  const question = questionOf(api, origin, operation);
  return Object.fromEntries(Object.entries(LANGUAGES).map(([name, write]) => [name, write(question)]));
}

/** Every operation of the description. */
export const operationsOf = (api) =>
  Object.entries(api.paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, details]) => ({ method, path, details })));
