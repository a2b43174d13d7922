// Proving an address: by the link of a mail, or by its code.

import { post } from "../api.js";
import { button, byId, h, notice, show } from "../dom.js";
import { carried, fragment, spend } from "../parts/carried.js";
import { fault } from "../parts/fields.js";
import { toast } from "../parts/toast.js";
import { Problem, headline, mayPass } from "../problem.js";
import { when } from "../time.js";

/** What a link carried: it proves this address, or puts a new one in its place. */
const token = carried(/^#verify=(hpm_[\w-]+)$/);

/** Whether the address is proved, and the banner with what may be done; `me` is the account, `changed` draws the page anew. */
class Proof {
  constructor(me, changed) {
    Object.assign(this, { me, changed, box: byId("verify") });
  }

  async prove(body) {
    try {
      await post("/auth/email/verify", body);
      spend();
      toast("Your address is confirmed.");
      await this.changed();
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      this.refused(error, body);
    }
  }

  refused(error, body) {
    if (body.code && error.code === "unfit_code") {
      fault(byId("verify-code"), error.message);
      byId("verify-code").focus();
      return;
    }
    // What was not decided may be tried again.
    if (body.token && (mayPass(error) || error.status === 429)) {
      this.offerLink(error.message);
      return;
    }
    // A link that is not good any more is no dead end.
    if (body.token) spend();
    if (this.me.email_verified_at) show(this.box, notice("bad", headline(error), error.message));
    else this.offer(error.message);
  }

  async send() {
    try {
      await post("/auth/email/verify/request");
      this.offer(`A mail is on its way to ${this.me.email}. Type its code, or follow its link in this browser.`);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      this.offer(error.message);
    }
  }

  /** Nothing happens before the button is pressed: programs follow links, too. */
  offerLink(said = "The link of your mail confirms an address of this account.") {
    show(this.box, notice("", "Confirm your address", h("p", {}, said),
      h("div", { class: "notice-act" }, button("Confirm the address", () => this.prove({ token }), { kind: "small primary", id: "verify-link" }))));
  }

  /** Asks for the proof, with what was said last. */
  offer(said = "With a confirmed address you can set a new password when you forget yours. A mail brings a code and a link.") {
    const code = h("input", { class: "input code", id: "verify-code", inputmode: "numeric", autocomplete: "one-time-code", "aria-label": "The code from the mail", "aria-describedby": "verify-code-error", placeholder: "1234 5678" });
    const typed = (event) => {
      event.preventDefault();
      fault(code, code.value.trim() ? null : "Type the code from the mail.");
      if (code.value.trim()) this.prove({ code: code.value.trim() });
    };
    show(this.box, notice("", "Confirm your address", h("p", {}, said),
      h("form", { class: "row notice-act", novalidate: true, on: { submit: typed } },
        button("Send me a mail", () => this.send(), { kind: "small", id: "verify-send" }), code,
        h("button", { class: "button small", type: "submit", id: "verify-go" }, "Confirm")),
      h("p", { class: "field-error", id: "verify-code-error" })));
    code.focus();
  }

  /** The banner comes when it is asked for: a page must not move while it is read. */
  draw() {
    show(this.box);
    delete document.documentElement.dataset.carried;
    show(byId("proof"), this.me.email_verified_at
      ? when(this.me.email_verified_at)
      : ["not yet", button("Confirm it", () => this.offer(), { kind: "small", id: "verify-open" })]);
    if (token && fragment()) this.offerLink();
  }
}

/** Draws what an account is asked for that came with a link, or whose address is not proved. */
export const askForProof = (me, changed) => new Proof(me, changed).draw();
