// Signing out, and the way to the sign-in page.

import { Problem, ask, told } from "./problem.js";
import { call } from "./api.js";
import { inTurn, onSession, signedOut } from "./session.js";
import { fragment } from "./parts/carried.js";
import { toast } from "./parts/toast.js";

let isLeaving = false;
// A page that comes back out of the browser's memory may be left again.
addEventListener("pageshow", () => {
  isLeaving = false;
});

/** Goes to the sign-in page, which says why and leads back. The first to say so decides. */
export function toSignIn(why, { back = true } = {}) {
  if (isLeaving) return;
  isLeaving = true;
  const to = new URL("/", location.origin);
  if (why) to.searchParams.set("why", why);
  if (back && location.pathname !== "/") to.searchParams.set("next", location.pathname);
  // What the link of a mail carried comes along: signing in goes on with it.
  if (back) to.hash = fragment();
  location.replace(to);
}

/** Ends this session. The cookie is proof enough: no access token is needed. */
export async function signOut() {
  try {
    await inTurn(() => ask("/auth/logout", { method: "POST" }));
  } catch (error) {
    // 401: there was nothing left to end.
    if (!(error instanceof Problem) || error.status !== 401) {
      toast(told(error), "bad");
      return;
    }
  }
  signedOut("bye");
  toSignIn("bye", { back: false });
}

/** Ends every session of the user. */
export async function signOutEverywhere() {
  await call("/auth/logout-all", { method: "POST" });
  signedOut("everywhere");
  toSignIn("everywhere", { back: false });
}

/** A page for the signed-in only: leaves when the session ends, starts over when it is another's. */
export function guardPage() {
  onSession((what, why) => {
    if (what === "signed-out") toSignIn(why, { back: why !== "bye" && why !== "everywhere" });
    if (what === "changed") location.reload();
  });
}
