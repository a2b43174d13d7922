// Times as people say them, with the exact instant at hand.

import { h } from "./dom.js";

const STEPS = [["year", 31557600], ["month", 2629800], ["week", 604800], ["day", 86400], ["hour", 3600], ["minute", 60]];
const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
const exact = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "medium" });
const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });

/** "3 minutes ago", "in 6 days". */
export function ago(at, now = Date.now()) {
  const seconds = (at - now) / 1000;
  for (const [unit, size] of STEPS) {
    if (Math.abs(seconds) >= size) return relative.format(Math.round(seconds / size), unit);
  }
  return seconds > 5 ? "in a moment" : "just now";
}

/** "1:04", "12 minutes", "2 days": how long something still takes. */
export function span(seconds) {
  const whole = Math.max(0, Math.ceil(seconds));
  if (whole < 3600) return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
  const hours = Math.round(whole / 3600);
  return hours < 48 ? `${hours} hours` : `${Math.round(hours / 24)} days`;
}

export const exactly = (at) => exact.format(at);
export const clockTime = (at) => clock.format(at);

/** A `<time>` that says how long ago, and when exactly. */
export function when(text) {
  if (!text) return "never";
  const at = new Date(text);
  return h("time", { datetime: text, title: exact.format(at) }, ago(at));
}
