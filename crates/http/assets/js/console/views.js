// The addresses of the console. Each view and each dialog that shows something has one, in the fragment:
// #users?q=ada, #users/<id>, #sessions/<id>, #keys/<kid>, #audit/<number>. Back and Forward go through them. A question
// ("Delete this user?") has none: a link must not lead to a deletion.

import { toast } from "../parts/toast.js";

let views = {};
let dialogs = {};
/** The address of the view that is shown, whatever dialog is over it. */
let underneath = null;
/** The dialog that the address names. */
let opened = null;
/** Counts what was shown: a part that comes late is of no use any more. */
let turn = 0;
/** Addresses by their place in this page's history; a page that was loaded anew knows none of those before it. */
const places = [];
let at = 0;

/** `#users/abc?x=1` as `{ name, id, parameters }`. */
function parse(hash) {
  const [path, query] = hash.replace(/^#/, "").split("?", 2);
  const [name, ...rest] = path.split("/");
  let id = null;
  try {
    id = rest.length ? decodeURIComponent(rest.join("/")) : null;
  } catch {
    // A broken address names no dialog.
  }
  return { name, id, parameters: Object.fromEntries(new URLSearchParams(query ?? "")) };
}

/** An address: `address("users", { q: "ada" })`, `address("users", {}, id)`. */
export function address(name, parameters = {}, id = null) {
  const given = Object.entries(parameters).filter(([, value]) => value);
  return `#${name}${id === null ? "" : `/${encodeURIComponent(id)}`}${given.length ? `?${new URLSearchParams(given)}` : ""}`;
}

/** Goes to an address; `replace` where the present one is only made more exact, as by typing. */
export function go(hash, { replace = false } = {}) {
  if (hash === location.hash) return;
  if (replace) history.replaceState(history.state, "", hash);
  else history.pushState(null, "", hash);
  render();
}

/** Takes down a more exact address of the view that is shown already. */
export function refine(hash) {
  if (opened) return;
  history.replaceState(history.state, "", hash);
  [underneath, places[at]] = [hash, hash];
}

function takePlace() {
  if (Number.isInteger(history.state?.at)) at = history.state.at;
  else {
    at += 1;
    history.replaceState({ at }, "");
  }
  places[at] = location.hash || "#users";
}

/** The dialog was closed by its button or by Escape: the page goes back to where it was opened from. */
function left(dialog) {
  if (opened !== dialog) return;
  opened = null;
  if (places[at - 1] !== undefined) history.back();
  else go(underneath, { replace: true });
}

function closeAll() {
  opened = null;
  for (const dialog of [...document.querySelectorAll("dialog[open]")].reverse()) dialog.close();
}

function choose(name, { focus = false } = {}) {
  for (const tab of document.querySelectorAll("[role=tablist] [role=tab]")) {
    const isChosen = tab.id === `tab-${name}`;
    tab.setAttribute("aria-selected", String(isChosen));
    tab.tabIndex = isChosen ? 0 : -1;
    document.getElementById(tab.getAttribute("aria-controls")).hidden = !isChosen;
    if (isChosen) tab.scrollIntoView({ block: "nearest", inline: "nearest" });
    if (isChosen && focus) tab.focus();
  }
}

function showView(name, hash, parameters) {
  if (hash === underneath) return;
  underneath = hash;
  choose(name);
  views[name](parameters).catch(unlessUnloaded);
}

/** A module that does not come, as from a server that has gone away. */
function unlessUnloaded(error) {
  if (!(error instanceof TypeError)) throw error;
  toast("A part of the console did not load. Load the page again; the server may be restarting.", "bad");
}

async function openDialog(dialog, id) {
  const mine = turn;
  const node = await dialog.open(id);
  if (mine !== turn) {
    node.close();
    return;
  }
  opened = node;
  node.addEventListener("close", () => left(node));
}

/** Shows what the address says. */
function render() {
  turn += 1;
  takePlace();
  closeAll();
  const { name, id, parameters } = parse(location.hash);
  const dialog = Object.hasOwn(dialogs, name) && (dialogs[name].isAlone || id) ? dialogs[name] : null;
  if (!dialog) {
    const known = Object.hasOwn(views, name);
    showView(known ? name : "users", known ? location.hash : "#users", known ? parameters : {});
    return;
  }
  if (underneath === null) showView(dialog.over, `#${dialog.over}`, {});
  openDialog(dialog, id).catch(unlessUnloaded);
}

/** Loads the view that is shown once more: something has changed. */
export function reload() {
  const { name, parameters } = parse(underneath ?? "#users");
  return views[name](parameters);
}

const step = { ArrowRight: 1, ArrowLeft: -1 };

function wireTabs() {
  const all = [...document.querySelectorAll("[role=tablist] [role=tab]")];
  const nameOf = (tab) => tab.id.replace("tab-", "");
  for (const tab of all) {
    tab.addEventListener("click", () => go(`#${nameOf(tab)}`));
    tab.addEventListener("keydown", (event) => {
      const now = all.indexOf(tab);
      const to = { Home: 0, End: all.length - 1 }[event.key] ?? (event.key in step ? now + step[event.key] : null);
      if (to === null) return;
      event.preventDefault();
      const next = all[(to + all.length) % all.length];
      go(`#${nameOf(next)}`);
      next.focus();
    });
  }
}

/**
 * `shown` maps names to what loads a view; `asked` maps names to `{ over, open(id) }`, which answers the dialog. One that is
 * alone needs no id.
 */
export function begin(shown, asked) {
  [views, dialogs] = [shown, asked];
  wireTabs();
  addEventListener("popstate", render);
  render();
}
