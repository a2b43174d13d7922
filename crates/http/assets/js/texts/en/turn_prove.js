// The challenge of “Prove”.

export const TASK = {
  lead: "Mila has just registered, and gets a mail with a link. Before she reads it, a scanner at her company opens every link in it, and presses every button on the pages behind them. Only Mila may prove her address, and her link must still work when she comes.",
  questions: [
    {
      id: "link",
      ask: "What does the link in your mail do?",
      choices: {
        once: "Opening it proves the address. It works once.",
        lasting: "Opening it proves the address. It works for a day, however often it is opened.",
        button: "It opens a page with a button. The button proves the address. It works once.",
        session: "It opens a page. The page proves the address only for the user who is signed in there. It works once.",
      },
    },
  ],
  registers: "Mila registers, and is signed in.",
  mail: "a mail with a link",
  fragment: "The token stands after the # of the link. A browser sends that to no server, and no log has it.",
  scans: "The scanner opens the link.",
  scansHere: "The scanner opens the link: a page, without the token. Even if it asks for the address that the page posts to:",
  presses: "The scanner presses the button, as its program does with every button.",
  mila: "Mila, from the browser that she has registered in.",
  getSays: "Nothing here acts on GET.",
  noSession: "The token alone is not enough. It is not used up by this either.",
  simulated: (status) => `${status} (simulated)`,
  simulatedSays: "Your rule is simulated in your browser. hallpass has no setting for it.",
  state: (isUnproved) => (isUnproved ? "The address is still unproved." : "The address is proved."),
  by: { scanner: "proved by the scanner", browser: "proved by Mila" },
  byScanner: "A program that nobody asked has answered for the mailbox.",
  byMila: "She has the mailbox and the session, which is what had to be shown.",
  because: {
    once: "The scanner proved the address, and used the link up. Mila only saw an error. And had a thief registered her address, her own company's scanner would have proved it for him.",
    lasting: "Mila saw no error, but the scanner had proved the address long before. Had a thief registered it, he would now have a proved account, without a single click of hers.",
    button: "A page with a button stops programs that only follow links. This one presses buttons, too, so the address was proved without Mila, and her link was used up.",
    session: "A program that opens links has no session of Mila's, so it proves nothing and uses nothing up. Somebody who has the mailbox but no session resets the password instead, which ends whatever a stranger has set up.",
  },
};
