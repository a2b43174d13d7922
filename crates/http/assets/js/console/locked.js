// Who is locked, as the list of locks says it. A row of a user does not say so: locks belong to addresses.

import { get, query } from "../api.js";

/** A list of users is drawn at each letter of a search; the locks are not read again each time. */
const FRESH = 10_000;
const MOST_PAGES = 5;
let kept = null;

/** Something was unlocked. */
export const forgetLocks = () => {
  kept = null;
};

async function read() {
  const found = new Map();
  let cursor = null;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const { items, next_cursor: next } = await get(query("/admin/locks", { limit: 200, cursor }));
    for (const { user, locked_until: until } of items) if (user) found.set(user, until);
    if (!next) break;
    cursor = next;
  }
  return found;
}

/** The ids of locked users, with when each lock ends. */
export async function lockedUsers() {
  if (!kept || Date.now() - kept.at > FRESH) kept = { at: Date.now(), found: read() };
  try {
    return await kept.found;
  } catch (error) {
    kept = null;
    throw error;
  }
}

/** When the lock of one address ends; null when there is none. */
export async function lockOf(email) {
  const { items } = await get(query("/admin/locks", { email }));
  return items[0]?.locked_until ?? null;
}
