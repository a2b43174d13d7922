// What a verifier says: one sentence beside the token, and the list of its checks.

import { h, show, notice, tag } from "../dom.js";
import { span } from "./parts.js";
import { achieve } from "./challenges.js";
import { words } from "../language.js";

const { CHECKS, STATUS } = await words("anatomy");

/** What the claims say about themselves, without a full stop. */
function claimsSay({ parsed, now }, row) {
  const { exp, nbf, iat } = parsed.payload.value ?? {};
  if (!row) return `it is good for another ${span(exp - now)}`;
  // RFC 9449 §4.3: a proof is believed for moments after its iat.
  if (row.why === "no_exp") return parsed.header.value?.typ === "dpop+jwt" ? "a proof has no exp, and is good for moments after its iat" : "there is no exp";
  if (row.code === "token_expired") return `it expired ${span(now - exp)} ago`;
  if (row.code === "not_yet_valid") return `it is not good before ${row.name}, in ${span((row.name === "nbf" ? nbf : iat) - now)}`;
  if (row.code === "bad_time") return `${row.name} is not a number of seconds in range`;
  return row.code === "wrong_iss" ? "another issuer was expected" : "it is for another audience";
}

const SIGNATURE = {
  holds: ["The signature holds", "good"],
  broken: ["The signature is broken: nothing it says counts", "bad"],
  unchecked: ["The signature is unchecked, for want of a key", ""],
};

/** The verdict in a sentence: the signature first, then the claims. */
function sentence(view, result, reasons) {
  const { signature, claims, rows, code } = result;
  if (signature === "unreached") {
    const stop = rows.find((row) => row.status === "fail");
    return [`Refused before its signature is checked: ${code}. ${reasons.why(stop).split(". ")[0].replace(/\.$/, "")}.`, "bad"];
  }
  const [words, kind] = SIGNATURE[signature];
  if (signature === "broken" || !view.parsed.payload.value) return [`${words}.`, kind];
  return [`${words}; ${claimsSay(view, claims)}.`, signature === "holds" && claims ? "warn" : kind];
}

function row(check, reasons) {
  const [name, words] = CHECKS[check.id];
  const [said, kind] = STATUS[check.status];
  const would = check.would === "fail" ? ` It would fail: ${reasons.why(check)}` : check.would === "pass" ? " It would pass." : "";
  return h("li", { class: `check ${kind}`, data: { check: check.id, status: check.status } },
    tag(said, kind), h("span", {}, h("strong", {}, name), ` ${check.status === "fail" ? reasons.why(check) : words}`, would && h("span", { class: "soft" }, would)));
}

const skippedWords = (skipped) => notice("warn", `${skipped.length} key${skipped.length > 1 ? "s" : ""} of this set ${skipped.length > 1 ? "are" : "is"} skipped.`,
  h("ul", {}, skipped.slice(0, 20).map(({ name, why: words }) => h("li", {}, h("code", {}, name), `: ${words}`))));

const SIGNED = ["jws", "none", "detached", "cut", "base64", "unknown"];

/**
 * Draws the verdict. `trouble` is why there is no key, in words; `reasons` is texts/reasons.js, which a verdict without a
 * refusal does not need.
 */
export function drawChecks(view, result, { trouble, skipped = [], reasons }) {
  const { checks, verdict } = view.nodes;
  const isSigned = view.parsed.token.includes(".") && SIGNED.includes(view.kind.id);
  const [words, kind] = isSigned ? sentence(view, result, reasons) : ["There is no signature here that could be checked.", ""];
  verdict.className = `verdict ${kind}`;
  verdict.textContent = words;
  checks.dataset.verdict = result.code ?? "no_key";
  checks.dataset.signature = result.signature;
  checks.dataset.turn = String(view.turn);
  if (result.code === "bad_signature") achieve("break");
  const head = trouble ? notice("warn", "No key to check with", trouble) : notice(kind, words, result.code && result.code !== "ok" ? ` ${reasons.reason(result.code)}` : null);
  show(checks, head, skipped.length > 0 && skippedWords(skipped), h("ol", { class: "check-list" }, result.rows.map((one) => row(one, reasons))));
}
