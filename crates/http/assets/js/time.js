// Times as people say them, with the exact instant at hand.

import { h } from "./dom.js";
import { language, words } from "./language.js";

const { TIME } = await words("time");

const STEPS = [["year", 31557600], ["month", 2629800], ["week", 604800], ["day", 86400], ["hour", 3600], ["minute", 60]];
// In English texts the day stands before the month, and a day has 24 hours.
const LOCALE = language === "en" ? "en-GB" : language;
const relative = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
const exact = new Intl.DateTimeFormat(LOCALE, { dateStyle: "medium", timeStyle: "medium" });
const clock = new Intl.DateTimeFormat(LOCALE, { hour: "2-digit", minute: "2-digit", second: "2-digit" });

const counted = (unit) => new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "long" });
const [HOURS, DAYS] = ["hour", "day"].map(counted);

/** "3 minutes ago", "in 6 days". */
export function ago(at, now = Date.now()) {
  const seconds = (at - now) / 1000;
  for (const [unit, size] of STEPS) {
    if (Math.abs(seconds) >= size) return relative.format(Math.round(seconds / size), unit);
  }
  return seconds > 5 ? TIME.soon : TIME.now;
}

/** "1:04", "12 hours", "2 days": how long something still takes. */
export function span(seconds) {
  const whole = Math.max(0, Math.ceil(seconds));
  if (whole < 3600) return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
  const hours = Math.round(whole / 3600);
  return hours < 48 ? HOURS.format(hours) : DAYS.format(Math.round(hours / 24));
}

export const exactly = (at) => exact.format(at);
export const clockTime = (at) => clock.format(at);

/** A `<time>` that says how long ago, and when exactly. */
export function when(text) {
  if (!text) return TIME.never;
  const at = new Date(text);
  return h("time", { datetime: text, title: exact.format(at) }, ago(at));
}
