// Takes things out of the page: into the clipboard, or into an address. A token goes into the fragment of an address,
// which browsers send to no server.

import { button } from "../dom.js";
import { speak } from "./parts.js";

/** Puts text into the clipboard; answers whether that worked. */
export async function toClipboard(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false; // The page is not in front, or plain http: the field is still there to copy from.
  }
}

/** A button that copies what `text()` gives, and says so in its own words. */
export function copyButton(name, text, more = {}) {
  const node = button(name, async () => {
    const done = await toClipboard(await text());
    node.textContent = done ? "Copied" : "Not allowed";
    speak(done ? `${name}: done.` : "The browser does not allow copying here.");
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
export const shareButton = (view, stage) => button("Share", async () => (await import("./anatomy_link.js")).share(view, stage), { kind: "small quiet", id: "share" });
