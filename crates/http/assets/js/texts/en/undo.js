// What the page says that undoes a change of address, or throws everyone out.

export const UNDO = {
  working: "Still working.",
  noEmail: "Type the address to which the mail came.",
  done: "Your old address is back",
  look: "Everyone is signed out. A mail to your old address lets you choose a new password.",
  deviceDone: "Everyone is signed out",
  deviceLook: "Your old password opens nothing any more. A mail lets you choose a new one.",
  /** Refusals that this page says in words of its own. */
  refused: {
    unfit_code: "This link works once, not for long, and with the address to which the mail came. If your account is not yours any more, ask an administrator.",
    email_taken: "Another account has your old address by now. Ask an administrator.",
  },
  bare: "Open the link of the mail",
  bareWords: "This page needs the whole link of the mail. Open it from there once more.",
};
