// The sign-in page in German: whatever it has to say, nothing of it is in English.

import { check, raw, run, until } from "./harness.mjs";
import { left, shown } from "./lab_words.mjs";

const GOOD = "hall-monitor 4711";
const PROXY = { contentType: "text/html", body: "<html><h1>nginx</h1></html>" };
const ADDRESSES = ["nobody", `${"a".repeat(65)}@example.com`, "zoë@example.com", "ada@-.example"];
const REASONS = ["token_reuse", "token_expired", "elsewhere", "bye", "everywhere"];
/** What the server answers now and then, word for word. */
const DETAILS = {
  login_in_progress: "Other logins to this account are being checked. Please try again in a moment.",
  too_many_attempts: "Too many login attempts — try again in 15 minutes",
  overloaded: "Too many logins at once. Please try again in a moment.",
  unavailable: "The server cannot reach its data. Please try again in a moment.",
  cross_site: "This request came from another site.",
};

/** The same done on the page in English and in German, and what is left in English. */
class Both {
  static async open(browser) {
    const [english, german] = await Promise.all(["en-GB", "de-DE"].map(async (locale) => (await browser.window({ locale })).newPage()));
    return new Both(browser, english, german);
  }

  constructor(browser, english, german) {
    Object.assign(this, { browser, english, german, faults: [] });
  }

  async see(where, statuses, work) {
    await this.browser.expecting(statuses, async () => {
      const [english, german] = [await this.shownBy(this.english, work), await this.shownBy(this.german, work)];
      const known = new Set(english);
      const same = german.filter((text) => known.has(text) && /[a-z]{2,} [a-z]{2,}/i.test(text) && !text.includes("@"));
      this.faults.push(...[...same, ...left(german, known)].map((text) => `${where}: ${text}`));
    });
  }

  async shownBy(page, work) {
    await work(page);
    return shown(page);
  }
}

/** Opens the page, and waits until it is in its language. */
async function open(page, path = "/") {
  await page.goto(path);
  await page.locator('#theme:not([aria-label="Change the theme"])').waitFor();
}

async function send(page, email, password) {
  await page.locator("#email").fill(email);
  await page.locator("#password").fill(password);
  await page.locator("#go").click();
}

const said = (page) => page.locator("#message .notice").waitFor();

async function fields(both) {
  await both.see("the page", [], (page) => open(page));
  await both.see("nothing typed", [], (page) => page.locator("#go").click());
  await both.see("the password shown", [], (page) => page.locator("#reveal").click());
  await both.see("registering", [], (page) => page.locator("#tab-register").click());
  await both.see("nothing to register", [], (page) => page.locator("#go").click());
  for (const password of ["password", "hallway dog", "hallway dog 42", GOOD, "four odd words: hallway, dog, 42"]) {
    await both.see(`the password ${password}`, [], (page) => page.locator("#password").fill(password));
  }
  for (const address of ADDRESSES) {
    await both.see(`the address ${address}`, [422], async (page) => {
      await send(page, address, GOOD);
      await page.locator("#email-error:not(:empty)").waitFor();
    });
  }
  for (const password of ["short", "password1", "long ".repeat(210)]) {
    await both.see(`registering with ${password.slice(0, 9)}`, [422], async (page) => {
      await send(page, "new@example.com", password);
      await page.locator("#password-error:not(:empty)").waitFor();
    });
  }
  await both.see("an address that is taken", [409], async (page) => {
    await send(page, "lea@example.com", GOOD);
    await said(page);
  });
  await both.see("refused", [401], async (page) => {
    await page.locator("#tab-login").click();
    await send(page, "lea@example.com", "wrong horse battery");
    await said(page);
  });
}

/** Five failures lock; the countdown runs in the page's words, and says when it is over. */
async function locked(both) {
  for (let failure = 0; failure < 5; failure += 1) await raw(both.browser, "/auth/login", { body: { email: "max@example.com", password: "no" } });
  await both.see("locked", [429], async (page) => {
    await send(page, "max@example.com", GOOD);
    await page.locator("#message .num").waitFor();
  });
  const text = await both.german.locator("#message").innerText();
  check(/für 30 Minuten gesperrt\..* Noch (29|30):\d\d\./s.test(text), `a lock of 30 minutes: ${text}`);
  await both.see("after the lock", [429], async (page) => {
    await page.route("**/auth/login", (route) => route.fulfill({ status: 429, headers: { "Retry-After": "1" }, json: { code: "account_locked", detail: "Account locked for 1 minutes" } }));
    await page.locator("#go").click();
    await page.locator("#message .notice.good").waitFor();
    await page.unroute("**/auth/login");
  });
}

