// Sharing a token by its address.

export const LINK = {
  copied: "Die Adresse ist in der Zwischenablage.",
  fragment: " Das Token steht in ihrem Fragment, und das geht an keinen Server.",
  address: "Die Adresse:",
  strange: "Dieses Token wurde nicht hier erzeugt.",
  risk: " Ist es echt, kann jeder mit der Adresse das Token benutzen, bis es abläuft. Das Fragment geht an keinen Server, bleibt aber in Chats, Mails und im Verlauf des Browsers. ",
  anyway: "Adresse trotzdem kopieren",
  not: "Lieber nicht",
};
