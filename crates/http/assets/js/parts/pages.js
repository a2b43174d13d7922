// A list that comes in pages.

import { button, h, notice, show } from "../dom.js";
import { get, query } from "../api.js";
import { Problem, headline } from "../problem.js";

/** Says what went wrong in place of what was asked for. A 401 needs no words: the page is left. */
export async function withMessage(where, work) {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    if (error.status !== 401) show(where, notice("bad", headline(error), error.message));
    return null;
  }
}

/** Fills `where` from a paged route; `draw(items, hasMore)` makes nodes of all items so far, which come as `of`. */
export function pages(where, path, draw, { of = "items", empty = "Nothing here." } = {}) {
  let turn = 0;
  return async function load(parameters = {}) {
    const mine = (turn += 1);
    const items = [];
    let cursor = null;
    async function next() {
      await withMessage(where, async () => {
        const page = await get(query(path, { ...parameters, cursor }));
        // An answer to an older question comes too late.
        if (mine !== turn) return;
        items.push(...page[of]);
        cursor = page.next_cursor;
        show(where,
          items.length ? draw(items, cursor !== null) : h("p", { class: "empty" }, empty),
          cursor && h("div", { class: "more" }, button("More", next)));
      });
    }
    await next();
  };
}
