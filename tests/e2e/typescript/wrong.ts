// What the API refuses does not compile: each line below is an error, or the compiler says that it is not.
import createClient from "openapi-fetch";
import type { components, paths } from "./api.js";

const api = createClient<paths>({ baseUrl: "http://localhost" });

// @ts-expect-error: a user is active or suspended
const status: components["schemas"]["FullUser"]["status"] = "gone";
// @ts-expect-error: there is no such route
await api.GET("/auth/nothing");
// @ts-expect-error: a login needs a password
await api.POST("/auth/login", { body: { email: "ada@example.com" } });
// @ts-expect-error: a body is an object
await api.POST("/auth/logout", { body: null });
// @ts-expect-error: a code is one of those that are listed
const code: components["schemas"]["ProblemDocument"]["code"] = "no_such_code";

export { code, status };
