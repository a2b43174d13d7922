// What a browser does with a cookie, by RFC 6265bis: whether it keeps the line at all, who reads it, when it is sent.

/** The directory of the address that set a cookie: its path when the line names none. */
export function defaultPath(path) {
  const end = path.lastIndexOf("/");
  return path.startsWith("/") && end > 0 ? path.slice(0, end) : "/";
}

/** Whether a cookie with this path goes to that one: `/auth` to `/auth` and `/auth/me`, and not to `/authors`. */
export function matchesPath(of, path) {
  return path === of || (path.startsWith(of) && (of.endsWith("/") || path[of.length] === "/"));
}

/** The name and the attributes of a line; of two attributes with one name the last counts. */
export function read(line) {
  const [pair, ...rest] = line.split(";").map((part) => part.trim());
  const at = pair.indexOf("=");
  const attributes = new Map(rest.map((part) => {
    const [name, ...value] = part.split("=");
    return [name.trim().toLowerCase(), value.join("=").trim()];
  }));
  return { name: pair.slice(0, at).trim(), value: pair.slice(at + 1).trim(), attributes };
}

const SAME_SITE = { strict: "Strict", lax: "Lax", none: "None" };

/** The prefixes are promises that the browser keeps: whatever their case, and without what they promise nothing is kept. */
function promised(name, { isSecure, attributes }) {
  if (/^__secure-/i.test(name) && !isSecure) return "secure_prefix";
  const isHost = isSecure && attributes.get("path") === "/" && !attributes.has("domain");
  return /^__host-/i.test(name) && !isHost ? "host_prefix" : null;
}

/**
 * Stores the cookie of a line: the cookie, or the reason why the browser drops the line. It is set by a server unless
 * `byScript`, at the address `from`, over a connection that is secure or not.
 */
export function store(line, { from, isSecureOrigin = true, byScript = false }) {
  const { name, value, attributes } = read(line);
  const isSecure = attributes.has("secure");
  const sameSite = SAME_SITE[(attributes.get("samesite") ?? "").toLowerCase()] ?? "default";
  const asked = attributes.get("path") ?? "";
  const maxAge = attributes.has("max-age") ? Number(attributes.get("max-age")) : null;
  const refused = (byScript && attributes.has("httponly") && "script_http_only")
    || (isSecure && !isSecureOrigin && "insecure_origin")
    || (sameSite === "None" && !isSecure && "none_insecure")
    || promised(name, { isSecure, attributes });
  if (refused) return { refused };
  const path = asked.startsWith("/") ? asked : defaultPath(from);
  return { cookie: { name, value, isHttpOnly: attributes.has("httponly"), isSecure, sameSite, maxAge, path } };
}

/** What a script of a page at this path finds in document.cookie. A frame of another path is of the same origin. */
export function readBy(cookie, path) {
  if (cookie.isHttpOnly) return "hidden";
  return matchesPath(cookie.path, path) ? "read" : "read_by_frame";
}

/**
 * Whether a request carries it. Of another site only a top-level navigation with a safe method gets past Lax. A line
 * without SameSite is Lax to some browsers, for young cookies with an exception, and None to others.
 */
export function sentWith(cookie, { path, isSecure = true, isCrossSite = false, isTopLevel = false, method = "GET" }) {
  if (cookie.isSecure && !isSecure) return "insecure";
  if (!matchesPath(cookie.path, path)) return "other_path";
  if (!isCrossSite || cookie.sameSite === "None") return "sent";
  if (cookie.sameSite === "Strict") return "cross_site";
  const isSafeNavigation = isTopLevel && ["GET", "HEAD"].includes(method);
  if (isSafeNavigation) return "sent";
  return cookie.sameSite === "Lax" ? "cross_site" : "depends";
}

/** What is left of it when the browser was closed and opened again. */
export const afterRestart = (cookie) => (cookie.maxAge > 0 ? "kept" : "gone");
