// What a User-Agent says, in a few words. It is a claim of the client, and shown as one.

import { s } from "../dom.js";

const BROWSERS = [
  [/\bEdgA?(?:iOS)?\/(\d+)/, "Edge"], [/\bOPR\/(\d+)/, "Opera"], [/\bSamsungBrowser\/(\d+)/, "Samsung Internet"],
  [/\b(?:Firefox|FxiOS)\/(\d+)/, "Firefox"], [/\b(?:HeadlessChrome|Chrome|CriOS|Chromium)\/(\d+)/, "Chrome"],
  [/\bVersion\/(\d+)[.\d]* (?:Mobile\/\S+ )?Safari\//, "Safari"],
];
const SYSTEMS = [
  [/\biPhone\b/, "iPhone"], [/\biPad\b/, "iPad"], [/\bAndroid\b/, "Android"], [/\bWindows NT\b/, "Windows"],
  [/\bCrOS\b/, "ChromeOS"], [/\bMac OS X\b|\bMacintosh\b/, "macOS"], [/\bLinux\b/, "Linux"],
];
const PHONES = ["iPhone", "iPad", "Android"];

/** `{ name, kind }`: "Firefox 143 on Linux", and phone, desktop or program. */
export function device(agent) {
  if (!agent) return { name: "Unknown device", kind: "program" };
  const found = BROWSERS.map(([pattern, name]) => [agent.match(pattern), name]).find(([match]) => match);
  const system = SYSTEMS.find(([pattern]) => pattern.test(agent))?.[1];
  const kind = PHONES.includes(system) ? "phone" : "desktop";
  if (found) return { name: `${found[1]} ${found[0][1]}${system ? ` on ${system}` : ""}`, kind };
  const first = agent.split(/[\s(;]/)[0].replace("/", " ") || agent;
  return { name: first.length > 40 ? `${first.slice(0, 39)}…` : first, kind: system ? kind : "program" };
}

/** What an address says by itself, the first that fits: RFC 1918, 3927, 4193, 4291, 6598. */
const NETWORKS = [
  [/^(127\.|::1$)/, "loopback"],
  [/^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|f[cd][0-9a-f]{2}:)/i, "private network"],
  [/^(169\.254\.|fe[89ab][0-9a-f]:)/i, "link-local"],
  [/^100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\./, "shared by a provider's customers"],
  [/^[\d.]+$/, "public IPv4"],
  [/:/, "public IPv6"],
];

/** The kind of network, or null where no address is known. */
export function network(ip) {
  const bare = ip?.replace(/^::ffff:(?=[\d.]+$)/i, "");
  return (bare && NETWORKS.find(([pattern]) => pattern.test(bare))?.[1]) ?? null;
}

/** Where from, of an event. Its address is all that is known; for sessions the server says more. */
export function place(ip) {
  if (!ip) return "an unknown address";
  const kind = network(ip);
  if (kind === "loopback") return "this machine";
  return kind === "private network" || kind === "link-local" ? `${ip} (a private network)` : ip;
}

/** The address of a session, and the place that the server knows of it, if any. */
export const seenFrom = ({ ip, place: known }) => [ip ?? "an unknown address", known].filter(Boolean).join(" · ");

const SHAPES = {
  phone: ["M7 2.5h10a1.5 1.5 0 0 1 1.5 1.5v16a1.5 1.5 0 0 1-1.5 1.5H7A1.5 1.5 0 0 1 5.5 20V4A1.5 1.5 0 0 1 7 2.5z", "M10.5 18.5h3"],
  desktop: ["M4 4.5h16A1.5 1.5 0 0 1 21.5 6v9a1.5 1.5 0 0 1-1.5 1.5H4A1.5 1.5 0 0 1 2.5 15V6A1.5 1.5 0 0 1 4 4.5z", "M8.5 20h7M12 16.5V20"],
  program: ["M4 4.5h16A1.5 1.5 0 0 1 21.5 6v12a1.5 1.5 0 0 1-1.5 1.5H4A1.5 1.5 0 0 1 2.5 18V6A1.5 1.5 0 0 1 4 4.5z", "M6.5 9l3 3-3 3M12 15.5h5"],
};

/** A small drawing of it. */
export const deviceIcon = (kind) =>
  s("svg", { viewBox: "0 0 24 24", class: "device", "aria-hidden": "true", fill: "none", stroke: "currentColor", "stroke-width": "1.4", "stroke-linecap": "round", "stroke-linejoin": "round" },
    SHAPES[kind].map((d) => s("path", { d })));
