// The other forms of the patterns: what each card is about, before it is opened.

export const VARIANTS = {
  sign: {
    title: "HS256 beside RS256",
    lead: "HS256 uses one shared secret to sign and to verify. RS256 signs with a private key and verifies with a public one. Here your browser signs the same payload both ways.",
    open: "Compare, and forge",
  },
  revoke: {
    title: "The denylist in Redis",
    lead: "Several servers share one denylist in Redis. Each entry has a time to live: once its token would have expired anyway, the entry deletes itself.",
    open: "Watch an entry expire",
  },
  password: {
    title: "The rate limit, header by header",
    lead: "Every answer to a login attempt says how many attempts are left for this client address and when the window ends. When none is left, the answer is 429.",
    open: "Use up the limit",
  },
  refresh: {
    title: "The cookie, flag by flag",
    lead: "Five attributes protect the refresh cookie, each against something else. Turn one off and see who can read the cookie or make the browser send it.",
    open: "Switch the flags",
  },
  prove: {
    title: "The inbox",
    lead: "Every mailbox of your sandbox in one place. Ask for a mail, read it as its owner would, and use what it carries: once, twice, or as a program that follows links.",
    open: "Look into the inbox",
  },
};

export const FAILED = "This part could not be loaded. Close it and open it again to retry.";
