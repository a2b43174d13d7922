// Webhooks: who is told of events, and what has come of it.

import { get, patch, post, remove } from "../api.js";
import { button, byId, h, notice, show, table, tag } from "../dom.js";
import { confirm, open, showing } from "../parts/dialog.js";
import { withMessage } from "../parts/pages.js";
import { toast } from "../parts/toast.js";
import { Problem, headline } from "../problem.js";
import { exactly, when } from "../time.js";
import { address, reload } from "./views.js";

const KINDS = { pending: "info", active: "good", disabled: "bad" };
const columns = [{ name: "Address" }, { name: "State" }, { name: "Told of" }, { name: "Last delivery" }, { name: "Test", isUnseen: true, class: "end" }];
const deliveryColumns = [{ name: "Event" }, { name: "Sent" }, { name: "Answer" }, { name: "Took", class: "end" }];

const path = (id, act = "") => `/admin/webhooks/${encodeURIComponent(id)}${act && `/${act}`}`;
const types = (hook) => (hook.types.length ? hook.types.join(", ") : "everything");
const outcome = (delivery) => (delivery.error ? tag(delivery.error, "bad") : tag(String(delivery.status), "good"));

function state(hook) {
  const more = hook.failing_since ? ["failing since ", when(hook.failing_since)] : hook.lag > 0 && hook.state !== "active" ? "events wait" : null;
  return [tag(hook.state, KINDS[hook.state]), more && h("div", { class: "hint" }, more)];
}

/** A secret that is shown this once. */
function showSecret(title, secret, ...words) {
  const field = h("input", { class: "input", id: "webhook-secret", readonly: true, value: secret });
  const dialog = open(title, [
    h("p", {}, "It signs every delivery. Keep it where the receiver reads it: it is not shown again."),
    words.map((text) => h("p", {}, text)),
    h("div", { class: "field" }, h("label", { for: "webhook-secret" }, "Secret"), field),
    h("div", { class: "actions" }, button("I have kept it", () => dialog.close(), { kind: "primary" })),
  ].flat());
  field.select();
  return dialog;
}

async function make(dialog, said, url, chosen) {
  try {
    const made = (await post("/admin/webhooks", { url, types: chosen })).body;
    dialog.close();
    await webhooks();
    showSecret("The secret of the webhook", made.secret);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    show(said, notice("bad", headline(error), error.fields.map(({ message }) => message).join(" ") || error.message));
  }
}

function create(known) {
  const url = h("input", { class: "input", id: "webhook-url", type: "url", required: true, placeholder: "https://", autocomplete: "off" });
  const choice = h("select", { class: "input", id: "webhook-types", multiple: true, size: 6 }, known.map((name) => h("option", {}, name)));
  const said = h("div", { "aria-live": "polite" });
  const form = h("form", { method: "post" },
    h("div", { class: "field" }, h("label", { for: "webhook-url" }, "Address"), url),
    h("div", { class: "field" }, h("label", { for: "webhook-types" }, "Types; everything if none is chosen"), choice),
    said,
    h("div", { class: "actions" }, button("Cancel", () => dialog.close(), { kind: "quiet" }), h("button", { class: "button primary" }, "Make the webhook")));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    make(dialog, said, url.value.trim(), [...choice.selectedOptions].map((option) => option.value));
  });
  const dialog = open("New webhook", [form]);
  url.focus();
}

async function test(hook) {
  await withMessage(byId("webhooks-message"), async () => {
    const { delivery } = (await post(path(hook.id, "test"))).body;
    toast(delivery.error ? `Not taken: ${delivery.error}.` : `Taken in ${delivery.duration_ms} ms.`, delivery.error ? "bad" : "");
    await reload();
  });
}

const row = (hook) => [
  h("a", { href: address("webhooks", {}, hook.id) }, hook.url),
  state(hook),
  types(hook),
  hook.deliveries.length ? [when(hook.deliveries[0].at), h("div", { class: "hint" }, outcome(hook.deliveries[0]))] : "none yet",
  button("Send a test", () => test(hook), { kind: "small", "aria-label": `Send a test to ${hook.url}` }),
];

let known = [];
let isWired = false;

/** Shows the endpoints. */
export async function webhooks() {
  if (!isWired) {
    isWired = true;
    byId("webhook-new").addEventListener("click", () => create(known));
  }
  await withMessage(byId("webhooks"), async () => {
    const list = await get("/admin/webhooks");
    known = list.types;
    show(byId("webhooks"), list.webhooks.length ? table(columns, list.webhooks.map(row), { caption: "Webhooks" }) : h("p", { class: "empty" }, "Nobody is told of anything."));
  });
}

async function rotate(hook) {
  let made = null;
  const isDone = await confirm({
    title: "Make another secret?",
    words: ["Deliveries are signed with the new one and, for a day, with the present one as well."],
    yes: "Make it",
    act: async () => {
      made = (await post(path(hook.id, "rotate"))).body;
    },
  });
  if (isDone) showSecret("The new secret", made.secret, `The one before signs as well until ${exactly(new Date(made.previous_secret_until))}.`);
}

function replay(hook, since) {
  if (!since.value) return since.focus();
  return confirm({
    title: "Tell it once more?",
    words: [`Everything that happened since ${exactly(new Date(since.value))} is sent again, under the same ids.`],
    yes: "Replay",
    act: async () => {
      await post(path(hook.id, "replay"), { since: new Date(since.value).toISOString() });
      toast("It is told once more.");
    },
  });
}

const end = (hook) =>
  confirm({
    title: "Delete this webhook?",
    words: ["Nothing is sent any more, and where it stood is forgotten. To stop it for a while, disable it."],
    yes: "Delete it",
    danger: true,
    act: () => remove(path(hook.id)),
  });

const deliveries = (hook) =>
  hook.deliveries.length
    ? table(deliveryColumns, hook.deliveries.map((one) => [
      [one.type, one.seq !== null && h("div", { class: "hint" }, `number ${one.seq}`)],
      when(one.at), outcome(one), `${one.duration_ms} ms`,
    ]), { caption: "The last deliveries" })
    : h("p", { class: "empty" }, "Nothing was sent yet.");

/** One endpoint, by its id. */
export const webhookDialog = (id) =>
  showing("Webhook", async (body, dialog) => {
    const hook = await get(path(id));
    const since = h("input", { class: "input", id: "webhook-since", type: "datetime-local" });
    const fact = (name, ...content) => [h("dt", {}, name), h("dd", {}, content)];
    const then = (act) => async () => {
      if ((await act()) === false) return;
      dialog.close();
      await reload();
    };
    const isOff = hook.state === "disabled";
    show(body,
      h("dl", { class: "facts" },
        fact("Address", hook.url), fact("State", state(hook)), fact("Told of", types(hook)), fact("Made", when(hook.created_at)),
        fact("Behind", `${hook.lag} ${hook.lag === 1 ? "row" : "rows"} of the audit log`), fact("Failed, tried again", String(hook.waiting)), fact("Given up", String(hook.given_up))),
      h("div", { class: "row" },
        button("Send a test", then(() => test(hook)), { kind: "small" }),
        button(isOff ? "Enable" : "Disable", then(() => patch(path(id), { enabled: isOff })), { kind: "small" }),
        button("Rotate the secret", () => rotate(hook), { kind: "small" }),
        button("Delete", then(() => end(hook)), { kind: "small danger" })),
      h("div", { class: "row tools" },
        h("div", { class: "field" }, h("label", { for: "webhook-since" }, "Since"), since),
        button("Replay", () => replay(hook, since), { kind: "small" })),
      deliveries(hook));
  });
