// Asking, and what a refusal means in words.

/** What a proxy answers by itself, without a document, while the server behind it is away. */
const GATEWAY = [502, 503, 504];
const BEHIND = "The server does not answer right now. Try again in a moment.";

/** A refusal: a problem document (RFC 9457), or a connection that failed (`status` 0). */
export class Problem extends Error {
  constructor(status, document, retryAfter = null) {
    super(document.detail ?? document.title ?? (GATEWAY.includes(status) ? BEHIND : "Something went wrong."));
    this.status = status;
    this.code = document.code ?? (GATEWAY.includes(status) ? "unavailable" : "unknown");
    this.type = document.type ?? null;
    this.fields = document.errors ?? [];
    this.retryAfter = retryAfter;
  }

  /** What is wrong with this field, if that is what is wrong. */
  about(field) {
    return this.fields.find((error) => error.field === field)?.message ?? null;
  }
}

const OFFLINE = { code: "offline", detail: "The server cannot be reached. Check the connection and try again." };
const FOREIGN = { code: "foreign_answer", detail: "Something between this page and hallpass answered in its place: a proxy, or the sign-in page of a network. Open any other site to see whether the network lets you through, then try again." };

/** A refusal without a problem document is not hallpass's own: a proxy in front of it has answered. */
function byProxy(status) {
  const whose = "Something in front of hallpass, such as a proxy,";
  if ([502, 503, 504].includes(status)) {
    const why = status === 504 ? "got no answer from it in time" : "could not reach it";
    return { code: "gateway", detail: `${whose} ${why} (status ${status}). Wait a minute and try again. If it stays like this, tell whoever runs this site: hallpass may be stopped or restarting.` };
  }
  return { code: "gateway", detail: `${whose} refused this with status ${status}. Try again; if it stays like this, tell whoever runs this site which page it was.` };
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
  throw new Problem(answer.status, document?.code ? document : byProxy(answer.status), Number.isFinite(wait) && wait > 0 ? wait : null);
}

/** The body of a good answer. One that is cut off on the way, as by leaving the page, is a connection that failed. */
async function bodyOf(answer) {
  if (answer.status === 204) return null;
  if (!/json/i.test(answer.headers.get("Content-Type") ?? "")) throw new Problem(0, FOREIGN);
  try {
    return await answer.json();
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem(0, OFFLINE);
  }
}

const TITLES = {
  invalid_credentials: "That did not match",
  account_locked: "Locked for now",
  too_many_attempts: "Too many attempts",
  registration_closed: "Registration is closed",
  email_taken: "There is an account already",
  validation_failed: "Please look again",
  wrong_password: "That is not the current password",
  password_change_required: "Choose your own password",
  own_password: "That is your own account",
  overloaded: "Very busy right now",
  unavailable: "Not available right now",
  timeout: "That took too long",
  offline: "No connection",
  foreign_answer: "That was not hallpass",
  gateway: "No answer from hallpass",
  forbidden: "Not for this role",
  cross_site: "Asked from another site",
  last_admin: "The last admin stays",
  key_not_ripe: "The next key is not ripe",
  duplicate_cookie: "Two sign-in cookies",
};

/** A short heading for a refusal. */
export const headline = (problem) => TITLES[problem.code] ?? "That did not work";

/** Why a session ended, as a heading and a sentence. */
export function whyEnded(code) {
  switch (code) {
    case "token_reuse":
      return ["Your session was ended for your safety",
        "A sign-in token that had been used already came back. Somebody may have copied it, so the whole session was ended, for both. If you did not expect this, change your password after signing in."];
    case "elsewhere":
      return ["Signed out", "You signed out in another tab."];
    case "bye":
      return ["Signed out", "See you soon."];
    case "everywhere":
      return ["Signed out everywhere", "Every session of yours has ended."];
    case "missing_refresh_token":
      return null;
    default:
      return ["Your session has ended", "It expired, or was ended from another device. Please sign in again."];
  }
}
