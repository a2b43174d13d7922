// Reuse incidents: each opens the timeline of its family.

import { byId, h, table } from "../dom.js";
import { device, place } from "../parts/device.js";
import { pages } from "../parts/pages.js";
import { when } from "../time.js";
import { timelineButton } from "./family.js";

const columns = [{ name: "When" }, { name: "The spent token came from" }, { name: "User" }, { name: "", class: "end" }];

const load = pages(byId("incidents"), "/admin/audit", (items) =>
  table(columns, items.map((entry) => [
    when(entry.at),
    [place(entry.ip), h("div", { class: "hint" }, device(entry.user_agent).name)],
    h("span", { class: "detail" }, entry.user ?? "–"),
    timelineButton(entry.session, "Open the timeline"),
  ]), { caption: "Reuse incidents" }));

/** Shows them, the newest first. */
export const incidents = () => load({ event: "refresh.reused" });
