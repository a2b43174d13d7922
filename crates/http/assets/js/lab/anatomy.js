// Anatomy: a token in three segments, to be read, changed, signed, checked and attacked.

import { h, show, button } from "../dom.js";
import { parse } from "./jws.js";
import { Field, tokenPieces } from "./field.js";
import { access, jwks, state } from "./sandbox.js";
import { span, speak } from "./parts.js";
import { achieve } from "./challenges.js";
import { Segments } from "./anatomy_segment.js";
import { copyButton, shareButton, tokenIn } from "./anatomy_share.js";
import { styles } from "./styles.js";
import { language, words } from "../language.js";

const { COPY, GROUPS, OWN, PARTS, SAMPLES } = await words("anatomy");

const COOKIE = 4096;
const HEADERS = 8192;
const LONG = 20_000;
/** What signs samples: the algorithms of keys.js, which most visits do not need. */
const ALGORITHMS = ["HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"];
/** Samples that are made as issuers make them, and odd ones: [id, proper name]. */
const ISSUERS = [["keycloak", "Keycloak"], ["auth0", "Auth0"], ["entra", "Microsoft Entra"], ["cognito", "Amazon Cognito"], ["google"], ["supabase", "Supabase"], ["kubernetes", "Kubernetes"]];
const ODD = [["no-exp"], ["none", "alg: none"], ["millis"], ["numbers"], ["twice"], ["nested"], ["dpop"], ["jwe"], ["paseto", "PASETO"]];
/** Ways of putting text in that bring a whole one: it is cleaned in the field, too. */
const PASTED = ["insertFromPaste", "insertFromDrop", "", undefined];

async function everything() {
  const [{ recognise }, { classify }, { faultWords }, { MORE, MORE_HEADER }, said, aside] = await Promise.all([
    import("./recognise.js"), import("./kinds_other.js"), import("./kinds.js"), words("claims_more"), import("./remarks.js"), import("./anatomy_aside.js")]);
  return { recognise, classify, faultWords, claims: MORE, header: MORE_HEADER, ...said, ...aside };
}

/** What the sandbox's own token is. */
function own({ header }) {
  const { alg, kid } = header.value ?? {};
  return { id: "jws", title: OWN.title, words: OWN.signed(alg, kid) };
}

/** Whether the key that a token of the sandbox names has signed it: these tokens are RS256. */
async function isSignedBy({ keys }, { header, segments, signature }) {
  const jwk = keys.find(({ kid, alg }) => kid === header.value.kid && alg === "RS256" && header.value.alg === alg);
  if (!jwk) return false;
  const algorithm = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("jwk", { kty: jwk.kty, n: jwk.n, e: jwk.e }, algorithm, false, ["verify"]);
  return crypto.subtle.verify(algorithm, key, signature, new TextEncoder().encode(`${segments[0]}.${segments[1]}`));
}

/** What is looked at. One view a visit of the section. */
class View {
  constructor() {
    this.good = "";
    this.keysText = "";
    /** What is checked with, as it is typed under “Check with a key”. */
    this.given = { keys: "", bound: "", written: "text", iss: "", aud: "" };
    this.expected = {};
    this.chosen = "payload";
    this.ahead = 0;
    /** Tokens that were made here: sharing them gives nothing away. */
    this.made = new Set();
    /** The keys that the page itself has put down, and whose tokens they are for. */
    this.companion = { text: "", iss: undefined };
    this.foreign = false;
    this.look("");
    this.segments = new Segments(this);
    this.field = new Field({ id: "paste", label: PARTS.field, rows: "4",
      typed: (text, how) => this.typed(text, how), pointed: (part) => this.light(part), caret: (part) => this.caret(part) });
    this.nodes = { verdict: h("p", { class: "verdict", id: "verdict", role: "status" }, "…"), checks: h("div", { class: "checks", id: "checks" }), what: h("div", { class: "what", id: "what", role: "status" }), shared: h("div", { id: "shared", role: "status" }) };
  }

  /** Only the sandbox's own tokens live by the sandbox's clock. */
  get now() {
    return Math.floor(Date.now() / 1000) + (this.usesSandbox && !this.foreign ? this.ahead : 0);
  }

