// Finds the token in what was pasted, and says what was left out. Each step takes one layer off; none repairs a token.

import { read, textOf } from "./json.js";
import { language, words } from "../language.js";

const { LEFT_OUT } = await words("pasted");

// `{` begins with e and one of w to z in base64: `{"` is eyJ.
const COMPACT = "e[wyz][A-Za-z0-9_-]{6,}\\.[A-Za-z0-9_-]*(?:\\.[A-Za-z0-9_-]*){0,3}(?:~[A-Za-z0-9_.~-]*)?";
const TOKEN = new RegExp(`^(?:${COMPACT}|v[1-4]\\.(?:local|public)\\.[\\w.=-]+|hpr_[\\w-]+)$`);
const WITHIN = new RegExp(`(?<![A-Za-z0-9_.-])(?:${COMPACT}|v[1-4]\\.(?:local|public)\\.[\\w.=-]{20,}|hpr_[\\w-]{20,})(?![\\w=+/~…-]|\\.[\\w+/])`, "g");
const INVISIBLE = /[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]/g;
const QUOTES = { '"': '"', "'": "'", "`": "`", "“": "”", "‘": "’", "«": "»", "„": "“", "<": ">", "(": ")", "[": "]" };
/** The names under which tokens go, the likeliest first. */
const NAMES = ["access_token", "accessToken", "id_token", "idToken", "token", "jwt", "AccessToken", "IdToken", "auth_token", "authToken", "bearer", "assertion", "client_assertion", "logout_token", "refresh_token", "refreshToken", "code"];
const LONGEST = 2_000_000;

const isToken = (text) => TOKEN.test(text);

function invisible(text) {
  const rest = text.replace(INVISIBLE, "");
  return rest === text ? null : [rest, LEFT_OUT.invisible];
}

function edges(text) {
  const rest = text.trim();
  return rest === text ? null : [rest, LEFT_OUT.space];
}

