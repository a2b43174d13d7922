// The inbox: every mailbox of the sandbox. Its mails are real ones, of which nothing leaves the sandbox.

import { h, show, tag } from "../../dom.js";
import { achieve } from "../challenges.js";
import { shortTime } from "../parts.js";
import { advance, ask, carried, keepAccess, login, mails, sandbox } from "../sandbox.js";
import { words } from "../../language.js";
import { doing } from "./parts.js";

const { INBOX } = await words("variant_inbox");

/** An address that has no account. */
const NOBODY = "nobody@lab.example";
const HALF_AN_HOUR = 30 * 60;

const FORGOT = "/auth/password/forgot";
const RESET = "/auth/password/reset";
const VERIFY = "/auth/email/verify";

/** What the link of a mail leads to; nothing for one that only tells. */
const purposeOf = ({ text }) => (text.includes("/reset#") ? RESET : text.includes("#verify=") ? VERIFY : null);

const said = ({ status, body }) => INBOX.answered(status, body?.detail ?? "");

/** The resident's own password is the new one, too, so that every play still knows it. */
async function reset({ to, code, password }) {
  const answer = await ask(RESET, { method: "POST", body: { email: to, code, new_password: password } });
  if (answer.ok && (await sandbox()).user?.email === to) await keepAccess(null);
  return answer;
}

/** Only who is signed in proves the address. */
async function verify({ to, code }) {
  const signedIn = await login(to);
  if (!signedIn.ok) return signedIn;
  return ask(VERIFY, { method: "POST", body: { email: to, code }, token: signedIn.body.access_token });
}

class Mail {
  constructor(mail, users) {
    const resident = users.find(({ email }) => email === mail.to);
    Object.assign(this, { mail, path: purposeOf(mail), proof: { to: mail.to, code: carried(mail).code, password: resident?.password } });
    this.said = h("p", { class: "inbox-said num", role: "status" });
  }

  async use() {
    const answer = await (this.path === RESET ? reset : verify)(this.proof);
    if (answer.ok) achieve("inbox");
    this.said.textContent = said(answer);
  }

  async follow() {
    this.said.textContent = said(await ask(this.path, { actor: "service" }));
  }

  /** Whoever has no account here that this page knows a password of, is only shown. */
  actions() {
    if (!this.path || !this.proof.password) return null;
    return h("div", { class: "row" },
      doing(INBOX.use[this.path], () => this.use(), this.said, { kind: "small primary", "data-use": "code" }),
      doing(INBOX.follow, () => this.follow(), this.said, { kind: "small", "data-use": "link" }));
  }

  view() {
    const { to, subject, text, at } = this.mail;
    return h("li", { data: { mail: this.mail.id } }, h("details", {},
      h("summary", {}, subject, " ", h("span", { class: "soft num" }, `${to}, ${shortTime(Date.parse(at))}`)),
      h("pre", { class: "raw", tabindex: "0", "aria-label": subject }, text), this.actions(), this.said));
  }
}

class Inbox {
  constructor(users) {
    this.users = users;
    this.shown = new Map();
    this.said = h("p", { class: "num", id: "inbox-said", role: "status" }, INBOX.start);
    this.list = h("ol", { class: "inbox", id: "inbox", "aria-label": INBOX.list, data: { empty: INBOX.empty } });
    this.to = h("select", { class: "input", id: "inbox-to" }, [...users.map(({ email }) => email), NOBODY].map((email) => h("option", { value: email }, email)));
  }

  /** Shows what has come; how many are new. What is open stays open. */
  async look() {
    const all = await mails();
    const fresh = all.filter(({ id }) => !this.shown.has(id));
    for (const mail of fresh.reverse()) {
      const node = new Mail(mail, this.users).view();
      this.shown.set(mail.id, node);
      this.list.prepend(node);
    }
    return fresh.length;
  }

  async request(path) {
    const email = this.to.value;
    const answer = await ask(path, { method: "POST", body: { email } });
    const count = await this.look();
    show(this.said, tag(String(answer.status), answer.ok ? "good" : "bad"), " ", count ? INBOX.came(email) : INBOX.none);
  }

  async wait() {
    await advance(HALF_AN_HOUR);
    await this.look();
    this.said.textContent = INBOX.passed;
  }

  view() {
    const asking = (name, path, kind) => doing(INBOX[name], () => this.request(path), this.said, { kind, id: `inbox-${name}` });
    return h("div", { class: "stack" },
      h("div", { class: "row" }, h("label", { for: "inbox-to" }, INBOX.mailbox), this.to),
      h("div", { class: "row" }, asking("forgot", FORGOT, "primary"), asking("verify", `${VERIFY}/request`, ""), doing(INBOX.wait, () => this.wait(), this.said, { id: "inbox-wait" })),
      this.said, this.list, h("p", { class: "soft" }, INBOX.note));
  }
}

export async function view() {
  const inbox = new Inbox((await sandbox()).users);
  await inbox.look().catch((error) => (inbox.said.textContent = error.message));
  return inbox.view();
}
