// What the page says that undoes a change of address.

export const UNDO = {
  working: "Still working.",
  done: "Your old address is back",
  look: "Everyone is signed out. A mail to your old address lets you choose a new password.",
  /** Refusals that this page says in words of its own. */
  refused: {
    unfit_code: "This link works once, and not for long. If your account is not yours any more, ask an administrator.",
    email_taken: "Another account has your old address by now. Ask an administrator.",
  },
  bare: "Open the link of the mail",
  bareWords: "This page needs the whole link of the mail to your old address. Open it from there once more.",
};