function quotes(text) {
  const close = QUOTES[text[0]];
  const inner = text.slice(1, -1).trim();
  if (close && text.length > 2 && text.at(-1) === close && (!/[<([]/.test(text[0]) || isToken(inner))) return [inner, LEFT_OUT.quotes];
  const bare = text.replace(/^["'`“„]+|["'`”,;)>\]}]+$/g, "");
  return bare !== text && isToken(bare) ? [bare, LEFT_OUT.punctuation] : null;
}

/** `Authorization: Bearer …`, alone or within a curl command, and the header's value alone. */
function header(text) {
  const named = /\b(authorization|x-access-token|x-auth-token|x-id-token|x-amzn-oidc-data|cf-access-jwt-assertion|dpop)["']?\s*[:=]\s*["']?([^\s"'\\]+)(?:\s+([^\s"'\\,;]+))?/i.exec(text);
  if (named) {
    const [, name, first, second] = named;
    const token = /^(bearer|dpop|jwt|token|basic|negotiate|digest)$/i.test(first) && second ? second : first;
    return [second && token === second ? `${first} ${token}` : token, LEFT_OUT.header(name)];
  }
  const scheme = /^(bearer|dpop|jwt|token)[\s:]+(\S[\s\S]*)$/i.exec(text);
  return scheme ? [scheme[2], LEFT_OUT.scheme(scheme[1])] : null;
}

/** Every text in a JSON tree, with the name it stands under. */
function* textsOf(node, name = "", depth = 0) {
  if (depth > 6) return;
  const text = textOf(node);
  if (text !== undefined) yield [name, text];
  for (const one of node.members ?? []) yield* textsOf(one.value, one.name, depth + 1);
  for (const one of node.items ?? []) yield* textsOf(one, name, depth + 1);
}

/** The JWS JSON Serialization (RFC 7515 §7.2), flattened or general, as compact form. */
function jwsJson(tree) {
  const all = Object.fromEntries(tree.members.map(({ name, value }) => [name, textOf(value) ?? value]));
  const one = all.signatures?.items?.[0]?.members;
  const { protected: head, signature } = one ? Object.fromEntries(one.map(({ name, value }) => [name, textOf(value)])) : all;
  if (typeof all.payload !== "string" || typeof head !== "string" || typeof signature !== "string") return null;
  return [`${head}.${all.payload}.${signature}`, LEFT_OUT.jwsJson];
}

const rank = ([name, text]) => (NAMES.includes(name) ? NAMES.indexOf(name) : NAMES.length) + (isToken(text) ? 0 : 100);

function json(text) {
  if (!/^[{["]/.test(text)) return null;
  let tree;
  try {
    ({ tree } = read(text));
  } catch {
    return null;
  }
  const whole = tree.kind === "object" && jwsJson(tree);
  if (whole) return whole;
  const found = [...textsOf(tree)].filter(([name, value]) => isToken(value) || (NAMES.includes(name) && name !== "code" && value.length > 15)).sort((a, b) => rank(a) - rank(b));
  if (!found.length) return null;
  const [[name, token], ...others] = found;
  const said = name ? LEFT_OUT.jsonNamed(name.slice(0, 40)) : LEFT_OUT.json;
  if (!others.length) return [token, said];
  return [token, `${said}, ${LEFT_OUT.more(others.length)} (${others.slice(0, 4).map(([other]) => other || LEFT_OUT.nameless).join(", ")})`];
}

/** A cookie line, of a request or an answer. */
function cookie(text) {
  const line = text.replace(/^(?:set-)?cookie\s*:\s*/i, "");
  const pairs = line.split(/;\s*/).map((pair) => /^([\w!#$%&'*+.^`|~-]+)=(.*)$/s.exec(pair)).filter(Boolean);
  if (!pairs.length || (pairs.length === 1 && line === text && !isToken(pairs[0][2].replace(/^"|"$/g, "")) && !/;/.test(text))) return null;
  const best = pairs.find(([, , value]) => isToken(value.replace(/^"|"$/g, ""))) ?? pairs.find(([, name, value]) => value.length > 15 && !/^(path|domain|expires|max-age|samesite)$/i.test(name));
  return best ? [best[2], LEFT_OUT.cookie(best[1].slice(0, 40))] : null;
}

function unescaped(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

/** An address, or a form's body, with a token among its parameters or in its path. */
function address(text) {
  if (!/^[a-z][a-z0-9+.-]*:\/\/|^\/[\w/-]*[?#]|^[?#]|^[\w.-]+=[^;\s]*&[\w.-]+=/i.test(text) || /\s/.test(text)) return null;
  const parts = text.split(/[?#&]/).map((piece) => /^([\w.-]+)=(.*)$/.exec(piece)).filter(Boolean);
  const found = parts.map(([, name, value]) => [name, unescaped(value) ?? value]).filter(([name, value]) => isToken(value) || NAMES.includes(name)).sort((a, b) => rank(a) - rank(b));
  if (found.length) return [found[0][1], LEFT_OUT.parameter(found[0][0].slice(0, 40))];
  const inPath = (unescaped(text) ?? text).split("/").find(isToken);
  return inPath ? [inPath, LEFT_OUT.address] : null;
}

function percent(text) {
  const plain = /%[0-9a-f]{2}/i.test(text) && !/\s/.test(text) ? unescaped(text) : null;
  return plain !== null && plain !== text ? [plain, LEFT_OUT.percent] : null;
}

/** A token that was wrapped into lines, by a terminal or in a mail. */
function wrapped(text) {
  // Several tokens, a line each, are not one that was wrapped.
  if (!/\s/.test(text) || (text.match(WITHIN)?.filter((one) => /\..*\../.test(one)).length ?? 0) > 1) return null;
  const lines = text.split(/[\r\n]+/).map((line) => line.replace(/^\s*(?:[>|#*]+\s*)*/, "").replace(/\\?\s*$/, ""));
  const joined = lines.join("").replace(/[ \t]+/g, "").replace(/^["']|["']$/g, "");
  return isToken(joined) && joined.length > 20 ? [joined, LEFT_OUT.wrapped] : null;
}

function within(text) {
  const found = text.match(WITHIN);
  if (!found || found[0] === text) return null;
  // The full stop of a sentence is no segment.
  const best = (found.find((one) => one.split(".").length >= 3) ?? found[0]).replace(/^([^.]+\.[^.]*\.[^.]+)\.$/, "$1");
  const different = new Set(found).size - 1;
  return [best, different > 0 ? `${LEFT_OUT.text}, ${LEFT_OUT.more(different)}` : LEFT_OUT.text];
}

const STEPS = [invisible, edges, quotes, json, header, address, cookie, percent, wrapped, within];

/** The token in a text, and in words what was left out on the way to it. */
export function recognise(text) {
  let token = text.slice(0, LONGEST);
  const cleaned = text.length > LONGEST ? [LEFT_OUT.after(LONGEST.toLocaleString(language))] : [];
  for (let round = 0; round < 8; round += 1) {
    // A token as it stands is left as it stands.
    const step = isToken(token) ? null : STEPS.find((take) => take(token) !== null);
    if (!step) break;
    const [rest, words] = step(token);
    token = rest;
    cleaned.push(words);
  }
  return { token, cleaned };
}
