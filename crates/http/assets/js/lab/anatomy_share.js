// Takes things out of the page: into the clipboard, or into an address. A token goes into the fragment of an address,
// which browsers send to no server.

import { button } from "../dom.js";
import { speak } from "./parts.js";
import { words } from "../language.js";

const { COPY } = await words("anatomy");

/** Puts text into the clipboard; answers whether that worked. */
export async function toClipboard(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false; // The page is not in front, or plain http: the field is still there to copy from.
  }
}

/** A button that copies what `text()` gives, and says so in its own words. Where that is null, why is said elsewhere. */
export function copyButton(name, text, more = {}) {
  const node = button(name, async () => {
    const given = await text();
    if (given === null) return;
    const done = await toClipboard(given);
    node.textContent = done ? COPY.copied : COPY.refused;
    speak(done ? COPY.done(name) : COPY.notAllowed);
    setTimeout(() => (node.textContent = name), 1500);
  }, { kind: "small quiet", ...more });
  return node;
}

/** The token in an address of this page; null when there is none. */
export function tokenIn(place) {
  if (!place) return null;
  try {
    return decodeURIComponent(place);
  } catch {
    return place;
  }
}

/** A button that copies the address of the token at hand; what it says is shown on `stage`. */
export const shareButton = (view, stage) => button(COPY.share, async () => (await import("./anatomy_link.js")).share(view, stage), { kind: "small quiet", id: "share" });
