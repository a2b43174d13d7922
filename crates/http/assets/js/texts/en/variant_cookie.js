// The flags of the refresh cookie: who tries what, what comes of it, and why.

export const COOKIE = {
  flags: "Attributes of the cookie",
  name: "Name",
  without: (flag) => `no ${flag}`,
  tries: "Who tries what",
  result: "Result",
  because: "Why",
  caption: "What this cookie lets others do",
  who: {
    script: "A script on the page reads document.cookie",
    form: "Another site sends a form (POST)",
    link: "Another site links here (GET)",
    wire: "Somebody listens to plain http",
    own: "Your own page refreshes",
    other: "Your own page asks /api/orders",
    restart: "The browser is closed and opened again",
  },
  results: {
    script: {
      hidden: { short: "sees nothing", long: "HttpOnly hides the cookie from scripts. An injected script cannot take it away, though it can still send requests while the page is open." },
      read: { short: "reads it", long: "Any script on the page, an injected one too, can read the token and send it elsewhere." },
      read_by_frame: { short: "reads it", long: "Not from this page, because of Path. But the script opens a frame below /auth, which has the same origin, and reads it there: Path does not protect from scripts." },
    },
    form: {
      cross_site: { short: "not sent", long: "Strict and Lax keep the cookie out of a POST that another site has caused. That stops CSRF." },
      sent: { short: "sent", long: "SameSite=None sends it along with every request from anywhere. Without another check the form acts in the user's name: CSRF." },
      depends: { short: "depends", long: "Without SameSite, Chrome treats the cookie as Lax, but still sends it with a POST in its first 2 minutes. Firefox and Safari send it." },
    },
    link: {
      cross_site: { short: "not sent", long: "Strict leaves it out even when the user follows a link from another site." },
      sent: { short: "sent", long: "A link that the user follows carries the cookie. That is harmless as long as a GET changes nothing." },
    },
    wire: {
      insecure: { short: "not sent", long: "Secure sends it over https only." },
      sent: { short: "in the clear", long: "One request over http is enough, and whoever listens on the network has the token." },
    },
    own: {
      sent: { short: "sent", long: "POST /auth/refresh carries it, whatever the flags: they must not get in the way of your own page." },
    },
    other: {
      other_path: { short: "not sent", long: "The path is /auth, and only addresses below it get the token. Without Path the browser takes the directory of the address that set it, /auth/login: the same, until the login moves." },
      sent: { short: "sent", long: "The token travels with every request to the site, into more logs and more programs than need it." },
    },
    restart: {
      kept: { short: "kept", long: "Max-Age is 604,800 s, 7 days. The user stays logged in." },
      gone: { short: "gone", long: "Without Max-Age it is a session cookie and ends with the browser, unless the browser restores its last session." },
    },
  },
  refused: {
    none_insecure: "The browser drops the whole line: SameSite=None needs Secure.",
    secure_prefix: "The browser drops the whole line: a name with __Secure- needs Secure.",
    host_prefix: "The browser drops the whole line: a name with __Host- needs Secure, Path=/ and no Domain.",
  },
  notes: "These are the rules of RFC 6265bis. The prefixes __Secure- and __Host- are part of the name and promise the server that the cookie was set with these attributes: no sibling domain and no plain http can slip in another one. __Host- requires Path=/, so it excludes Path=/auth.",
  realTitle: "In this browser, for real",
  logIn: "Log in and read document.cookie",
  tryIt: "Set this line by a script",
  start: "Nothing has been set yet.",
  set: "The sandbox's Set-Cookie",
  read: "document.cookie now",
  sent: (request) => `Cookie header of ${request}`,
  nothing: "none",
  unseen: "This page's scripts cannot read the cookie; the browser still sent it, and only where its path leads.",
  seen: "This page's scripts can read the cookie.",
  found: "document.cookie then",
  there: "has it",
  notThere: "does not have it",
  here: {
    read: "The browser kept the line, and the script reads the cookie back. It has already been deleted.",
    read_by_frame: "The browser kept the line, but this page lies outside its path, so the script does not see it here. It has already been deleted.",
    script_http_only: "A script cannot set HttpOnly: the browser drops the line. Only a server can.",
    insecure_origin: "This page came over plain http: the browser drops a line with Secure.",
    none_insecure: "The browser drops the line: SameSite=None needs Secure.",
    secure_prefix: "The browser drops the line: a name with __Secure- needs Secure.",
    host_prefix: "The browser drops the line: a name with __Host- needs Secure, Path=/ and no Domain.",
  },
};
