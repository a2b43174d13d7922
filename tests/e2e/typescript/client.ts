// A client of the generated types, against a live server: `node client.js ORIGIN ADMIN_EMAIL ADMIN_PASSWORD`.
import createClient from "openapi-fetch";
import type { components, paths } from "./api.js";

declare const process: { argv: string[] };

type Problem = components["schemas"]["ProblemDocument"];

const [origin, email, password] = process.argv.slice(2) as [string, string, string];
const api = createClient<paths>({ baseUrl: origin });

function good<T>(answer: { data?: T; error?: unknown; response: Response }): T {
  if (answer.data === undefined) {
    throw new Error(`${answer.response.status}: ${JSON.stringify(answer.error)}`);
  }
  return answer.data;
}

const ada = good(await api.POST("/auth/register", { body: { email: "ada@example.com", password: "plum trellis anvil" } }));
// Where an address has to be proved first, no token comes with the answer.
if (!("access_token" in ada)) {
  throw new Error("this server asks for a proof of the address");
}
const own = { authorization: `Bearer ${ada.access_token}` };
const me = good(await api.GET("/auth/me", { headers: own }));

const root = good(await api.POST("/auth/login", { body: { email, password, delivery: "body" } }));
const admin = { authorization: `Bearer ${root.access_token}` };
const users = good(await api.GET("/admin/users", { params: { query: { q: "ada", limit: 1 } }, headers: admin }));
const found = users.items[0];
if (found === undefined || found.id !== me.id) {
  throw new Error("the user is not found");
}
// Dates are text of a known form, states are one of a few names.
const made: Date = new Date(found.created_at);
const status: "active" | "suspended" = found.status;
if (Number.isNaN(made.getTime()) || status !== "active") {
  throw new Error("the user is not as described");
}
const path = { id: found.id };
good(await api.PATCH("/admin/users/{id}", { params: { path }, body: { status: "suspended" }, headers: admin }));

const refused = await api.GET("/auth/me", { headers: own });
const problem = refused.error as Problem | undefined;
const code: Problem["code"] | undefined = problem?.code;
console.log(JSON.stringify({ id: me.id, code, status: refused.response.status }));
