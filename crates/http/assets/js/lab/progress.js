// What a visitor has done, kept in this browser and nowhere else.

const NAME = "hallpass.lab";
let memory = null;

function read() {
  if (memory) return memory;
  try {
    memory = JSON.parse(localStorage.getItem(NAME) ?? "{}");
  } catch {
    memory = null; // Storage is forbidden, or holds something else: then this visit is all that is remembered.
  }
  if (!memory || typeof memory !== "object" || Array.isArray(memory)) memory = {};
  return memory;
}

/** What is kept under a name. */
export const recall = (name, otherwise) => read()[name] ?? otherwise;

/** Keeps a value. */
export function keep(name, value) {
  read()[name] = value;
  try {
    localStorage.setItem(NAME, JSON.stringify(memory));
  } catch {
    // Forbidden or full: it is remembered until the page is left.
  }
}
