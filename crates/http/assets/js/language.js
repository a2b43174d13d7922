// The language of the page, and its words. Before the first paint theme.js set `lang` of the page.

const root = document.documentElement;

/** The language of this page: one of those that have a folder in texts/. */
export const language = root.lang;

/** The words of a module, in the language of the page. Only that language is loaded. */
export const words = (name) => import(`./texts/${language}/${name}.js`);

/** What of a page's own markup is shown or read out: texts, and these attributes. */
const READ_OUT = ["aria-label", "alt", "title"];

/** A text in other words, with the white space around it; unchanged when the dictionary does not have it. */
function other(dictionary, text) {
  const known = text.trim();
  return Object.hasOwn(dictionary, known) ? text.replace(known, () => dictionary[known]) : text;
}

/** Puts the page's own markup, which is written in English, into the language of the page. */
export async function translate() {
  if (language === "en") return;
  const { PAGE } = await words("page");
  document.title = document.title.split(" · ").map((part) => other(PAGE, part)).join(" · ");
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    if (node.nodeType === Node.TEXT_NODE) node.data = other(PAGE, node.data);
    else for (const name of READ_OUT) if (node.hasAttribute(name)) node.setAttribute(name, other(PAGE, node.getAttribute(name)));
  }
}

/** Keeps the other language as the visitor's choice, and shows the page in it. */
export function choose(chosen) {
  try {
    localStorage.setItem("hallpass.language", chosen);
  } catch {
    // Storage is forbidden: the browser's language stays.
    return;
  }
  location.reload();
}