  get usesSandbox() {
    return this.given.keys === this.keysText;
  }

  look(token, cleaned = []) {
    this.parsed = parse(token);
    this.kind = this.more ? this.more.classify(this.parsed) : own(this.parsed);
    this.cleaned = cleaned;
  }

  /** What tokens of others take is loaded with the first of them: the page's own token needs none of it. */
  async prepare() {
    this.more ??= await everything();
    return this.more;
  }

  /** Puts a token on the table that was made here. */
  async put(token) {
    if (token !== this.good) await this.prepare();
    this.made.add(token);
    this.foreign = false;
    this.look(token);
    return this.draw();
  }

  /** Puts what was pasted on the table: the token in it, and what was left out. */
  async take(text, { keepText = false } = {}) {
    const { recognise } = await this.prepare();
    const { token, cleaned } = recognise(text);
    this.look(token, cleaned);
    this.foreign = this.given.keys === this.companion.text && this.parsed.payload.value?.iss !== this.companion.iss;
    return this.draw({ keepText });
  }

  typed(text, how) {
    achieve("paste");
    return this.take(text, { keepText: !PASTED.includes(how) });
  }

  /** A segment was edited: the token changes, the editor stays. */
  async edited(segments) {
    await this.prepare();
    this.look(segments.join("."));
    this.drawToken();
    if (this.chosen === "payload") achieve("edit");
    this.judge();
    this.signing?.edited();
  }

  /** A token was signed here, and is checked with this key. */
  async signed(token, keys) {
    await this.prepare();
    this.companionKeys(keys);
    this.made.add(token);
    this.foreign = false;
    this.look(token);
    this.drawToken();
    // The caret stays where it is while a payload that is being edited is signed.
    if (document.activeElement !== this.segments.field.area || this.chosen !== "payload") this.segments.draw();
    return this.judge();
  }

  async sample({ token, keys }) {
    await this.prepare();
    this.chosen = "payload";
    this.made.add(token);
    this.foreign = false;
    this.look(token);
    if (keys) this.companionKeys(keys);
    return this.draw();
  }

  companionKeys(text) {
    Object.assign(this.given, { keys: text, bound: "", written: "text" });
    this.checking?.draw();
    this.companion = { text, iss: this.parsed.payload.value?.iss };
  }

  keysTyped() {
    this.foreign = false;
    return this.judge();
  }

  draw({ keepText = false } = {}) {
    this.kept = null;
    this.drawToken(keepText);
    this.segments.draw();
    return this.judge();
  }

  drawToken(keepText = false) {
    const isJws = ["jws", "none", "detached", "cut", "base64", "unknown"].includes(this.kind.id) && this.parsed.token.includes(".");
    const typed = this.field.area.value;
    // Letters and colours lie over each other: what is typed is coloured only where it is the token itself.
    const pieces = keepText && typed !== this.parsed.token ? [{ text: typed, part: "" }] : tokenPieces(this.parsed, isJws);
    const hidden = this.field.set(pieces, { keepText });
    drawWhat(this, hidden);
  }

  choose(name) {
    this.chosen = name;
    this.segments.draw();
    achieve(`look-${name}`);
  }

  /** The caret, or a tap, chooses the segment that it is in. */
  caret(part) {
    const segment = part?.split(".")[0];
    if (["header", "payload", "signature"].includes(segment) && segment !== this.chosen) this.choose(segment);
    this.light(part, true);
  }

  /** Lights up a part in the token and in what it says. A tap or the caret keeps it lit after the pointer has gone. */
  light(part, keep = false) {
    if (keep) this.kept = part;
    const lit = part ?? this.kept ?? null;
    this.field.light(lit, { reveal: part !== null });
    this.segments.light(lit);
  }

  /** Judges anew; in the same turn where nothing has changed but what is in sight. */
  async judge(turn = (this.turn ?? 0) + 1) {
    this.turn = turn;
    this.judgedAt = this.now;
    const draw = (await this.isGood()) ? () => this.sayGood() : await this.checks();
    if (turn === this.turn) Object.assign(this.nodes.checks.dataset, { ...draw(), turn: String(turn) });
  }

