// Runs every sample of /docs as it stands there, in each language: `node samples.mjs ORIGIN EMAIL PASSWORD CLIENT_ID SECRET`.

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { operationsOf, samplesOf } from "../../crates/http/assets/js/docs/samples.js";

const [origin, adminEmail, adminPassword, CLIENT_ID, CLIENT_SECRET] = process.argv.slice(2);
const PASSWORD = "plum trellis anvil";
const RUNS = { curl: ["sh"], Node: ["node"], Python: ["/usr/bin/python3"] };
const ENDINGS = { curl: "sh", Node: "mjs", Python: "py" };
const PATIENCE = 60_000;
const folder = mkdtempSync(join(tmpdir(), "samples-"));

async function call(path, body, token, method = "POST") {
  const headers = { "Content-Type": "application/json", ...(token && { Authorization: `Bearer ${token}` }) };
  const answer = await fetch(origin + path, { method, headers, body: body && JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  const text = await answer.text();
  return text ? JSON.parse(text) : null;
}

let made = 0;
let old = 0;
const address = () => `person${(made += 1)}@example.com`;

const adminsToken = async () => (await call("/auth/login", { email: adminEmail, password: adminPassword, delivery: "body" })).access_token;

/** A key that has signed and does not any more. */
async function retired(admin) {
  await call("/admin/keys/rotate", { force: true }, admin);
  return (await call("/admin/keys", undefined, admin, "GET")).keys.find(({ state }) => state === "retired").kid;
}

/** What the newest mail of this kind to a user says; it is sent within moments. */
async function mailTo(user, template, admin) {
  for (let turn = 0; turn < 200; turn += 1) {
    const { items } = await call("/admin/mail?limit=200", undefined, admin, "GET");
    const found = items.find((mail) => mail.user === user && mail.template === template && mail.state === "sent");
    if (found) {
      const { written } = await call(`/admin/mail/${found.id}`, undefined, admin, "GET");
      const [MAIL_TOKEN] = /hpm_[\w-]+/.exec(written.text) ?? [];
      return { MAIL_ID: found.id, MAIL_TOKEN, CODE: /^\s*(\d{4} \d{4})\s*$/m.exec(written.text)?.[1] };
    }
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error(`no mail ${template} to ${user}`);
}

/** What a mail has to carry for a sample. */
const MAILS = {
  "/admin/mail/{id}": ({ id, admin }) => mailTo(id, "verify_email", admin),
  "/admin/mail/{id}/retry": ({ id, admin }) => mailTo(id, "verify_email", admin),
  "/auth/email/verify": ({ id, admin }) => mailTo(id, "verify_email", admin),
  async "/auth/password/reset"({ id, admin, email }) {
    await call("/auth/password/forgot", { email });
    return mailTo(id, "reset_password", admin);
  },
  async "/auth/unlock/confirm"({ id, admin, email }) {
    const { digits } = await call("/auth/unlock", { email });
    return { ...(await mailTo(id, "unlock", admin)), DIGITS: digits };
  },
  // Of an account that is older than a day.
  async "/auth/device/disown"({ admin }) {
    const body = { email: `old${(old += 1)}@example.com`, password: PASSWORD, delivery: "body" };
    return mailTo((await call("/auth/login", body)).user.id, "new_device", admin);
  },
  async "/auth/magic/confirm"({ id, admin, email }) {
    const { digits } = await call("/auth/magic", { email });
    return { ...(await mailTo(id, "sign_in", admin)), DIGITS: digits };
  },
  async "/auth/email/undo"({ id, admin, token }) {
    const NEW_EMAIL = address();
    await call("/auth/email/verify", { code: (await mailTo(id, "verify_email", admin)).CODE }, token);
    await call("/auth/email", { new_email: NEW_EMAIL, current_password: PASSWORD }, token);
    await call("/auth/email/verify", { code: (await mailTo(id, "change_email", admin)).CODE, email: NEW_EMAIL }, token);
    return mailTo(id, "email_changed", admin);
  },
};
/** An endpoint that nobody answers. */
const webhook = async (admin) => (await call("/admin/webhooks", { url: "https://hook.invalid/" }, admin)).webhook.id;

/** What the sample's variables stand for: a person of its own, who did nothing yet. */
async function variables({ path, details }) {
  const KEY_ID = path.includes("{kid}") ? await retired(await adminsToken()) : "";
  // Afterwards, since the sample may revoke the key that signed the last one.
  const admin = await adminsToken();
  const log = await call("/admin/audit", undefined, admin, "GET");
  const EMAIL = address();
  const person = await call("/auth/register", { email: EMAIL, password: PASSWORD, delivery: "body" });
  const sessions = await call("/auth/sessions", undefined, person.access_token, "GET");
  const isForAdmins = details.security?.some((way) => way.bearer?.includes("admin"));
  const isNew = path === "/auth/register" || (path === "/admin/users" && details.requestBody);
  const mail = await MAILS[path]?.({ id: person.user.id, admin, email: EMAIL, token: person.access_token });
  return {
    ...mail, NEW_EMAIL: address(),
    EMAIL: isNew ? address() : EMAIL, PASSWORD, NEW_PASSWORD: "another plum trellis anvil",
    ACCESS_TOKEN: isForAdmins ? admin : person.access_token, REFRESH_TOKEN: person.refresh_token,
    USER_ID: person.user.id, SESSION_ID: sessions.sessions[0].id,
    WEBHOOK_ID: path.includes("/webhooks/") ? await webhook(admin) : "",
    KEY_ID, AUDIT_ID: String(log.items[0].seq), CLIENT_ID, CLIENT_SECRET,
  };
}

/** Runs a sample to its end; a stream until it says something. */
function run(language, text, env, isStream) {
  const file = join(folder, `sample.${ENDINGS[language]}`);
  writeFileSync(file, `${text}\n`);
  return new Promise((done) => {
    const child = spawn(RUNS[language][0], [file], { env: { PATH: process.env.PATH, ...env }, detached: true });
    let said = "";
    let isEnded = false;
    const stop = () => process.kill(-child.pid, "SIGKILL");
    const timer = setTimeout(stop, PATIENCE);
    child.stderr.on("data", (bytes) => (said += bytes));
    child.stdout.on("data", (bytes) => {
      said += bytes;
      if (!isStream || isEnded) return;
      isEnded = true;
      stop();
    });
    child.on("close", (code) => {
      clearTimeout(timer);
      done({ isGood: isStream ? isEnded : code === 0, said });
    });
  });
}

const api = await (await fetch(`${origin}/openapi.json`)).json();
const faults = [];
let count = 0;
for (const operation of operationsOf(api)) {
  const { method, path, details } = operation;
  for (const [language, text] of Object.entries(samplesOf(api, origin, operation))) {
    const env = await variables(operation);
    const { isGood, said } = await run(language, text, env, path.endsWith("/stream"));
    // The stand-by was announced a moment ago: the sample is right, and the answer is the documented one.
    const isUnripe = path === "/admin/keys/rotate" && (said.includes("key_not_ripe") || said.includes("409"));
    // What is sent at once does not wait.
    const isSent = path === "/admin/mail/{id}/retry" && (said.includes("not_found") || said.includes("404"));
    if (!isGood && !isUnripe && !isSent) faults.push(`${language}, ${method} ${path}:\n${text}\n=> ${said}`);
    const wantsBody = Object.keys(details.responses["200"]?.content ?? {}).length > 0;
    if (isGood && wantsBody && said.length < 3) faults.push(`${language}, ${method} ${path} prints nothing`);
    count += 1;
  }
}
rmSync(folder, { recursive: true });
console.log(`${count} samples run`);
if (count < 120 || faults.length) {
  console.error(faults.join("\n\n"));
  process.exitCode = 1;
}
