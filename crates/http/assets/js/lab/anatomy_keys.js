// The key to check with, the samples, and the place where tokens are signed.

import { h, button } from "../dom.js";
import { ALGORITHMS } from "./keys.js";
import { copyButton } from "./anatomy_share.js";
import { words } from "../language.js";

const { GROUPS } = await words("anatomy");

export const option = (value, name) => h("option", { value }, name);
export const select = (id, options, change) => h("select", { class: "input", id, on: { change } }, options.map(([value, name]) => option(value, name)));
export const WRITTEN = [["text", "as text"], ["base64", "in base64"], ["hex", "in hexadecimal"]];
export const ALGS = Object.keys(ALGORITHMS).map((alg) => [alg, alg]);

/** The key to check with. */
export function checkingPart(view) {
  const { nodes } = view;
  const judge = () => view.keysTyped();
  nodes.keys = h("textarea", { class: "input mono", id: "keys", rows: "6", spellcheck: "false", autocomplete: "off", on: { input: judge } });
  nodes.bound = select("bound", [["", "what its type allows"], ...ALGS], judge);
  nodes.written = select("written", WRITTEN, judge);
  [nodes.iss, nodes.aud] = ["expect-iss", "expect-aud"].map((id) => h("input", { class: "input mono", id, spellcheck: "false", autocomplete: "off", on: { input: judge } }));
  return h("details", { class: "keys", id: "check-with" }, h("summary", {}, "Check with a key"),
    h("label", { class: "label", for: "keys" }, "A secret, a PEM (key or certificate), a JWK, a JWKS, or a discovery document; it stays in this browser"), nodes.keys,
    h("div", { class: "row" },
      h("label", { class: "label", for: "bound" }, "The key is for"), nodes.bound,
      h("label", { class: "label", for: "written" }, "A secret is written"), nodes.written),
    h("p", { class: "hint" }, "A real verifier binds its key to one algorithm. Left open, the token's header chooses among those of the key's type, and never between a secret and a public key."),
    h("div", { class: "grid" }, h("div", { class: "field" }, h("label", { for: "expect-iss" }, "The issuer must be (if you say so)"), nodes.iss), h("div", { class: "field" }, h("label", { for: "expect-aud" }, "The audience must be (if you say so)"), nodes.aud)),
    h("div", { class: "row" }, copyButton("Copy the key", () => nodes.keys.value), button("The sandbox's keys again", () => view.fresh(), { kind: "small" })));
}

/** Where the token is signed again; what it takes is loaded when it is opened. */
export function signingPart(view) {
  const inside = h("div", {});
  const opened = async () => {
    const { Signing } = await import("./anatomy_sign.js");
    if (view.signing) return;
    view.signing = new Signing(view);
    inside.append(view.signing.node);
  };
  return h("details", { class: "sign-again", id: "sign-again", on: { toggle: opened } }, h("summary", {}, "Sign again"),
    h("p", { class: "soft" }, "Change header and payload as you like, then sign them. The key to check with is set to the public half, so the verdict is about your token."), inside);
}

/** A list of tokens to look at. */
export function samplesPart(view) {
  const list = h("select", { class: "input", id: "samples", "aria-label": "Samples" }, option("", "Samples…"),
    GROUPS.map(([name, samples]) => h("optgroup", { label: name }, samples.map(([id, title]) => option(id, title)))));
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
