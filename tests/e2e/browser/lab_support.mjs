// What the lab's browser tests share.

import { check, until } from "./harness.mjs";

/** Opens a part of the lab, and waits until it is there. */
export async function visit(page, where) {
  const [section, pattern] = where.split("/");
  await page.goto(`/lab#${where}`);
  await page.locator(`#lab-stage[data-ready="${section}"]`).waitFor();
  if (section === "patterns" && pattern) await page.locator(`#pattern[data-ready="${pattern}"]`).waitFor();
}

/** Whether a challenge has ticked itself. */
export const isDone = async (page, id) => (await page.locator(`[data-challenge="${id}"].done`).count()) === 1;

/** Waits until a challenge has ticked itself. */
export const done = (page, id) => until(() => isDone(page, id), `the challenge ${id} is not ticked`);

/** The words of a part of the page. */
export const words = async (page, selector) => (await page.locator(selector).innerText()).trim();

/** Asserts that two texts are the same. */
export function same(actual, expected, where) {
  check(actual === expected, `${where}: ${JSON.stringify(actual)} is not ${JSON.stringify(expected)}`);
}

/** How often the Anatomy has judged. */
export const turn = async (page) => Number(await page.locator("#checks").getAttribute("data-turn"));

/** What a browser does with a text from the clipboard: it asks the page, and puts it into the field unless that refuses. */
function fromClipboard(text) {
  const field = document.getElementById("paste");
  const clipboardData = new DataTransfer();
  clipboardData.setData("text/plain", text);
  if (!field.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }))) return;
  field.value = text;
  field.dispatchEvent(new InputEvent("input", { inputType: "insertFromPaste", bubbles: true }));
}

/** Pastes into the Anatomy, and waits until it was judged. */
export async function paste(page, text) {
  const before = await turn(page);
  await page.evaluate(fromClipboard, text);
  await until(async () => (await turn(page)) > before, `“${JSON.stringify(text.slice(0, 60))}” is judged`);
}
