// Verify: 401 says “who are you?”, 403 says “I know who you are, but no”.

export const lanes = ["Browser", "Service", "hallpass"];
export const rows = 17;

const gate = (stage, token, query, words) => stage.ask("/auth/verify", { actor: "service", token, query }, words);

export async function* play(stage) {
  await stage.fresh();
  const ada = (await stage.login("ada@lab.example", { answer: "Ada has the role user." })).body.access_token;
  yield;
  stage.arrow("Browser", "Service", "GET /report, no pass", "Nothing in the Authorization header.");
  await gate(stage, undefined, "", { label: "who are you?", answer: "401 with the challenge WWW-Authenticate: Bearer. Log in and try again." });
  yield;
  stage.arrow("Browser", "Service", "GET /report, Ada's pass");
  await gate(stage, ada, "", { label: "it is Ada", answer: "Form, key, algorithm, seal, times, issuer, audience, and then the denylist: everything passed. The Service learns from X-Auth-User who is asking." });
  yield;
  stage.arrow("Browser", "Service", "GET /payroll, Ada's pass", "This one is for admins.");
  await gate(stage, ada, "?role=admin", { label: "known, and not allowed", answer: "403 insufficient_scope. Logging in again would not help, so the client should not try." });
  yield;
  const bent = `${ada.slice(0, -3)}${ada.at(-3) === "A" ? "B" : "A"}${ada.slice(-2)}`;
  await gate(stage, bent, "?role=admin", { because: "One character of the seal was changed.", label: "no valid pass", answer: "401, not 403: the seal is verified before the role is looked at. The log says which check failed; the caller is not told." });
  yield;
  const grace = (await stage.login("grace@lab.example", { because: "Grace is an admin." })).body.access_token;
  await gate(stage, grace, "?role=admin", { label: "it is Grace", answer: "The role is in the sealed claims, so no database had to be asked." });
  yield;
}
