// The console. Each part loads when it is looked at.

import { get } from "./api.js";
import { audit } from "./console/audit.js";
import { config } from "./console/config.js";
import { incidents } from "./console/incidents.js";
import { keys } from "./console/keys.js";
import { live } from "./console/live.js";
import { locks } from "./console/locks.js";
import { users } from "./console/users.js";
import { byId, notice, show } from "./dom.js";
import { guardPage } from "./leave.js";
import { tabs } from "./parts/tabs.js";
import { Problem, headline } from "./problem.js";

const PARTS = { users, locks, incidents, keys, audit, config };

guardPage();
try {
  live(await get("/admin/stats"));
  tabs((name) => PARTS[name]());
} catch (error) {
  if (!(error instanceof Problem)) throw error;
  if (error.status !== 401) {
    byId("console").hidden = true;
    const words = error.status === 403 ? "Your role does not open this page. Ask an administrator if it should." : error.message;
    show(byId("message"), notice("bad", headline(error), words));
  }
}
