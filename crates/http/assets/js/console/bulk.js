// What is done to several users at once: shown before it is done, done one after the other, and told for each.

import { patch, post } from "../api.js";
import { button, byId, h, show, tag } from "../dom.js";
import { open } from "../parts/dialog.js";
import { toast } from "../parts/toast.js";
import { Problem, headline } from "../problem.js";
import { claims, accessToken } from "../session.js";
import { reload } from "./views.js";

const ACTS = {
  suspend: {
    name: "Suspend",
    title: (count) => `Suspend ${count}?`,
    words: "Every session of these users ends at once, and signing in is refused until each account is activated again.",
    concerns: (user) => user.status === "active",
    left: "is suspended already",
    act: (user) => patch(`/admin/users/${user.id}`, { status: "suspended" }),
  },
  logout: {
    name: "End sessions",
    title: (count) => `End every session of ${count}?`,
    words: "All sessions of these users end at once. Signing in again is possible.",
    concerns: () => true,
    act: (user) => post(`/admin/users/${user.id}/logout`),
  },
};

const people = (count) => (count === 1 ? "1 user" : `${count} users`);
const chosen = new Map();

/** Forgets who was chosen. */
export function forgetChosen() {
  chosen.clear();
  drawBar();
}

function drawBar() {
  const bar = byId("user-bulk");
  bar.hidden = chosen.size === 0;
  show(bar, h("strong", { class: "grow", role: "status" }, `${people(chosen.size)} chosen`),
    button("Suspend…", () => preview(ACTS.suspend), { kind: "small danger" }),
    button("End sessions…", () => preview(ACTS.logout), { kind: "small" }),
    button("Choose none", () => {
      for (const box of document.querySelectorAll("#users input[type=checkbox]")) box.checked = false;
      forgetChosen();
    }, { kind: "quiet small" }));
}

/** The box beside a user. */
export const chooser = (user) =>
  h("input", { type: "checkbox", class: "box", "aria-label": `Choose ${user.email}`, checked: chosen.has(user.id), on: { change: ({ target }) => {
    if (target.checked) chosen.set(user.id, user);
    else chosen.delete(user.id);
    drawBar();
  } } });

async function preview(act) {
  const own = claims(await accessToken()).sub;
  const all = [...chosen.values()];
  const concerned = all.filter(act.concerns);
  const states = new Map(concerned.map((user) => [user.id, h("span", { class: "state" })]));
  const row = (user) => h("li", {}, h("span", { class: "break" }, user.email), " ", tag(user.role, user.role === "admin" ? "info" : ""),
    user.id === own && [" ", tag("you", "bad")], " ", states.get(user.id) ?? h("span", { class: "hint" }, `${act.left}: nothing is done`));
  const said = h("div", { role: "status" });
  const agree = button(act.name, () => run(act, concerned, { states, said, agree, cancel }), { kind: "danger", disabled: concerned.length === 0 });
  const cancel = button("Cancel", () => dialog.close(), { kind: "quiet", autofocus: true });
  const dialog = open(act.title(people(concerned.length)), [
    h("p", {}, act.words),
    h("ul", { class: "concerned", tabindex: "0", "aria-label": "Who is concerned" }, all.map(row)),
    said, h("div", { class: "actions" }, cancel, agree)]);
}

/** Changes the users one after the other. When one is refused (the last admin), the others are still changed. */
async function run(act, users, { states, said, agree, cancel }) {
  agree.disabled = true;
  let done = 0;
  for (const user of users) {
    said.textContent = `${done} of ${users.length} done`;
    try {
      await act.act(user);
      show(states.get(user.id), tag("done", "good"));
      chosen.delete(user.id);
      done += 1;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      // The session of the admin has ended: the page is left.
      if (error.status === 401) return;
      show(states.get(user.id), tag(headline(error), "bad"), " ", error.message);
    }
  }
  said.textContent = `${done} of ${users.length} done`;
  cancel.textContent = "Close";
  agree.hidden = true;
  toast(`${act.name}: ${done} of ${users.length} done.`);
  drawBar();
  await reload();
}
