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
