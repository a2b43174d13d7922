// Finds sentences that a German page says in English.

/** Every text that is shown or read out, but for code, tokens and what says of itself that it is in another language. */
export const shown = (page) => page.evaluate(() => {
  const isOther = (node) => node.closest("pre, code, .mono, .token, [lang]:not(html), script, style, noscript");
  const found = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    if (node.nodeType === Node.TEXT_NODE) {
      if (!isOther(node.parentElement)) found.push(node.data);
    } else if (!isOther(node)) {
      for (const name of ["aria-label", "alt", "title", "placeholder", "data-label"]) if (node.hasAttribute(name)) found.push(node.getAttribute(name));
    }
  }
  return found.map((text) => text.trim().replace(/\s+/g, " "));
});

/** A sentence of the page, and no name, number or address. */
const isSentence = (text) => /[a-z]{2,} [a-z]{2,}/i.test(text) && !/@|https?:/.test(text);

export const GERMAN = /\b(der|die|das|und|ist|nicht|ein|eine|mit|von|wird|dein|deine|du|zu|im|für)\b/i;
const ENGLISH = /\b(the|is|are|of|and|this|that|with|not|your|you|it|has|what|from|for)\b/i;

/** What the page says in English though it should not. */
export const left = (texts, english) => texts.filter((text) => isSentence(text) && ((english.has(text) && ENGLISH.test(text)) || (ENGLISH.test(text) && !GERMAN.test(text))));
