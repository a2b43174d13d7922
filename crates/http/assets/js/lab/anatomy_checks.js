// What a verifier says: one sentence beside the token, and the list of its checks.

import { h, show, notice, tag } from "../dom.js";
import { KeyError, readKeys } from "./keys.js";
import { judge } from "./checks.js";
import { span } from "./parts.js";
import { achieve } from "./challenges.js";
import { words } from "../language.js";

const { CHECKS, CLAIMS_SAY, SIGNATURE, STATUS, VERDICT, WOULD } = await words("checks");

const COLOURS = { pass: "good", fail: "bad", unreached: "", unasked: "", holds: "good", broken: "bad", unchecked: "" };

/** What the claims say about themselves, without a full stop. */
function claimsSay({ parsed, now }, row) {
  const { exp, nbf, iat } = parsed.payload.value ?? {};
  if (!row) return CLAIMS_SAY.good(span(exp - now));
  // RFC 9449 §4.3: a proof is believed for moments after its iat.
  if (row.why === "no_exp") return parsed.header.value?.typ === "dpop+jwt" ? CLAIMS_SAY.proof : CLAIMS_SAY.noExp;
  if (row.code === "token_expired") return CLAIMS_SAY.expired(span(now - exp));
  if (row.code === "not_yet_valid") return CLAIMS_SAY.notYet(row.name, span((row.name === "nbf" ? nbf : iat) - now));
  if (row.code === "bad_time") return CLAIMS_SAY.badTime(row.name);
  return row.code === "wrong_iss" ? CLAIMS_SAY.issuer : CLAIMS_SAY.audience;
}

/** The verdict in a sentence: the signature first, then the claims. */
function sentence(view, result, reasons) {
  const { signature, claims, rows, code } = result;
  if (signature === "unreached") {
    const stop = rows.find((row) => row.status === "fail");
    return [`${VERDICT.refused(code)} ${reasons.why(stop).split(". ")[0].replace(/\.$/, "")}.`, "bad"];
  }
  const [said, kind] = [SIGNATURE[signature], COLOURS[signature]];
  if (signature === "broken" || !view.parsed.payload.value) return [`${said}.`, kind];
  return [`${said}; ${claimsSay(view, claims)}.`, signature === "holds" && claims ? "warn" : kind];
}

function row(check, reasons) {
  const [name, words] = CHECKS[check.id];
  const would = check.would === "fail" ? ` ${WOULD.fail} ${reasons.why(check)}` : check.would === "pass" ? ` ${WOULD.pass}` : "";
  return h("li", { class: `check ${COLOURS[check.status]}`, data: { check: check.id, status: check.status } },
    tag(STATUS[check.status], COLOURS[check.status]), h("span", {}, h("strong", {}, `${name}:`), ` ${check.status === "fail" ? reasons.why(check) : words}${check.status !== "fail" && would ? "." : ""}`, would && h("span", { class: "soft" }, would)));
}

const skippedWords = (skipped, { inWords, nameOf }) => notice("warn", VERDICT.skipped(skipped.length),
  h("ul", {}, skipped.slice(0, 20).map(({ name, fault }) => h("li", {}, h("code", {}, nameOf(name)), `: ${inWords(fault)}`))));

const SIGNED = ["jws", "none", "detached", "cut", "base64", "unknown"];

/** The keys to check this token with, or why there are none. */
async function keysOf({ foreign, given, more, parsed }) {
  const proof = foreign && more.ownKeyOf(parsed);
  if (foreign && !proof) return { keys: null, trouble: more.foreignWords(parsed) };
  try {
    return await readKeys(proof || given.keys, given.bound || undefined, given.written);
  } catch (error) {
    if (!(error instanceof KeyError)) throw error;
    return { keys: null, trouble: (await import("./anatomy_keys.js")).inWords(error.fault) };
  }
}

/** Checks the token on the table, and answers with a function that draws the verdict. */
export async function check(view, asked) {
  const read = await keysOf(view);
  const result = await judge(view.parsed, read.keys, { now: view.now, ...asked });
  const reasons = result.code === "ok" ? null : await words("reasons");
  const named = read.skipped?.length ? await import("./anatomy_keys.js") : null;
  return () => draw(view, result, { ...read, reasons, named });
}

/**
 * Draws the verdict. `trouble` is why there is no key, in words; `reasons` is texts/reasons.js, which a verdict without a
 * refusal does not need; `named` is anatomy_keys.js where a key was skipped. Answers with the verdict as data.
 */
function draw(view, result, { trouble, skipped = [], reasons, named }) {
  const { checks } = view.nodes;
  const isSigned = view.parsed.token.includes(".") && SIGNED.includes(view.kind.id);
  const [words, kind] = isSigned ? sentence(view, result, reasons) : [VERDICT.none, ""];
  view.say(words, kind);
  if (result.code === "bad_signature") achieve("break");
  const head = trouble ? notice("warn", VERDICT.noKey, trouble) : notice(kind, words, result.code && result.code !== "ok" ? ` ${reasons.reason(result.code)}` : null);
  show(checks, head, skipped.length > 0 && skippedWords(skipped, named), h("ol", { class: "check-list" }, result.rows.map((one) => row(one, reasons))));
  return { verdict: result.code ?? "no_key", signature: result.signature };
}
