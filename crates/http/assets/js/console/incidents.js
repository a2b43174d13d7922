// Reuse incidents: each opens the timeline of its family.

import { byId, h, table } from "../dom.js";
import { device, place } from "../parts/device.js";
import { pages } from "../parts/pages.js";
import { when } from "../time.js";
import { timelineLink } from "./family.js";
import { person } from "./people.js";

const columns = [{ name: "When" }, { name: "User" }, { name: "The spent token came from" }, { name: "Timeline", isUnseen: true, class: "end" }];

const load = pages(byId("incidents"), "/admin/audit", (items) =>
  table(columns, items.map((entry) => [
    when(entry.at),
    entry.user ? person(entry.user, entry.user_email) : "–",
    [place(entry.ip), h("div", { class: "hint" }, device(entry.user_agent).name)],
    timelineLink(entry.session, "Open the timeline"),
  ]), { caption: "Reuse incidents" }), { empty: "No token was reused." });

/** Shows them, the newest first. */
export const incidents = () => load({ event: "refresh.reused" });
