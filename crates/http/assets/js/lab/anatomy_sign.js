// Signs the token at hand again, with a key made here or with one of the visitor's own.

import { h, button } from "../dom.js";
import { KeyError } from "./keys.js";
import { makeKey, ownKey, privatePem, sign, withMember } from "./sign.js";
import { copyButton } from "./anatomy_share.js";
import { ALGS, WRITTEN, inWords, select } from "./anatomy_keys.js";
import { words } from "../language.js";

const { CHECKING, SIGNING } = await words("keys");

/** Signs the token at hand again. */
export class Signing {
  constructor(view) {
    this.view = view;
    this.made = new Map();
    this.alg = select("sign-alg", ALGS, () => this.changed());
    this.alg.value = "ES256";
    this.source = select("sign-source", [["made", SIGNING.made], ["own", SIGNING.own]], () => this.changed());
    this.key = h("textarea", { class: "input mono", id: "sign-key", rows: "4", spellcheck: "false", autocomplete: "off", on: { input: () => this.changed() } });
    this.written = select("sign-written", WRITTEN, () => this.changed());
    this.own = h("div", { class: "own-key", hidden: true }, h("label", { class: "label", for: "sign-key" }, SIGNING.ownKey), this.key, h("div", { class: "row" }, h("label", { class: "label", for: "sign-written" }, CHECKING.written), this.written));
    this.auto = h("input", { type: "checkbox", id: "sign-auto", on: { change: () => this.auto.checked && this.sign() } });
    this.state = h("p", { id: "sign-state", role: "status", class: "sign-state" });
  }

  get node() {
    const again = () => (this.made.delete(this.alg.value), this.sign());
    return h("div", { class: "signing" },
      h("p", { class: "soft" }, SIGNING.lead),
      h("div", { class: "row" }, h("label", { class: "label", for: "sign-alg" }, SIGNING.algorithm), this.alg, h("label", { class: "label", for: "sign-source" }, SIGNING.key), this.source),
      this.own,
      h("div", { class: "row" }, button(SIGNING.sign, () => this.sign(), { kind: "small primary", id: "sign" }), button(SIGNING.another, again, { kind: "small" }), copyButton(SIGNING.copy, () => this.exported(), { id: "copy-private" }), h("label", { class: "row" }, this.auto, SIGNING.auto)),
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

  /** The private key as a PEM, or the secret as a JWK; null when there is none. */
  exported() {
    return this.tried(async () => {
      const signer = await this.signer();
      return (await privatePem(signer)) ?? JSON.stringify(signer.jwk, null, 1);
    });
  }

  /** Does what takes a key. What is wrong with the key is said, and the answer then is null. */
  async tried(work) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof KeyError)) throw error;
      this.say("bad", inWords(error.fault));
      return null;
    }
  }

  sign() {
    return this.tried(async () => {
      const { view } = this;
      const signer = await this.signer();
      const { header, payload } = view.parsed;
      let text = header.value ? header.text : '{"typ":"JWT"}';
      text = withMember(text, "alg", JSON.stringify(signer.alg));
      if (signer.kid) text = withMember(text, "kid", JSON.stringify(signer.kid));
      await view.signed(await sign(signer, text, payload.text), signer.forVerifier);
      this.say("good", SIGNING.signed(signer.alg));
    });
  }

  /** After an edit. */
  edited() {
    if (this.auto.checked) this.sign();
  }
}
