// Questions before something that cannot be taken back.

import { button, h, notice, show } from "../dom.js";
import { headline } from "../problem.js";
import { withMessage } from "./pages.js";

const REACHED = "a[href], button:not(:disabled), input:not(:disabled), select:not(:disabled), textarea:not(:disabled), summary, [tabindex='0']";

let counted = 0;

/** Tab goes round within the dialog: the browser's own bars between its end and its beginning would be a way out. */
function keepWithin(dialog, event) {
  if (event.key !== "Tab" || event.defaultPrevented) return;
  const all = [...dialog.querySelectorAll(REACHED)].filter((node) => node.offsetParent !== null);
  if (!all.length) {
    event.preventDefault();
    return;
  }
  const [end, other] = event.shiftKey ? [all[0], all.at(-1)] : [all.at(-1), all[0]];
  const isOutside = !all.includes(document.activeElement);
  if (document.activeElement !== end && !(isOutside && event.shiftKey)) return;
  event.preventDefault();
  other.focus();
}

/** Opens a dialog with a heading; answers the element. It leaves the page when it is closed. */
export function open(title, content, { broad = false } = {}) {
  const id = `dialog-${(counted += 1)}`;
  const dialog = h("dialog", { class: broad ? "broad" : undefined, "aria-labelledby": id }, h("h2", { id, tabindex: "-1" }, title), content);
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("keydown", (event) => keepWithin(dialog, event));
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

/** A dialog that shows something: it opens at once, and `draw(body, dialog)` fills it. Answers the element. */
export function showing(title, draw) {
  const body = h("div", { class: "stack" }, h("p", { class: "waiting" }, "Reading…"));
  const dialog = open(title, [body], { broad: true });
  dialog.append(button("Close", () => dialog.close(), { kind: "quiet small dialog-close" }));
  withMessage(body, () => draw(body, dialog), { reads: true });
  return dialog;
}
