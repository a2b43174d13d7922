// One user: what may be done, and the sessions.

import { get, patch, post, remove } from "../api.js";
import { button, h, show, table, tag } from "../dom.js";
import { confirm, open } from "../parts/dialog.js";
import { device, place } from "../parts/device.js";
import { withMessage, pages } from "../parts/pages.js";
import { toast } from "../parts/toast.js";
import { when } from "../time.js";
import { timelineButton } from "./family.js";
import { roles } from "./roles.js";

const columns = [{ name: "Device" }, { name: "From" }, { name: "Last used" }, { name: "", class: "end" }];

/** Shows a one-time password, this once. */
function showOnce(email, made) {
  const dialog = open("One-time password", [
    h("p", {}, "For ", h("strong", {}, email), ". It is shown this once, and ends ", when(made.expires_at), " or when its owner has chosen another one."),
    h("p", {}, h("code", { class: "once" }, made.password)),
    h("div", { class: "actions" }, button("I have handed it over", () => dialog.close(), { kind: "primary" })),
  ]);
}

/** Opens a user; `changed` is told when something is different. */
export async function openUser(id, changed) {
  const path = `/admin/users/${id}`;
  const said = h("div", { "aria-live": "polite" });
  const [body, sessions] = [h("div", { class: "stack" }), h("div", { class: "stack" })];
  const dialog = open("User", [h("div", { class: "stack" }, body, sessions), said], { broad: true });
  dialog.append(button("Close", () => dialog.close(), { kind: "quiet small dialog-close" }));

  async function act(work, words) {
    await withMessage(said, async () => {
      await work();
      show(said);
      toast(words);
      await Promise.all([draw(), changed()]);
    });
  }

  const asked = async (question, work, words) => {
    if (await confirm({ ...question, danger: true, act: work })) await act(async () => {}, words);
  };

  async function roleRow(user) {
    const select = h("select", { class: "input", "aria-label": "Role" },
      (await roles()).map((name) => h("option", { selected: name === user.role }, name)));
    const save = button("Change role", () => act(() => patch(path, { role: select.value }), "The role is changed; tokens with the old one are refused."), { kind: "small" });
    return h("div", { class: "row" }, select, save);
  }

  async function replacePassword(user) {
    let made = null;
    const question = {
      title: "Replace the password?",
      words: [user.email, "The present password and every session end at once. You get a one-time password to hand over; its owner chooses another one with it."],
      yes: "Make a one-time password",
    };
    await asked(question, async () => {
      made = (await post(`${path}/password`)).body;
    }, "The password is replaced.");
    if (made) showOnce(user.email, made);
  }

  const actions = (user) => [
    user.status === "active"
      ? button("Suspend", () => asked({ title: "Suspend this user?", words: [user.email, "Every session ends at once, and signing in is refused until you activate the account again."], yes: "Suspend" },
          () => patch(path, { status: "suspended" }), "Suspended."), { kind: "small danger" })
      : button("Activate", () => act(() => patch(path, { status: "active" }), "Active again."), { kind: "small" }),
    button("Unlock", () => act(() => post(`${path}/unlock`), "Unlocked: the failures are forgotten."), { kind: "small" }),
    button("One-time password", () => replacePassword(user), { kind: "small" }),
    button("Log out everywhere", () => asked({ title: "End every session?", words: [user.email, "All sessions of this user end at once. Signing in again is possible."], yes: "Log out everywhere" },
      () => post(`${path}/logout`), "Logged out everywhere."), { kind: "small" }),
    button("Delete", () => asked({ title: "Delete this user?", words: [user.email, "The account and its sessions are gone for good. The audit log keeps what happened."], yes: "Delete for good" },
      async () => {
        await remove(path);
        dialog.close();
        await changed();
      }, "Deleted."), { kind: "small danger" }),
  ];

  const sessionRow = (session) => [
    h("span", { title: session.user_agent ?? undefined }, device(session.user_agent).name),
    place(session.ip),
    when(session.last_used_at),
    h("div", { class: "row" }, timelineButton(session.id),
      button("End", () => act(() => remove(`${path}/sessions/${session.id}`), "The session has ended."), { kind: "small" })),
  ];

  const loadSessions = pages(sessions, `${path}/sessions`, (items, hasMore) => [
    h("h3", {}, items.length === 1 && !hasMore ? "One session" : `${items.length}${hasMore ? " of more" : ""} sessions`),
    table(columns, items.map(sessionRow), { caption: "Sessions" }),
  ], { of: "sessions", empty: "Signed in nowhere." });

  async function draw() {
    if (!dialog.isConnected) return;
    const user = await get(path);
    dialog.querySelector("h2").textContent = user.email;
    show(body,
      h("dl", { class: "facts" },
        h("dt", {}, "Id"), h("dd", {}, h("code", {}, user.id)),
        h("dt", {}, "Status"), h("dd", {}, tag(user.status, user.status === "active" ? "good" : "bad")),
        user.one_time_password_until && [h("dt", {}, "Password"), h("dd", {}, tag("one-time", "warn"), " ends ", when(user.one_time_password_until))],
        h("dt", {}, "Last login"), h("dd", {}, when(user.last_login_at)),
        h("dt", {}, "Role"), h("dd", {}, await roleRow(user))),
      h("div", { class: "row" }, actions(user)));
    await loadSessions({ limit: 50 });
  }

  await withMessage(body, draw);
}
