// What the page for a forgotten password says.

export const RESET = {
  send: "Send the mail",
  set: "Set the password",
  noEmail: "Type your email address.",
  noCode: "Type the code from the mail.",
  noPassword: "Choose a new password.",
  sent: "Check your mail",
  look: (email) => `If ${email} has an account, a mail is on its way. Follow its link, or type its code here. Leave this page open.`,
  working: "Still working.",
};
