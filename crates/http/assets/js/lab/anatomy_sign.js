// Signs the token at hand again, with a key made here or with one of the visitor's own.

import { h, button } from "../dom.js";
import { KeyError } from "./keys.js";
import { withMember } from "./json.js";
import { makeKey, ownKey, privatePem, sign } from "./sign.js";
import { copyButton } from "./anatomy_share.js";
import { ALGS, WRITTEN, select } from "./anatomy_keys.js";

/** Signs the token at hand again. */
export class Signing {
  constructor(view) {
    this.view = view;
    this.made = new Map();
    this.alg = select("sign-alg", ALGS, () => this.changed());
    this.alg.value = "ES256";
    this.source = select("sign-source", [["made", "a key made in this browser"], ["own", "a key of my own"]], () => this.changed());
    this.key = h("textarea", { class: "input mono", id: "sign-key", rows: "4", spellcheck: "false", autocomplete: "off", "aria-label": "The secret, the private key as PEM, or the private JWK", on: { input: () => this.changed() } });
    this.written = select("sign-written", WRITTEN, () => this.changed());
    this.own = h("div", { class: "own-key", hidden: true }, h("label", { class: "label", for: "sign-key" }, "A secret, a private key (PEM) or a private JWK; it stays in this browser"), this.key, h("div", { class: "row" }, h("label", { class: "label", for: "sign-written" }, "A secret is written"), this.written));
    this.auto = h("input", { type: "checkbox", id: "sign-auto", on: { change: () => this.auto.checked && this.sign() } });
    this.state = h("p", { id: "sign-state", role: "status", class: "sign-state" });
  }

  get node() {
    const again = () => (this.made.delete(this.alg.value), this.sign());
    return h("div", { class: "signing" },
      h("div", { class: "row" }, h("label", { class: "label", for: "sign-alg" }, "Algorithm"), this.alg, h("label", { class: "label", for: "sign-source" }, "Key"), this.source),
      this.own,
      h("div", { class: "row" }, button("Sign", () => this.sign(), { kind: "small primary", id: "sign" }), button("Another key", again, { kind: "small" }), copyButton("Copy the private key", () => this.exported(), { id: "copy-private" }), h("label", { class: "row" }, this.auto, "at every edit")),
      this.state);
  }

  say(kind, words) {
    this.state.className = `sign-state ${kind}`;
    this.state.textContent = words;
  }

  changed() {
    this.own.hidden = this.source.value !== "own";
    if (this.auto.checked) return this.sign();
    return this.say("", "");
  }

  async signer() {
    const alg = this.alg.value;
    if (this.source.value === "own") return ownKey(this.key.value, alg, this.written.value);
    if (!this.made.has(alg)) this.made.set(alg, await makeKey(alg));
    return this.made.get(alg);
  }

  /** The private key as a PEM, or the secret as a JWK. */
  async exported() {
    const signer = await this.signer();
    return (await privatePem(signer)) ?? JSON.stringify(signer.jwk, null, 1);
  }

  async sign() {
    try {
      const { view } = this;
      const signer = await this.signer();
      const { header, payload } = view.parsed;
      let text = header.value ? header.text : '{"typ":"JWT"}';
      text = withMember(text, "alg", JSON.stringify(signer.alg));
      if (signer.kid) text = withMember(text, "kid", JSON.stringify(signer.kid));
      view.signed(await sign(signer, text, payload.text), signer.forVerifier);
      this.say("good", `Signed with ${signer.alg}.`);
    } catch (error) {
      if (!(error instanceof KeyError)) throw error;
      this.say("bad", error.message);
    }
  }

  /** After an edit. */
  edited() {
    if (this.auto.checked) this.sign();
  }
}