  /**
   * Whether this is the sandbox's own good token. It needs one sentence, until the list of the checks comes into view;
   * what checks every other token is loaded with the first of them.
   */
  async isGood() {
    const { parsed, expected, now } = this;
    if (this.isNear || this.more || !this.usesSandbox || parsed.token !== this.good || parsed.error) return false;
    const { iss, aud, iat, exp } = parsed.payload.value;
    return iss === expected.iss && aud === expected.aud && iat <= now && now < exp && isSignedBy(this.jwks, parsed);
  }

  sayGood() {
    this.say(OWN.verdict(span(this.parsed.payload.value.exp - this.now)), "good");
    return { verdict: "ok", signature: "holds" };
  }

  /** Checks the token on the table; answers with what draws the verdict. */
  async checks() {
    const { check } = await import("./anatomy_checks.js");
    const [iss, aud] = [this.given.iss || undefined, this.given.aud || undefined];
    return check(this, this.usesSandbox && !this.foreign ? this.expected : { iss, aud });
  }

  /** The list of the checks comes into view. */
  near() {
    this.isNear = true;
    if (this.turn) this.judge(this.turn);
  }

  /** The verdict, beside the token. */
  say(words, kind) {
    this.nodes.verdict.className = `verdict ${kind}`;
    this.nodes.verdict.textContent = words;
  }

  /** Fetches a fresh token of the sandbox, with the keys and the expectations that go with it. */
  async fresh({ shown = true } = {}) {
    const [token, keys, inside] = [await access(), await jwks(), await state()];
    this.jwks = keys;
    this.ahead = inside.ahead_seconds;
    this.expected = { iss: inside.rules.issuer, aud: inside.rules.audience, typ: "at+jwt" };
    this.keysText = JSON.stringify(keys, null, 1);
    this.good = token;
    this.companionKeys(this.keysText);
    this.companion.iss = this.expected.iss;
    if (shown) await this.put(token);
  }

  /** Every second: the countdowns, and the verdict when a time of the token has come. */
  tick() {
    const { exp, nbf } = this.parsed.payload.value ?? {};
    this.segments.tick(this.now);
    if ([exp, nbf].some((time) => time > this.judgedAt && time <= this.now)) this.judge();
  }
}

function sizeWords(size, more) {
  if (size > COOKIE) return more.overCookie(size, COOKIE, HEADERS);
  const percent = (of) => Math.round((100 * size) / of);
  return OWN.size(size.toLocaleString(language), percent(COOKIE), COOKIE.toLocaleString(language), percent(HEADERS));
}

/** What is on the table, what was cleaned, and what else is worth knowing. */
function drawWhat(view, hidden) {
  const { parsed, kind, nodes, more } = view;
  const size = new TextEncoder().encode(parsed.token).length;
  show(nodes.what,
    h("p", {}, h("strong", {}, `${kind.title}. `), kind.words),
    more?.aside(view, hidden),
    size > 0 && h("p", { class: "soft num", id: "size" }, sizeWords(size, more)));
}

/** A list of tokens to look at. */
function samplesPart(view) {
  const option = (value, name) => h("option", { value }, name);
  const group = (label, entries) => h("optgroup", { label }, entries.map(([id, name]) => option(id, SAMPLES[id] ?? name)));
  const list = h("select", { class: "input", id: "samples", "aria-label": PARTS.samples }, option("", PARTS.choose),
    group(GROUPS.algorithms, ALGORITHMS.map((alg) => [alg, alg])), group(GROUPS.issuers, ISSUERS), group(GROUPS.odd, ODD));
  list.addEventListener("change", async () => {
    if (!list.value) return;
    const id = list.value;
    list.value = "";
    const { turn } = view;
    const { make } = await import("./samples.js");
    const made = await make(id, Math.floor(Date.now() / 1000));
    // Making an RSA key takes a while: what the visitor has put on the table meanwhile stays there.
    if (view.turn === turn) view.sample(made);
  });
  return list;
}

