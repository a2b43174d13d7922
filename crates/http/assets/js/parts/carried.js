// What the link of a mail carried, in the fragment of the address: no server sees that, and no log has it.

/** The fragment, as long as what it carried was not used. */
let kept = "";

/** Takes it out of the address bar at once: it must not stay in the history or be shared by mistake. */
export function carried(pattern) {
  const found = pattern.exec(location.hash);
  if (found) {
    kept = location.hash;
    history.replaceState(null, "", location.pathname + location.search);
  }
  return found?.at(-1) ?? null;
}

/** For the address of the page that goes on with it; empty when there is nothing to go on with. */
export const fragment = () => kept;

/** It was used, or is good for nothing. */
export const spend = () => {
  kept = "";
};

// A link to the page that is open loads nothing: the page begins again with what it carries.
addEventListener("hashchange", () => {
  if (location.hash.includes("hpm_")) location.reload();
});
