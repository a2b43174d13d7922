// The roles that exist here.

import { get } from "../api.js";

let known = null;

/** Asked for once. */
export async function roles() {
  if (!known) {
    const { settings } = await get("/admin/config");
    const listed = settings.find(({ key }) => key === "roles")?.value.split(",").map((name) => name.trim()) ?? [];
    known = [...new Set(["user", ...listed, "admin"])].filter(Boolean);
  }
  return known;
}
