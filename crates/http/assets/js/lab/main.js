// The lab's frame: its parts by the address's hash, each loaded when it is looked at; the sandbox; what there is to try.

import { byId, h, show, notice, button } from "../dom.js";
import { draw as drawChallenges } from "./challenges.js";
import { listen, renew, sandbox, state, LabError } from "./sandbox.js";
import { shortTime, speak, tabs } from "./parts.js";
import { recall } from "./progress.js";
import { words } from "../language.js";

const { LAB, SECTIONS: NAMES } = await words("lab");

const SECTIONS = [
  { id: "walkthrough", name: NAMES.walkthrough, load: () => import("./start.js") },
  { id: "anatomy", name: NAMES.anatomy, load: () => import("./anatomy.js") },
  { id: "patterns", name: NAMES.patterns, load: () => import("./patterns.js") },
  { id: "clock", name: NAMES.clock, load: () => import("./clock.js") },
  { id: "metaphor", name: NAMES.metaphor, load: () => import("./reading.js") },
  { id: "why", name: NAMES.why, load: () => import("./reading.js") },
  { id: "deep", name: NAMES.deep, load: () => import("./reading.js") },
  { id: "interview", name: NAMES.interview, load: () => import("./interview.js") },
  { id: "quiz", name: NAMES.quiz, load: () => import("./quiz.js") },
];

let count = 0;
let ahead = 0;
let here = null;
let turn = 0;
let leave = null;
let renewing = false;

/** The part and the place in it that the address names. Names of parts need no decoding, and what does is no name. */
function address() {
  const [id, ...rest] = location.hash.slice(1).split("/");
  const section = SECTIONS.find((one) => one.id === id) ?? SECTIONS[0];
  return { section, place: rest.join("/") };
}

async function go(select) {
  const { section, place } = address();
  const mine = ++turn;
  const isNew = here !== section.id;
  here = section.id;
  select(section.id);
  document.title = LAB.title(section.name);
  const stage = byId("lab-stage");
  stage.setAttribute("aria-labelledby", `lab-tabs-${section.id}`);
  leave?.();
  leave = null;
  delete stage.dataset.ready;
  // Each part has a sheet of its own: one that is left before it was complete goes on drawing where nobody looks.
  if (isNew) show(stage, h("div", {}, h("p", { class: "waiting" }, "…")));
  const sheet = stage.firstElementChild;
  try {
    const module = await section.load();
    if (mine !== turn) return;
    const end = (await module.mount(sheet, { section: section.id, place })) ?? null;
    if (mine !== turn) {
      end?.();
      return;
    }
    leave = end;
    stage.dataset.ready = section.id;
  } catch (error) {
    if (mine === turn) trouble(sheet, error, () => go(select));
  }
}

function trouble(stage, error, again) {
  if (!(error instanceof LabError)) console.error(error);
  const reason = error instanceof LabError ? error.message : LAB.broken;
  show(stage, notice("bad", LAB.trouble, reason), button(LAB.again, again, { kind: "primary" }));
}

/** Every second: what time it is in the sandbox. */
function tick() {
  byId("box-time").textContent = shortTime(Date.now() + ahead * 1000);
}

/** A sandbox that ended by itself is replaced without being asked for: that must be said. */
function opened() {
  byId("box-error").textContent = count && !renewing ? LAB.replaced : "";
  [count, ahead] = [0, 0];
  byId("box-count").textContent = "0";
}

async function heard(event) {
  if (event.kind === "exchange") byId("box-count").textContent = String(++count);
  if (event.kind === "clock") ahead = event.state.ahead_seconds;
  if (event.kind === "opened") opened();
  if (event.kind !== "clock") byId("box-user").textContent = (await sandbox()).user?.email ?? LAB.nobody;
  tick();
}

async function startOver(select) {
  byId("box-error").textContent = "";
  renewing = true;
  try {
    await renew();
    speak(LAB.renewed);
    here = null;
    await go(select);
  } catch (error) {
    byId("box-error").textContent = error.message;
  } finally {
    renewing = false;
  }
}

/** A promise that nobody waits for may fail for want of a server: it is said, and the page lives on. */
function unheard(event) {
  if (!(event.reason instanceof LabError)) return;
  event.preventDefault();
  byId("box-error").textContent = event.reason.message;
}

function start() {
  const select = tabs(byId("lab-tabs"), SECTIONS, (id) => {
    if (address().section.id !== id) location.hash = id;
  }, "lab-stage");
  addEventListener("hashchange", () => {
    // Whoever follows a link from the end of the page is taken to where it leads.
    if (byId("lab-tabs").getBoundingClientRect().top < 0) byId("lab-tabs").scrollIntoView();
    go(select);
  });
  addEventListener("unhandledrejection", unheard);
  document.getElementById("box-renew")?.addEventListener("click", () => startOver(select));
  listen((event) => heard(event).catch(() => null));
  drawChallenges();
  // Who is not led need not load what leads.
  if (Number.isInteger(recall("guide", null))) import("./guide.js").then(({ draw }) => draw());
  // A folder has no sandbox to show.
  if (document.getElementById("box-time")) {
    setInterval(tick, 1000);
    tick();
  }
  go(select);
  // A sandbox from before a reload may be ahead.
  state().then((inside) => (ahead = inside.ahead_seconds), () => null);
}

start();
