// The inbox of the sandbox.

export const INBOX = {
  mailbox: "Mailbox",
  forgot: "Ask for a new password",
  verify: "Ask to prove the address",
  wait: "Let half an hour pass",
  start: "Choose a mailbox and ask for a mail. Nobody has to be signed in for that.",
  list: "Mails, the newest first",
  empty: "No mail yet.",
  came: (email) => `A mail has come to ${email}.`,
  none: "No mail has come, and the answer doesn't tell why: no account has the address, it is proved already, or its mailbox has had 3 mails in 15 minutes.",
  passed: "Half an hour has passed. What replaces a password has expired by now; what proves an address is good for a day.",
  use: { "/auth/password/reset": "Use the code", "/auth/email/verify": "Sign in and use the code" },
  follow: "Open it as a program would (GET)",
  answered: (status, detail) => `HTTP ${status}${detail ? `: ${detail}` : ""}`,
  note: "The code and the link's value are two forms of one thing: when one is used, the other is, too. The next mail for the same purpose replaces it. Here the new password of a resident is the old one, so that every play still knows it.",
};
