// What the sign-in page says about mails.

export const BY_MAIL = {
  look: "Check your mail",
  sent: (email) => `If ${email} has an account, a mail is on its way.`,
  here: "Follow its link in this browser, or type its code here.",
  code: "The code from the mail",
  signIn: "Sign in",
  elsewhere: "You open the link on another device? It will ask for these digits:",
  digits: "The four digits",
  other: "Where did you start?",
  otherWords: "This is not the browser that asked for the mail. Type the four digits that it shows. If it shows none, the link is no longer good: ask for a new one there.",
  almost: "Almost there",
  press: "Your mail has proved who you are.",
  confirm: "Confirm your address",
  proof: (email) => `A mail went to ${email}. Type its code here; its link works, too.`,
  confirmGo: "Confirm and sign in",
  again: "Send the mail again",
  againIn: (seconds) => `Send the mail again in ${seconds} s`,
  sentAgain: "Another mail is on its way. Only the newest code works.",
  back: "Back",
  working: "Still working.",
};
