// Asking, and what a refusal means in words.

import { h } from "./dom.js";
import { language, words } from "./language.js";

const { ENDED, HEADLINES, PROBLEMS, SERVER } = await words("problems");

/** A refusal: a problem document (RFC 9457), or a connection that failed (`status` 0). */
export class Problem extends Error {
  constructor(status, document, retryAfter = null) {
    super(document.detail);
    this.status = status;
    this.code = document.code;
    /** The language of the words where it is not the page's. */
    this.lang = document.lang ?? null;
    this.type = document.type ?? null;
    this.fields = document.errors ?? [];
    this.retryAfter = retryAfter;
  }

  /** What is wrong with this field, if that is what is wrong: `{ message, lang }`. */
  about(field) {
    return this.fields.find((error) => error.field === field) ?? null;
  }
}

/** A sentence of the server in the page's words, with its numbers; one that has none stays English, and says so. */
function inOurWords(sentence) {
  const numbers = sentence.match(/\d+/g) ?? [];
  const known = sentence.replace(/\d+/g, "#");
  if (!Object.hasOwn(SERVER, known)) return { message: sentence, lang: language === "en" ? null : "en" };
  return { message: SERVER[known].replace(/#/g, () => numbers.shift()), lang: null };
}

/** A problem document in the page's words. */
function translated(document) {
  const { message, lang } = inOurWords(document.detail ?? document.title ?? PROBLEMS.unknown);
  const errors = document.errors?.map((error) => ({ ...error, ...inOurWords(error.message) }));
  return { ...document, detail: message, lang, errors };
}

const OFFLINE = { code: "offline", detail: PROBLEMS.offline };
const FOREIGN = { code: "foreign_answer", detail: PROBLEMS.foreign };

/** A refusal without a problem document is not hallpass's own: a proxy in front of it has answered. */
function byProxy(status) {
  const say = status === 504 ? PROBLEMS.late : [502, 503].includes(status) ? PROBLEMS.unreached : PROBLEMS.refused;
  return { code: "gateway", detail: say(status) };
}

/** Whether the same request may succeed later: it was answered without a decision. */
export const mayPass = (problem) => problem.status === 0 || problem.status >= 500 || problem.code === "gateway";

/** Sends a request to this origin. Answers `{ status, body, headers }`, or throws a `Problem`. */
export async function ask(path, { method = "GET", body, token, keepalive, signal } = {}) {
  const headers = { Accept: "application/json" };
  if (token) headers.Authorization = `Bearer ${token}`;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  let answer;
  try {
    answer = await fetch(path, {
      method,
      headers,
      keepalive,
      signal,
      body: body === undefined ? undefined : JSON.stringify(body),
      credentials: "same-origin",
      cache: "no-store",
      redirect: "error",
    });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem(0, OFFLINE);
  }
  if (answer.ok) return { status: answer.status, body: await bodyOf(answer), headers: answer.headers };
  const document = await answer.json().catch(() => null);
  const wait = Number(answer.headers.get("Retry-After"));
  throw new Problem(answer.status, document?.code ? translated(document) : byProxy(answer.status), Number.isFinite(wait) && wait > 0 ? wait : null);
}

/** The body of a good answer. One that is cut off on the way, as by leaving the page, is a connection that failed. */
async function bodyOf(answer) {
  // 202: a mail is on its way, and there may be nothing to say about it.
  if (answer.status === 204 || (answer.status === 202 && !answer.headers.has("Content-Type"))) return null;
  if (!/json/i.test(answer.headers.get("Content-Type") ?? "")) throw new Problem(0, FOREIGN);
  try {
    return await answer.json();
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem(0, OFFLINE);
  }
}

/** A short heading for a refusal. */
export const headline = (problem) => HEADLINES[problem.code] ?? PROBLEMS.headline;

/** What a refusal says, as a whole sentence; marked where it is in another language than the page. */
export function told({ message, lang }) {
  const sentence = message.replace(/\.?$/, ".");
  return lang ? h("span", { lang }, sentence) : sentence;
}

/** Why a session ended, as a heading and a sentence; null where there was none. */
export const whyEnded = (code) => (code === "missing_refresh_token" ? null : Object.hasOwn(ENDED, code) ? ENDED[code] : ENDED.other);
