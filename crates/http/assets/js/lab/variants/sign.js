// HS256 beside RS256: the same payload signed by both in this browser, what each costs, and who can forge.

import { h, show, table, tag } from "../../dom.js";
import { encode, encodeJson, parse } from "../jws.js";
import { words } from "../../language.js";
import { doing, median, number, time } from "./parts.js";

const { SIGN } = await words("variant_sign");

const RSA = { name: "RSASSA-PKCS1-v1_5", modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]), hash: "SHA-256" };
const HMAC = { name: "HMAC", hash: "SHA-256", length: 256 };
/** The clock of a page is coarse: what is timed is a batch of calls, and of the batches the median counts. */
const BATCHES = 9;
const CALLS = 30;

const bytes = (text) => new TextEncoder().encode(text);

/** Fresh keys: `signs` and `verifies` are one secret with HS256, and two keys with RS256. */
async function fresh() {
  const secret = await crypto.subtle.generateKey(HMAC, true, ["sign", "verify"]);
  const { privateKey, publicKey } = await crypto.subtle.generateKey(RSA, true, ["sign", "verify"]);
  return { HS256: { alg: "HS256", signs: secret, verifies: secret }, RS256: { alg: "RS256", signs: privateKey, verifies: publicKey } };
}

async function token(key, alg, claims) {
  const input = `${encodeJson({ alg, typ: "JWT" })}.${encodeJson(claims)}`;
  return `${input}.${encode(new Uint8Array(await crypto.subtle.sign(key.algorithm, key, bytes(input))))}`;
}

/** A verifier that takes one algorithm, whatever the header says: what it refuses a token for; null when it takes it. */
async function refusal({ alg, verifies }, text) {
  const { header, signature, segments } = parse(text);
  if (header.value.alg !== alg) return "alg";
  const isGood = await crypto.subtle.verify(verifies.algorithm, verifies, signature, bytes(segments.slice(0, 2).join(".")));
  return isGood ? null : "signature";
}

/** Microseconds of one call. */
async function timed(call) {
  const batches = [];
  for (let batch = 0; batch < BATCHES; batch += 1) {
    const begun = performance.now();
    for (let count = 0; count < CALLS; count += 1) await call();
    batches.push(((performance.now() - begun) * 1000) / CALLS);
  }
  return median(batches);
}

/** One side of the comparison: its token, and what it takes. */
async function measured(keys, claims) {
  const text = await token(keys.signs, keys.alg, claims);
  const { segments, signature } = parse(text);
  const input = bytes(segments.slice(0, 2).join("."));
  const [signs, verifies] = [keys.signs, keys.verifies];
  const sign = await timed(() => crypto.subtle.sign(signs.algorithm, signs, input));
  const check = await timed(() => crypto.subtle.verify(verifies.algorithm, verifies, signature, input));
  return { alg: keys.alg, text, segments, signature, sign, check };
}

const coloured = ({ alg, segments }) =>
  h("div", { class: "grow" }, h("h4", {}, alg),
    h("p", { class: "mono shows", data: { token: alg } }, ["header", "payload", "signature"].flatMap((kind, index) => [index > 0 && ".", h("span", { class: kind }, segments[index])])));

function comparison(sides) {
  const row = (name, cell) => [name, ...sides.map(cell)];
  const times = (from, to) => SIGN.times(number(from / to, from / to < 10 ? 1 : 0));
  const [hs, rs] = sides;
  return table([{ name: SIGN.what }, { name: hs.alg }, { name: rs.alg }], [
    row(SIGN.size, ({ text }) => SIGN.bytes(number(text.length))),
    row(SIGN.signature, ({ signature }) => SIGN.bytes(number(signature.length))),
    row(SIGN.sign, ({ sign }) => time(sign)),
    row(SIGN.verify, ({ check }) => time(check)),
    [SIGN.ratio, "1", `${SIGN.sign}: ${times(rs.sign, hs.sign)}; ${SIGN.verify}: ${times(rs.check, hs.check)}`],
    [SIGN.key, SIGN.keys.HS256, SIGN.keys.RS256],
    [SIGN.whoVerifies, SIGN.verifiers.HS256, SIGN.verifiers.RS256],
    [SIGN.whoForges, SIGN.forgers.HS256, SIGN.forgers.RS256],
  ], { caption: SIGN.caption });
}

/** What an attempt has come to: a verifier's own answer, or the browser's refusal to sign at all. */
async function attempt(name, keys, make) {
  try {
    const text = await make();
    const reason = await refusal(keys, text);
    return { name, isTaken: !reason, says: reason ? SIGN.refused[reason] : SIGN.taken(parse(text).payload.value.role), text };
  } catch (error) {
    return { name, isTaken: false, says: SIGN.threw(error.name), text: "" };
  }
}

/** Forges as a service would that was broken into: with nothing but what it verifies by. */
async function forge({ HS256, RS256 }, claims) {
  const wanted = { ...claims, role: "admin" };
  const spki = new Uint8Array(await crypto.subtle.exportKey("spki", RS256.verifies));
  const own = await crypto.subtle.generateKey(RSA, false, ["sign", "verify"]);
  const confused = await crypto.subtle.importKey("raw", spki, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return [
    await attempt(SIGN.attempts.secret, HS256, () => token(HS256.verifies, "HS256", wanted)),
    await attempt(SIGN.attempts.publicKey, RS256, () => token(RS256.verifies, "RS256", wanted)),
    await attempt(SIGN.attempts.ownKey, RS256, () => token(own.privateKey, "RS256", wanted)),
    await attempt(SIGN.attempts.confused, RS256, () => token(confused, "HS256", wanted)),
  ];
}

const told = ({ name, isTaken, says, text }) =>
  h("li", {}, tag(isTaken ? SIGN.forged : SIGN.stopped, isTaken ? "bad" : "good"),
    h("div", {}, h("strong", {}, name), " ", says, text && h("div", { class: "mono shows" }, `${text.slice(0, 60)}…${text.slice(-16)}`)));

export function view() {
  const now = Math.floor(Date.now() / 1000);
  const claims = { sub: "usr_42", role: "user", iat: now, exp: now + 900 };
  const said = h("p", { class: "soft", id: "sign-said", role: "status" }, SIGN.start);
  const [sides, outcome] = [h("div", { class: "stack", id: "sign-sides" }), h("ul", { class: "events free", id: "sign-forged", "aria-live": "polite" })];
  let keys = null;
  const compare = async () => {
    said.textContent = SIGN.working;
    keys = await fresh();
    const both = [await measured(keys.HS256, claims), await measured(keys.RS256, claims)];
    show(sides, h("div", { class: "grid" }, both.map(coloured)), comparison(both));
    show(outcome);
    said.textContent = SIGN.done(number(BATCHES), number(CALLS));
    forging.disabled = false;
  };
  const forging = doing(SIGN.forge, async () => show(outcome, (await forge(keys, claims)).map(told)), said, { id: "sign-forge" });
  forging.disabled = true;
  return h("div", { class: "stack" },
    h("div", { class: "row" }, doing(SIGN.go, compare, said, { kind: "primary", id: "sign-compare" }), forging),
    said, sides, h("p", { class: "soft" }, SIGN.holds), h("div", {}, outcome));
}
