// Reads and writes JSON without changing it. `JSON.parse` makes doubles of numbers, so that 9007199254740993 becomes
// ...992, and drops the first of two members of one name. Here numbers and strings stay the text that they are.

/** How deep the server's own reader goes. */
const DEPTH = 128;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const PLAIN = /[^"\\\u0000-\u001f]*/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
const WORD = /true|false|null/y;

/** A text is not JSON. `fault` says where and why: a name of FAULTS in texts/kinds.js, and what its sentence takes. */
export class JsonError extends Error {
  constructor(fault, text, at) {
    super(fault[0]);
    const before = text.slice(0, at).split("\n");
    this.fault = ["at", before.length, before.at(-1).length + 1, fault];
  }
}

class Reader {
  constructor(text) {
    this.text = text;
    this.at = 0;
    this.twice = [];
  }

  fail(...fault) {
    throw new JsonError(fault, this.text, this.at);
  }

  space() {
    while (" \t\n\r".includes(this.text[this.at] || "x")) this.at += 1;
  }

  take(pattern) {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0] ?? null;
    if (found !== null) this.at += found.length;
    return found;
  }

  value(depth, where) {
    this.space();
    const start = this.at;
    const sign = this.text[start];
    if (sign === undefined) this.fail("endsForValue");
    if (depth > DEPTH) this.fail("deep", DEPTH);
    if (sign === "{") return this.object(start, depth, where);
    if (sign === "[") return this.array(start, depth, where);
    if (sign === '"') return { kind: "string", raw: this.string(), start, end: this.at };
    const word = this.take(WORD);
    if (word !== null) return { kind: "word", raw: word, start, end: this.at };
    const raw = this.take(NUMBER);
    if (raw === null) this.fail("noValue");
    return { kind: "number", raw, start, end: this.at };
  }

  string() {
    const start = this.at;
    this.at += 1;
    do this.take(PLAIN);
    while (this.take(ESCAPE) !== null);
    if (this.at >= this.text.length) this.fail("endsInQuotes");
    if (this.text[this.at] !== '"') this.fail("notEscaped");
    this.at += 1;
    return this.text.slice(start, this.at);
  }

  object(start, depth, where) {
    const members = [];
    const names = new Set();
    this.list("}", () => {
      const from = this.at;
      if (this.text[from] !== '"') this.fail("noName");
      const key = this.string();
      const name = JSON.parse(key);
      const path = where ? `${where}.${name}` : name;
      if (names.has(name)) this.twice.push(path);
      names.add(name);
      this.space();
      if (this.text[this.at] !== ":") this.fail("noColon");
      this.at += 1;
      const value = this.value(depth + 1, path);
      members.push({ name, key, value, start: from, end: this.at });
    });
    return { kind: "object", members, start, end: this.at };
  }

  array(start, depth, where) {
    const items = [];
    this.list("]", () => items.push(this.value(depth + 1, `${where}[${items.length}]`)));
    return { kind: "array", items, start, end: this.at };
  }

  /** What is between two brackets, with commas between. */
  list(close, one) {
    this.at += 1;
    this.space();
    if (this.text[this.at] === close) return void (this.at += 1);
    for (;;) {
      this.space();
      one();
      this.space();
      const sign = this.text[this.at];
      if (sign !== "," && sign !== close) this.fail(sign === undefined ? "endsOpen" : "noComma", close);
      this.at += 1;
      if (sign === close) return undefined;
    }
  }
}

/** A JSON text as a tree of what stands in it, and the paths of the names that occur twice in one object. */
export function read(text) {
  const reader = new Reader(text);
  const tree = reader.value(1, "");
  reader.space();
  if (reader.at < text.length) reader.fail("goesOn");
  return { tree, twice: reader.twice };
}

/** The tree as text: numbers and strings as they were read. With an indent, in lines. */
export function write(node, indent = "", margin = "\n") {
  if (node.raw !== undefined) return node.raw;
  const inner = margin + indent;
  const colon = indent ? ": " : ":";
  const parts = node.kind === "array" ? node.items.map((item) => write(item, indent, inner)) : node.members.map(({ key, value }) => key + colon + write(value, indent, inner));
  const [open, close] = node.kind === "array" ? "[]" : "{}";
  if (!parts.length) return open + close;
  return indent ? `${open}${inner}${parts.join(`,${inner}`)}${margin}${close}` : `${open}${parts.join(",")}${close}`;
}

/** The value of the first member of this name; undefined when there is none. */
export const member = (tree, name) => (tree?.kind === "object" ? tree.members.find((one) => one.name === name)?.value : undefined);

/** The text that a string node holds; undefined for every other node. */
export const textOf = (node) => (node?.kind === "string" ? JSON.parse(node.raw) : undefined);

/**
 * How a JSON text is shown, and how an edit of what is shown is written back. Compact JSON is shown in lines and written
 * back compact; a text with white space of its own is shown and written as it stands, with its kind of line breaks.
 */
export function editable(text) {
  let tree = null;
  try {
    ({ tree } = read(text));
  } catch {
    return { shown: text, back: (edited) => edited };
  }
  if (write(tree) === text) return { shown: write(tree, "  "), back: compact };
  if (!text.includes("\r")) return { shown: text, back: (edited) => edited };
  // A text field turns every line break into \n.
  return { shown: text.replaceAll("\r\n", "\n"), back: (edited) => edited.replaceAll("\n", "\r\n") };
}

function compact(edited) {
  try {
    return write(read(edited).tree);
  } catch {
    return edited;
  }
}
