// Mails that hallpass writes into its folder, or that exim keeps in its spool: the newest to an address, with its link and
// its code.

import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

import { until } from "./harness.mjs";

/** The text of a mail as it was before it was written as quoted-printable. */
const decoded = (raw) => {
  const bytes = raw.replace(/=\r?\n/g, "").replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
  return Buffer.from(bytes, "latin1").toString("utf8").replaceAll("\r\n", "\n");
};

/** A file of a mail in exim's spool, which has its body in another one. */
const IN_SPOOL = /-H$/;

/** The mail as it was sent. In exim's spool a length and a letter stand before each line of the header. */
function whole(path) {
  const raw = readFileSync(path, "latin1");
  if (!IN_SPOOL.test(path)) return raw;
  return `${raw.replace(/^\d{3,}[A-Z* ] /gm, "")}\n${readFileSync(path.replace(IN_SPOOL, "-D"), "latin1")}`;
}

function read(path) {
  const raw = whole(path);
  const text = decoded(raw);
  const link = text.match(/^https?:\/\/[^/\s]+(\/\S*)$/m);
  return {
    to: raw.match(/^To: (.*?)\r?$/m)?.[1],
    subject: raw.match(/^Subject: (.*?)\r?$/m)?.[1],
    text,
    /** From the path on: the server's own name is another than the test's. */
    link: link?.[1] ?? null,
    code: text.match(/^ +(\d{4} \d{4})$/m)?.[1] ?? null,
  };
}

/** The folder, and which of its mails were read. */
export class Mailbox {
  constructor(folder) {
    Object.assign(this, { folder, seen: new Set() });
  }

  /** The next one to this address that was not read yet; waits for it. */
  async next(to, subject) {
    let found = null;
    await until(() => {
      found = this.unseen().find((mail) => mail.to === to && mail.subject.startsWith(subject)) ?? null;
      return found !== null;
    }, `a mail to ${to}: ${subject}`);
    this.seen.add(found.path);
    return found;
  }

  unseen() {
    if (!existsSync(this.folder)) return [];
    const paths = readdirSync(this.folder).filter((name) => /(\.eml|-H)$/.test(name)).map((name) => join(this.folder, name));
    const fresh = paths.filter((path) => !this.seen.has(path)).map((path) => ({ path, at: statSync(path).ctimeMs }));
    return fresh.sort((one, two) => one.at - two.at).map(({ path }) => ({ path, ...read(path) }));
  }
}

/** What the link of a mail carries leaves the address bar. */
export const hides = (page) => page.waitForURL((url) => !url.hash.includes("hpm_"));
