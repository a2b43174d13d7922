// The frame of every page: its language, the theme switch, and signing out.

import { byId } from "./dom.js";
import { choose, translate, words } from "./language.js";

const { FRAME } = await words("frame");

const root = document.documentElement;
const wanted = matchMedia("(prefers-color-scheme: dark)");

const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : wanted.matches);

function keep(theme) {
  try {
    localStorage.setItem("hallpass.theme", theme);
  } catch {
    // The choice then holds for this page only.
  }
}

function label() {
  byId("theme").setAttribute("aria-label", isDark() ? FRAME.light : FRAME.dark);
}

byId("theme").addEventListener("click", () => {
  root.dataset.theme = isDark() ? "light" : "dark";
  keep(root.dataset.theme);
  label();
});
wanted.addEventListener("change", label);
addEventListener("storage", ({ key, newValue }) => {
  if (key === "hallpass.theme" && newValue) root.dataset.theme = newValue;
  label();
});
await translate();
label();

// A page in one language has nothing to choose.
const other = root.dataset.languages?.split(" ").find((code) => code !== root.lang);
if (other) {
  byId("language").setAttribute("aria-label", FRAME.other);
  byId("language").addEventListener("click", () => choose(other));
}

byId("sign-out").addEventListener("click", async () => {
  // Loaded when it is needed: a page that shows words must not refresh a session.
  const { signOut } = await import("./leave.js");
  await signOut();
});
