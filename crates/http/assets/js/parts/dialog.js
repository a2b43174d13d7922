// Questions before something that cannot be taken back.

import { button, h, notice, show } from "../dom.js";
import { headline } from "../problem.js";

let counted = 0;

/** Opens a dialog with a heading; answers the element. It leaves the page when it is closed. */
export function open(title, content, { broad = false } = {}) {
  const id = `dialog-${(counted += 1)}`;
  const dialog = h("dialog", { class: broad ? "broad" : undefined, "aria-labelledby": id }, h("h2", { id, tabindex: "-1" }, title), content);
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

/** Asks, acts, and closes when it is done; a refusal is shown where the question was. */
export function confirm({ title, words, yes, no = "Cancel", danger = false, act }) {
  return new Promise((resolve) => {
    const said = h("div", { "aria-live": "polite" });
    const agree = button(yes, run, { kind: danger ? "danger" : "primary" });
    const cancel = button(no, () => dialog.close(), { kind: "quiet", autofocus: true });
    let done = false;
    async function run() {
      agree.disabled = true;
      try {
        await act();
        done = true;
        dialog.close();
      } catch (error) {
        show(said, notice("bad", headline(error), error.message));
        agree.disabled = false;
      }
    }
    const content = [words.map((text) => h("p", {}, text)), said, h("div", { class: "actions" }, cancel, agree)].flat();
    const dialog = open(title, content);
    dialog.addEventListener("close", () => resolve(done));
  });
}
