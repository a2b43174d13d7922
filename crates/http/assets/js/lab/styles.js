// Styles that only some parts of the lab need.

const sheets = new Map();

const load = (name) => new Promise((loaded, failed) => {
  const link = document.createElement("link");
  const address = new URL(`../../css/lab_${name}.css`, import.meta.url).href;
  Object.assign(link, { rel: "stylesheet", href: address });
  link.addEventListener("load", loaded);
  link.addEventListener("error", () => {
    link.remove();
    sheets.delete(name);
    failed(new Error(`no styles from ${address}`));
  });
  document.head.append(link);
});

/** The styles of a part, loaded once. A part draws when they are there, or it would be seen without them. */
export function styles(name) {
  if (!sheets.has(name)) sheets.set(name, load(name));
  return sheets.get(name);
}
