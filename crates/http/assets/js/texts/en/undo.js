// What the page says that undoes a change of address.

export const UNDO = {
  working: "Still working.",
  done: "Your address is back",
  look: "Everyone is signed out. A mail to your old address lets you choose a new password.",
  bare: "Open the link of the mail",
  bareWords: "This page needs what the link in the mail to your old address carries.",
};
