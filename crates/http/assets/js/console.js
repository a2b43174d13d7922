// The console. Each part loads when it is looked at.

import { get } from "./api.js";
import { live } from "./console/live.js";
import { shortcuts } from "./console/shortcuts.js";
import { begin } from "./console/views.js";
import { byId, notice, show } from "./dom.js";
import { guardPage } from "./leave.js";
import { refusal } from "./parts/pages.js";
import { Problem, headline } from "./problem.js";

const VIEWS = {
  users: async (parameters) => (await import("./console/users.js")).users(parameters),
  locks: async () => (await import("./console/locks.js")).locks(),
  incidents: async () => (await import("./console/incidents.js")).incidents(),
  keys: async () => (await import("./console/keys.js")).keys(),
  audit: async (parameters) => (await import("./console/audit.js")).audit(parameters),
  webhooks: async () => (await import("./console/webhooks.js")).webhooks(),
  config: async () => (await import("./console/config.js")).config(),
};
/** What an address opens, and over which view when the page was opened by it. */
const DIALOGS = {
  users: { over: "users", open: async (id) => (await import("./console/user.js")).userDialog(id) },
  sessions: { over: "incidents", open: async (id) => (await import("./console/family.js")).timeline(id) },
  keys: { over: "keys", open: async (kid) => (await import("./console/keys.js")).keyDialog(kid) },
  audit: { over: "audit", open: async (seq) => (await import("./console/audit.js")).auditRow(seq) },
  webhooks: { over: "webhooks", open: async (id) => (await import("./console/webhooks.js")).webhookDialog(id) },
  "new-user": { over: "users", open: async () => (await import("./console/new_user.js")).newUser(), isAlone: true },
  help: { over: "users", open: async () => (await import("./console/shortcuts.js")).help(), isAlone: true },
};

/** There while mail is on. */
if (byId("console").hasAttribute("data-mail")) {
  VIEWS.mail = async (parameters) => (await import("./console/mail.js")).mail(parameters);
  DIALOGS.mail = { over: "mail", open: async (id) => (await import("./console/mail.js")).mailDialog(id) };
}

async function start() {
  try {
    const stats = await get("/admin/stats");
    byId("console").hidden = false;
    show(byId("message"));
    await live(stats);
    begin(VIEWS, DIALOGS);
    shortcuts();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    if (error.status === 401) return;
    byId("console").hidden = true;
    show(byId("message"), error.status === 403
      ? notice("bad", headline(error), "Your role does not open this page. Ask an administrator if it should.")
      : refusal(error, start));
  }
}

guardPage();
await start();
