// One user: what may be done, and the sessions.

import { get, patch, post, remove } from "../api.js";
import { button, h, show, table, tag } from "../dom.js";
import { address as inAddress } from "../parts/address.js";
import { confirm, open } from "../parts/dialog.js";
import { device } from "../parts/device.js";
import { pages, withMessage } from "../parts/pages.js";
import { toast } from "../parts/toast.js";
import { when } from "../time.js";
import { timelineLink } from "./family.js";
import { forgetLocks, lockOf } from "./locked.js";
import { hasMail } from "./new_user.js";
import { roles } from "./roles.js";
import { address, reload } from "./views.js";

const columns = [{ name: "Device" }, { name: "From" }, { name: "Last used" }, { name: "Acts", isUnseen: true, class: "end" }];

/** Shows a one-time password, this once. */
function showOnce(email, made) {
  const dialog = open("One-time password", [
    h("p", {}, "For ", h("strong", {}, email), ". It is shown this once, and ends ", when(made.expires_at), " or when its owner has chosen another one."),
    h("p", {}, h("code", { class: "once" }, made.password)),
    h("div", { class: "actions" }, button("I have handed it over", () => dialog.close(), { kind: "primary" })),
  ]);
}

/** Whether a user may come in: what the account says, and what stands against its address. */
export const standing = (user, lockedUntil) => [
  lockedUntil && user.status === "active" ? null : tag(user.status, user.status === "active" ? "good" : "bad"),
  lockedUntil && h("span", { class: "locked" }, tag("locked", "warn"), " ends ", when(lockedUntil)),
];

/** The dialog of one user. Its parts know each other by `this`. */
class UserDialog {
  constructor(id) {
    this.path = `/admin/users/${encodeURIComponent(id)}`;
    this.said = h("div", { "aria-live": "polite" });
    [this.body, this.sessions] = [h("div", { class: "stack" }, h("p", { class: "waiting" }, "Reading…")), h("div", { class: "stack" })];
    this.dialog = open("User", [h("div", { class: "stack" }, this.body, this.sessions), this.said], { broad: true });
    this.dialog.append(button("Close", () => this.dialog.close(), { kind: "quiet small dialog-close" }));
    this.loadSessions = pages(this.sessions, `${this.path}/sessions`, (items, hasMore) => [
      h("h3", {}, items.length === 1 && !hasMore ? "One session" : `${items.length}${hasMore ? " of more" : ""} sessions`),
      table(columns, items.map((session) => this.sessionRow(session)), { caption: "Sessions" }),
    ], { of: "sessions", empty: "Signed in nowhere." });
  }

  async act(work, words) {
    await withMessage(this.said, async () => {
      await work();
      show(this.said);
      toast(words);
      await Promise.all([this.draw(), reload()]);
    });
  }

  async ask(question, work, words) {
    if (await confirm({ ...question, danger: true, act: work })) await this.act(async () => {}, words);
  }

  async roleRow(user) {
    const select = h("select", { class: "input", "aria-label": "Role" },
      (await roles()).map((name) => h("option", { selected: name === user.role }, name)));
    const change = () => patch(this.path, { role: select.value });
    return h("div", { class: "row" }, select,
      button("Change role", () => this.act(change, "The role is changed; tokens with the old one are refused."), { kind: "small" }));
  }

  async replacePassword({ email }) {
    let made = null;
    const question = {
      title: "Replace the password?",
      words: [email, "The present password and every session end at once. You get a one-time password to hand over; its owner chooses another one with it."],
      yes: "Make a one-time password",
    };
    await this.ask(question, async () => {
      made = (await post(`${this.path}/password`)).body;
    }, "The password is replaced.");
    if (made) showOnce(email, made);
  }

