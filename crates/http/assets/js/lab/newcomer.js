// Mila, whom plays about mail make an account for: under an address that no earlier play has used.

import { ask, keepAccess, mails, sandbox, state } from "./sandbox.js";

const NAME = "mila-";

/** Who an earlier play has made an account for is gone: a sandbox holds 20 users. */
async function removeOthers() {
  const { users } = await state();
  const others = users.filter(({ email }) => email.startsWith(NAME));
  if (!others.length) return;
  const { user, users: residents } = await sandbox();
  if (user?.email.startsWith(NAME)) await keepAccess(null);
  const { email, password } = residents.find(({ role }) => role === "admin");
  const quietly = { actor: "service", isUntold: true };
  const { body } = await ask("/auth/login", { ...quietly, method: "POST", body: { email, password } });
  for (const { id } of others) await ask(`/admin/users/${id}`, { ...quietly, method: "DELETE", token: body.access_token });
}

/** Her address. */
export async function newcomer() {
  await removeOthers();
  return `${NAME}${crypto.randomUUID().slice(0, 4)}@lab.example`;
}

/** The newest mail to an address, drawn as it comes. */
export async function delivered(stage, email, says) {
  const mail = (await mails()).find(({ to }) => to === email);
  stage.arrow("hallpass", "mailbox", mail.subject, says);
  return mail;
}