/** A one-time password, and what takes its place. */
async function once(both, email, password) {
  const { access_token: token } = (await raw(both.browser, "/auth/login", { body: { email, password, delivery: "body" } })).body;
  const { items } = (await raw(both.browser, "/admin/users?limit=100", { method: "GET", token })).body;
  const { id } = items.find((user) => user.email === "lea@example.com");
  const made = (await raw(both.browser, `/admin/users/${id}/password`, { token })).body.password;
  await both.see("a one-time password", [403], async (page) => {
    await open(page);
    await send(page, "lea@example.com", made);
    await page.locator("#renew-box").waitFor();
    await page.locator("#go:not(:disabled)").click();
  });
  for (const next of ["password", made]) {
    await both.see(`replaced by ${next === made ? "itself" : next}`, [422], async (page) => {
      await page.locator("#next").fill(next);
      await page.locator("#go").click();
      await page.locator("#next-error:not(:empty)").waitFor();
    });
  }
  await both.german.locator("#next").fill(GOOD);
  await both.german.locator("#go").click();
  await both.german.waitForURL("**/account");
  check((await both.german.evaluate(() => document.documentElement.lang)) === "en", "the account page is English");
  await both.german.waitForLoadState("networkidle");
  await both.german.getByRole("button", { name: "Sign out", exact: true }).click();
  await both.german.getByText("Bis bald.").waitFor();
}

/** A server that is away, slow, busy, or not hallpass at all. */
async function away(both) {
  const answers = async (where, statuses, answer) => {
    await both.see(where, statuses, async (page) => {
      await open(page);
      await page.route("**/auth/login", answer);
      await send(page, "lea@example.com", GOOD);
      await said(page);
      await page.unroute("**/auth/login");
    });
  };
  await answers("offline", ["net::ERR_FAILED"], (route) => route.abort());
  for (const status of [502, 504, 403]) await answers(`a proxy's ${status}`, [status], (route) => route.fulfill({ ...PROXY, status }));
  await answers("a stranger's answer", [], (route) => route.fulfill({ ...PROXY, status: 200 }));
  for (const [code, detail] of Object.entries(DETAILS)) {
    await answers(code, [503], (route) => route.fulfill({ status: 503, json: { code, detail } }));
  }
  await answers("what no dictionary has", [503], (route) => route.fulfill({ status: 503, json: { code: "new", detail: "The moon is in the way" } }));
  check((await both.german.locator("#message [lang=en]").innerText()) === "The moon is in the way.", "English words are marked");
  check((await both.english.locator("#message [lang]").count()) === 0, "but not in English");
  await waiting(both);
}

/** What is said while the server thinks. */
async function waiting(both) {
  const held = [];
  await both.see("still working", [], async (page) => {
    await page.route("**/auth/login", (route) => held.push(route));
    await page.locator("#go").click();
    await page.locator("#progress:not(:empty)").waitFor();
  });
  await both.browser.expecting(["net::ERR_FAILED"], async () => {
    for (const route of held) await route.abort();
    for (const page of [both.english, both.german]) await until(() => page.locator("#go").isEnabled(), "it can be tried again");
  });
  for (const page of [both.english, both.german]) await page.unroute("**/auth/login");
}

/** Why a session ended, and one that cannot be asked for. */
async function ended(both) {
  for (const why of REASONS) {
    await both.see(why, [], async (page) => {
      await open(page, `/?why=${why}`);
      await said(page);
    });
  }
  await both.see("a session that cannot be asked for", ["net::ERR_FAILED"], async (page) => {
    await page.evaluate(() => localStorage.setItem("hallpass.hint", "user"));
    await page.route("**/auth/refresh", (route) => route.abort());
    await open(page);
    await page.locator("#message button").waitFor();
    await page.unroute("**/auth/refresh");
    await page.evaluate(() => localStorage.removeItem("hallpass.hint"));
  });
}

/** A sign-in by mail: the code, the link, and the digits for another browser. */
async function byMail(both) {
  const press = (page) => page.locator("#mail-go").click();
  const refused = (page) => page.locator("#code-error:not(:empty)").waitFor();
  await both.see("nobody to send a link to", [], async (page) => {
    await open(page);
    await page.locator("#by-mail-go").click();
    await page.locator("#email-error:not(:empty)").waitFor();
  });
  await both.see("a link was asked for", [], async (page) => {
    await page.locator("#email").fill("lea@example.com");
    await page.locator("#by-mail-go").click();
    await page.locator("#digits").waitFor();
  });
  await both.see("no code", [], async (page) => {
    await press(page);
    await refused(page);
  });
  await both.see("another code", [400], async (page) => {
    await page.locator("#code").fill("0000 0000");
    await press(page);
    await page.locator("#code-error").filter({ hasText: /not good|gilt nicht/ }).waitFor();
  });
  await both.see("a link", [], async (page) => {
    await page.goto("/#link=hpm_AAAA");
    await page.waitForURL((url) => !url.hash);
    await page.locator("#mail-go").waitFor();
  });
  await both.see("a link in another browser", [400], async (page) => {
    await press(page);
    await page.locator("#code").waitFor();
  });
  await both.see("no digits", [], async (page) => {
    await press(page);
    await refused(page);
  });
  await both.see("mails without number", [429], async (page) => {
    await page.locator("#code").fill("1234");
    await page.route("**/auth/magic/confirm", (route) => route.fulfill({ status: 429, json: { code: "too_many_attempts", detail: "Too many mails or codes from here — try again later" } }));
    await press(page);
    await page.locator("#by-mail .notice").waitFor();
    await page.unroute("**/auth/magic/confirm");
  });
}