  /** A choice of mails; the button of each sends it. */
  sendMail(user) {
    const choice = (purpose, name, about) => h("div", { class: "field" },
      button(name, () => {
        dialog.close();
        this.act(() => post(`${this.path}/mail/${purpose}`), "The mail is on its way.");
      }),
      h("p", { class: "hint" }, about));
    const dialog = open("Send a mail", [
      h("p", { class: "break" }, "To ", h("strong", {}, user.email)),
      !user.email_verified_at && choice("verify_email", "Confirm the address", "Asks for a proof that the mailbox is theirs."),
      choice("reset_password", "Reset the password", "Lets them choose a new password. Good for half an hour."),
      choice("invitation", "Invitation", "Lets them choose their first password. Good for a week."),
      h("div", { class: "actions" }, button("Cancel", () => dialog.close(), { kind: "quiet" })),
    ]);
  }

  async delete({ email }) {
    const question = {
      title: "Delete this user?",
      words: [email, "The account and its sessions are gone for good. The audit log keeps what happened."],
      yes: "Delete for good",
      danger: true,
      act: () => remove(this.path),
    };
    if (!(await confirm(question))) return;
    this.dialog.close();
    toast("Deleted.");
    await reload();
  }

  standingAct(user) {
    if (user.status !== "active") return button("Activate", () => this.act(() => patch(this.path, { status: "active" }), "Active again."), { kind: "small" });
    const question = { title: "Suspend this user?", words: [user.email, "Every session ends at once, and signing in is refused until you activate the account again."], yes: "Suspend" };
    return button("Suspend", () => this.ask(question, () => patch(this.path, { status: "suspended" }), "Suspended."), { kind: "small danger" });
  }

  acts(user, lockedUntil) {
    const unlock = async () => {
      await post(`${this.path}/unlock`);
      forgetLocks();
    };
    const everywhere = { title: "End every session?", words: [user.email, "All sessions of this user end at once. Signing in again is possible."], yes: "Log out everywhere" };
    return [
      this.standingAct(user),
      lockedUntil && button("Unlock", () => this.act(unlock, "Unlocked: the failures are forgotten."), { kind: "small" }),
      button("One-time password", () => this.replacePassword(user), { kind: "small" }),
      hasMail() && button("Send a mail", () => this.sendMail(user), { kind: "small" }),
      button("Log out everywhere", () => this.ask(everywhere, () => post(`${this.path}/logout`), "Logged out everywhere."), { kind: "small" }),
      h("a", { class: "button small", href: address("audit", { user: user.id }) }, "Audit log"),
      button("Delete", () => this.delete(user), { kind: "small danger" }),
    ];
  }

  sessionRow(session) {
    const end = () => this.act(() => remove(`${this.path}/sessions/${session.id}`), "The session has ended.");
    return [
      h("span", { title: session.user_agent ?? undefined }, device(session.user_agent).name),
      [session.ip ?? "an unknown address", h("div", { class: "hint" }, session.place)],
      when(session.last_used_at),
      h("div", { class: "row" }, timelineLink(session.id), button("End", end, { kind: "small" })),
    ];
  }

  async draw() {
    if (!this.dialog.isConnected) return;
    const user = await get(this.path);
    const [lockedUntil, role] = [await lockOf(user.email), await this.roleRow(user)];
    show(this.dialog.querySelector("h2"), inAddress(user.email));
    show(this.body,
      h("dl", { class: "facts" },
        h("dt", {}, "Id"), h("dd", {}, h("code", {}, user.id)),
        user.external_id && [h("dt", {}, "Id elsewhere"), h("dd", {}, h("code", {}, user.external_id))],
        h("dt", {}, "Status"), h("dd", {}, standing(user, lockedUntil)),
        hasMail() && [h("dt", {}, "Address"), h("dd", {}, user.email_verified_at ? ["confirmed ", when(user.email_verified_at)] : tag("not confirmed"))],
        user.one_time_password_until && [h("dt", {}, "Password"), h("dd", {}, tag("one-time", "warn"), " ends ", when(user.one_time_password_until))],
        h("dt", {}, "Last login"), h("dd", {}, when(user.last_login_at)),
        h("dt", {}, "Role"), h("dd", {}, role)),
      h("div", { class: "row" }, this.acts(user, lockedUntil)));
    await this.loadSessions({ limit: 50 });
  }
}

/** Opens a user; answers the dialog. */
export function userDialog(id) {
  const shown = new UserDialog(id);
  withMessage(shown.body, () => shown.draw(), { reads: true });
  return shown.dialog;
}
