// The API, asked with the session's access token.

import { Problem, ask } from "./problem.js";
import { accessToken } from "./session.js";

/** Asks with a bearer token; a token that is refused is refreshed once, silently, and the question asked again. */
export async function call(path, options = {}) {
  const token = await accessToken();
  try {
    return await ask(path, { ...options, token });
  } catch (error) {
    if (!(error instanceof Problem) || error.status !== 401) throw error;
    return ask(path, { ...options, token: await accessToken(token) });
  }
}

/** The body of an answer to a GET. */
export const get = async (path, options) => (await call(path, options)).body;
export const post = (path, body) => call(path, { method: "POST", body });
export const patch = (path, body) => call(path, { method: "PATCH", body });
export const remove = (path) => call(path, { method: "DELETE" });

/** A path with a query; what is empty is left out. */
export function query(path, parameters) {
  const given = Object.entries(parameters).filter(([, value]) => value !== null && value !== undefined && value !== "");
  return given.length ? `${path}?${new URLSearchParams(given)}` : path;
}
