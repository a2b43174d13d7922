// The lab's rules for cookies against what RFC 6265bis says, line by line.

import assert from "node:assert/strict";
import { lab } from "./modules.mjs";

const rules = await import(`data:text/javascript,${encodeURIComponent(lab("variants/cookie_rules.js"))}`);
const { afterRestart, defaultPath, matchesPath, read, readBy, sentWith, store } = rules;

const FROM = "/auth/login";
const FULL = "refresh_token=x; HttpOnly; Secure; SameSite=Strict; Max-Age=604800; Path=/auth";
const cookie = (line, where = {}) => {
  const { cookie: kept, refused } = store(line, { from: FROM, ...where });
  assert.equal(refused, undefined, line);
  return kept;
};
const refused = (line, where = {}) => store(line, { from: FROM, ...where }).refused;

// Default-Path.
for (const [path, expected] of [["/auth/login", "/auth"], ["/auth/", "/auth"], ["/login", "/"], ["/", "/"], ["", "/"], ["nonsense", "/"], ["/a/b/c", "/a/b"]]) assert.equal(defaultPath(path), expected, path);

// Path-Match.
for (const path of ["/auth", "/auth/", "/auth/refresh"]) assert.ok(matchesPath("/auth", path), path);
for (const path of ["/", "/authors", "/aut", "/api/auth"]) assert.ok(!matchesPath("/auth", path), path);
assert.ok(matchesPath("/", "/anything") && matchesPath("/auth/", "/auth/me") && !matchesPath("/auth/", "/auth"));

// Parsing: names in any case, white space aside, the last of two, a value with “=” in it.
const parsed = read(" a = b=c ;SECURE; samesite = Lax; Path=/one; path=/two");
assert.deepEqual([parsed.name, parsed.value, parsed.attributes.has("secure"), parsed.attributes.get("samesite"), parsed.attributes.get("path")], ["a", "b=c", true, "Lax", "/two"]);

// Storing.
assert.deepEqual(cookie(FULL), { name: "refresh_token", value: "x", isHttpOnly: true, isSecure: true, sameSite: "Strict", maxAge: 604800, path: "/auth" });
assert.deepEqual([cookie("a=b").path, cookie("a=b; Path=auth").path, cookie("a=b; Path=/").path], ["/auth", "/auth", "/"]);
assert.equal(cookie("a=b; SameSite=Whatever").sameSite, "default");
assert.equal(refused("a=b; SameSite=None"), "none_insecure");
assert.equal(cookie("a=b; SameSite=none; secure").sameSite, "None");
assert.equal(refused("a=b; Secure", { isSecureOrigin: false }), "insecure_origin");
assert.equal(refused("a=b; HttpOnly", { byScript: true }), "script_http_only");

// Prefixes.
assert.equal(refused("__Secure-a=b"), "secure_prefix");
assert.equal(refused("__sEcUrE-a=b"), "secure_prefix");
cookie("__Secure-a=b; Secure; Path=/auth");
for (const line of ["__Host-a=b", "__Host-a=b; Secure", "__Host-a=b; Secure; Path=/auth", "__Host-a=b; Path=/", "__Host-a=b; Secure; Path=/; Domain=example.com"]) assert.equal(refused(line), "host_prefix", line);
cookie("__Host-a=b; Secure; Path=/");

// Scripts.
assert.equal(readBy(cookie(FULL), "/"), "hidden");
assert.equal(readBy(cookie(FULL), "/auth/x"), "hidden");
assert.deepEqual(["/", "/auth/x"].map((path) => readBy(cookie("a=b; Path=/auth"), path)), ["read_by_frame", "read"]);
assert.equal(readBy(cookie("a=b; Path=/"), "/shop"), "read");

// Requests.
const refresh = { path: "/auth/refresh", method: "POST" };
const form = { ...refresh, isCrossSite: true, isTopLevel: true };
const link = { path: "/auth/me", isCrossSite: true, isTopLevel: true };
const frame = { path: "/auth/me", isCrossSite: true };
const SENT = {
  "SameSite=Strict; Secure": ["sent", "cross_site", "cross_site", "cross_site"],
  "SameSite=Lax; Secure": ["sent", "cross_site", "sent", "cross_site"],
  "SameSite=None; Secure": ["sent", "sent", "sent", "sent"],
  Secure: ["sent", "depends", "sent", "depends"],
};
for (const [flags, expected] of Object.entries(SENT)) assert.deepEqual([refresh, form, link, frame].map((request) => sentWith(cookie(`a=b; ${flags}`), request)), expected, flags);
assert.equal(sentWith(cookie(FULL), { ...refresh, isSecure: false }), "insecure");
assert.equal(sentWith(cookie("a=b"), { ...refresh, isSecure: false }), "sent");
assert.equal(sentWith(cookie(FULL), { path: "/api/orders" }), "other_path");
assert.equal(sentWith(cookie("a=b; Path=/"), { path: "/api/orders" }), "sent");

// The end of the browser.
assert.deepEqual(["a=b; Max-Age=60", "a=b", "a=b; Max-Age=0"].map((line) => afterRestart(cookie(line))), ["kept", "gone", "gone"]);
console.log("ok");