/** The table: the token, what it says, and the verdict, in sight at once. */
function table(view) {
  const { nodes, segments, field } = view;
  return h("div", { class: "card table-card" },
    h("div", { class: "card-head" }, h("h2", {}, PARTS.title), h("div", { class: "row" }, samplesPart(view), button(PARTS.fresh, () => view.fresh(), { kind: "small", id: "fresh" }))),
    h("div", { class: "two" },
      h("div", { class: "given" },
        h("div", { class: "seg-tabs" }, h("label", { class: "label", for: "paste" }, PARTS.paste), h("span", { class: "row" }, copyButton(COPY.copy, () => view.parsed.token, { id: "copy-token" }), shareButton(view, nodes.shared))),
        h("div", { class: "token" }, field.node)),
      segments.node,
      nodes.verdict),
    nodes.shared, nodes.what, segments.below);
}

/** Does something once, when the visitor comes near a place further down. */
function whenNear(node, act) {
  const near = new IntersectionObserver((seen) => {
    if (!seen.some((one) => one.isIntersecting)) return;
    near.disconnect();
    act();
  }, { rootMargin: "200px" });
  near.observe(node);
}

/** The attacks, which are loaded when the visitor comes near. */
function attacksPart(view) {
  const inside = h("div", { class: "attacks-part", id: "attacks" });
  whenNear(inside, async () => {
    const { attacks } = await import("./anatomy_attacks.js");
    show(inside, attacks(view));
  });
  return h("div", { class: "card" }, h("h2", {}, PARTS.attacks), inside);
}

/** A part that can be opened; what is in it is loaded then. */
function opening(name, properties, load) {
  const inside = h("div", {});
  const opened = async () => {
    const node = await load();
    if (!inside.hasChildNodes()) inside.append(node);
  };
  return h("details", { ...properties, on: { toggle: opened } }, h("summary", {}, name), inside);
}

/** The list of the checks, and below it the key to check with, and where the token is signed again. */
function checksPart(view) {
  whenNear(view.nodes.checks, () => view.near());
  return h("div", { class: "card" }, h("div", { class: "card-head" }, h("h2", {}, PARTS.checks), h("p", { class: "soft" }, PARTS.order)), view.nodes.checks,
    opening(PARTS.checkWith, { class: "keys", id: "check-with" }, async () => {
      const { Checking } = await import("./anatomy_keys.js");
      return (view.checking ??= new Checking(view)).node;
    }),
    opening(PARTS.signAgain, { class: "sign-again", id: "sign-again" }, async () => {
      const { Signing } = await import("./anatomy_sign.js");
      return (view.signing ??= new Signing(view)).node;
    }));
}

/** A paste that goes to no field goes to the table. */
function pasteAnywhere(view) {
  const heard = (event) => {
    const isField = event.target.closest?.("input, textarea, select") && event.target !== view.field.area;
    const text = event.clipboardData?.getData("text/plain");
    if (isField || !text) return;
    const isInField = event.target === view.field.area;
    // A token that is pasted replaces the whole field: it is never a part of another token. So does a text so long
    // that the browser would lay it out for minutes.
    if (isInField && text.length < LONG && !/[\w-]{8,}\.[\w-]*/.test(text)) return;
    event.preventDefault();
    achieve("paste");
    view.take(text);
  };
  document.addEventListener("paste", heard);
  return () => document.removeEventListener("paste", heard);
}

export async function mount(stage, { place } = {}) {
  await styles("anatomy");
  const view = new View();
  view.segments.copyNode.append(copyButton(COPY.copy, () => view.segments.field.area.value, { id: "copy-segment" }));
  show(stage, h("div", { class: "anatomy stack" }, table(view), checksPart(view), attacksPart(view)));
  const given = tokenIn(place);
  await view.fresh({ shown: !given });
  if (given) await view.take(given);
  speak(given ? OWN.given : OWN.shown);
  const unheard = pasteAnywhere(view);
  const clock = setInterval(() => view.tick(), 1000);
  return () => {
    clearInterval(clock);
    unheard();
  };
}
