// What the sign-in page says about mails.

export const BY_MAIL = {
  look: "Check your mail",
  sent: (email) => `If ${email} has an account, a mail is on its way.`,
  here: "Follow its link in this browser, or type its code here.",
  code: "The code from the mail",
  signIn: "Sign in",
  elsewhere: "Opening the link in another browser? Type these digits there:",
  digits: "The four digits",
  /** When nothing was typed, by how many digits were asked for. */
  empty: (count) => (count === 4 ? "Type the four digits." : "Type the code from the mail."),
  other: "Where did you start?",
  otherWords: "The link works by itself only in the browser that asked for it. If you started in another one, type the four digits that it shows.",
  orAnew: "If you did not, the link is no longer good. Go back and ask for a new one.",
  almost: "Almost there",
  press: "One press, and you are signed in.",
  confirm: "Confirm your address",
  proof: (email) => `A mail is on its way to ${email}. Type its code here, or follow its link.`,
  proofElse: "If the mail says that you have an account already, go back and sign in.",
  proofOnce: (email) => `When you registered, a mail went to ${email}. Type its code here, or have another one sent.`,
  confirmGo: "Confirm and sign in",
  again: "Send the mail again",
  againIn: (seconds) => `Send the mail again in ${seconds} s`,
  sentAgain: "Another mail is on its way. Only the newest works.",
  back: "Back",
  working: "Still working.",
};
