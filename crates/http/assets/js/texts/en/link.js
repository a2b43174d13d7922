// Sharing a token by its address.

export const LINK = {
  copied: "The address is in the clipboard.",
  fragment: " The token is in its fragment, which goes to no server.",
  address: "The address:",
  strange: "This token was not made here.",
  risk: " If it is real, whoever gets the address can use the token until it ends. The fragment goes to no server, but it stays in chats, mails and the browser's history. ",
  anyway: "Copy the address all the same",
  not: "Do not",
};
