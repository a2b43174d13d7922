// The place of a pattern's challenge: it is loaded when it is scrolled near, or asked for.

import { button, h, show } from "../dom.js";
import { words } from "../language.js";

const { TURN } = await words("patterns");

/** `player` stops while an answer is played. */
export function place(pattern, player) {
  const body = h("div", { class: "stack" });
  const card = h("section", { class: "card turn", id: "turn", "aria-labelledby": "turn-title" }, h("h3", { id: "turn-title" }, TURN.title), body);
  let loading = null;
  const load = async () => {
    try {
      const { view } = await import("./turn.js");
      show(body, await view(pattern, player));
      card.dataset.ready = pattern.id;
    } catch (error) {
      loading = null;
      console.error(error);
      show(body, h("p", { role: "alert" }, TURN.failed), opener);
    }
  };
  const open = () => {
    near.disconnect();
    loading ??= load();
    return loading;
  };
  const asked = async () => {
    await open();
    body.querySelector("input")?.focus();
  };
  const opener = button(TURN.open, asked, { id: "turn-open" });
  const near = new IntersectionObserver((seen) => seen.some((one) => one.isIntersecting) && open(), { rootMargin: "80px" });
  near.observe(card);
  show(body, h("p", { class: "soft" }, TURN.teaser), opener);
  return card;
}