/** An address that has to be proved before coming in: after registering, and later. */
async function proves(both) {
  await both.see("a mail after registering", [], async (page) => {
    await open(page);
    await page.route("**/auth/register", (route) => route.fulfill({ status: 202, json: { verify: "email" } }));
    await page.locator("#tab-register").click();
    await send(page, "new@example.com", GOOD);
    await page.locator("#code").waitFor();
    await page.unroute("**/auth/register");
  });
  await both.see("back at the form", [], (page) => page.locator("#mail-back").click());
  await both.see("a link opened before signing in", [403, 400], async (page) => {
    await page.goto("/#verify=hpm_AAAA");
    await page.locator("#message .notice").waitFor();
  });
  await both.see("not proved yet", [403], async (page) => {
    await page.route("**/auth/login", (route) => route.fulfill({ status: 403, json: { code: "email_unverified", detail: "Confirm your email address first, with the link or the code that was mailed to you." } }));
    await open(page);
    await send(page, "lea@example.com", GOOD);
    await page.locator("#code").waitFor();
    await page.unroute("**/auth/login");
  });
  await both.see("the mail once more", [], async (page) => {
    await page.locator("#mail-again").click();
    await page.locator("#by-mail .notice").waitFor();
  });
}

/** The page for a forgotten password, and the one that undoes a change of address. */
async function otherPages(both) {
  await both.see("forgotten", [], (page) => open(page, "/reset"));
  await both.see("nobody to send a password's mail to", [], (page) => page.locator("#go").click());
  await both.see("its mail", [], async (page) => {
    await page.locator("#email").fill("lea@example.com");
    await page.locator("#go").click();
    await page.locator("#code").waitFor();
  });
  await both.see("no code and no password", [], (page) => page.locator("#go").click());
  await both.see("another password's code", [400], async (page) => {
    await page.locator("#code").fill("0000 0000");
    await page.locator("#password").fill(GOOD);
    await page.locator("#go").click();
    await page.locator("#code-error:not(:empty)").waitFor();
  });
  await both.see("a link for a password that is not good", [400], async (page) => {
    await open(page, "/");
    await open(page, "/reset#hpm_AAAA");
    await page.locator("#password").fill(GOOD);
    await page.locator("#go").click();
    await said(page);
  });
  await both.see("the password is set", [], async (page) => {
    await open(page, "/?why=new_password");
    await said(page);
  });
  await both.see("no change to undo", [], async (page) => {
    await open(page, "/undo");
    await said(page);
  });
  await both.see("nobody to undo it for", [], async (page) => {
    await open(page, "/undo#device=hpm_AAAA");
    await page.locator("#go").click();
    await page.locator("#email-error:not(:empty)").waitFor();
  });
  await both.see("everyone is signed out", [], async (page) => {
    await page.route("**/auth/device/disown", (route) => route.fulfill({ status: 204 }));
    await page.locator("#email").fill("lea@example.com");
    await page.locator("#go").click();
    await said(page);
    await page.unroute("**/auth/device/disown");
  });
  for (const status of [400, 409, 204]) {
    await both.see(`a change is undone: ${status}`, [status], async (page) => {
      await open(page, "/");
      await page.route("**/auth/email/undo", (route) => route.fulfill(status === 204 ? { status } : { status, json: { code: status === 400 ? "unfit_code" : "email_taken", detail: "-" } }));
      await open(page, "/undo#hpm_AAAA");
      await page.locator("#email").fill("lea@example.com");
      await page.locator("#go").click();
      await said(page);
      await page.unroute("**/auth/email/undo");
    });
  }
}

await run(async (browser, email, password) => {
  for (const name of ["lea", "max"]) await raw(browser, "/auth/register", { body: { email: `${name}@example.com`, password: GOOD } });
  const both = await Both.open(browser);
  await fields(both);
  await locked(both);
  await once(both, email, password);
  await away(both);
  await ended(both);
  await byMail(both);
  await proves(both);
  await otherPages(both);
  check(both.faults.length === 0, [...new Set(both.faults)].join("\n"));
});
