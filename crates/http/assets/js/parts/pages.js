// A list that comes in pages.

import { button, h, notice, show } from "../dom.js";
import { get, query } from "../api.js";
import { words } from "../language.js";
import { Problem, headline, mayPass, told } from "../problem.js";

const { PROBLEMS } = await words("problems");

/** The words of a refusal, with a button that asks again where that may help. */
export function refusal(error, again) {
  return notice("bad", headline(error), told(error),
    again && mayPass(error) && h("div", { class: "notice-act" }, button(PROBLEMS.again, again, { kind: "small" })));
}

/**
 * Says what went wrong in place of what was asked for. What was only read may be asked for again by a button. A 401 needs
 * no words: the page is left.
 */
export async function withMessage(where, work, { reads = false } = {}) {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const again = reads ? () => withMessage(where, work, { reads }) : null;
    if (error.status !== 401) show(where, refusal(error, again));
    return null;
  }
}

/** Fills `where` from a paged route; `draw(items, hasMore)` makes nodes of all items so far, which come as `of`. */
export function pages(where, path, draw, { of = "items", empty = "Nothing here.", further = "More" } = {}) {
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
          // A page may be empty, and not be the last.
          items.length ? draw(items, cursor !== null) : h("p", { class: "empty" }, cursor ? "Nothing so far." : empty),
          cursor && h("div", { class: "more" }, button(page[of].length ? "More" : further, next)));
      }, { reads: true });
    }
    await next();
  };
}
