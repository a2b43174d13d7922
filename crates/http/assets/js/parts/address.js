// An email address that may break where people read a pause: behind an @ or a hyphen and before a dot.

import { h } from "../dom.js";

/** The address as nodes; as text it is what it was. */
export const address = (email) => email.split(/(?<=[@-])|(?=[.+_])/).flatMap((part, index) => (index ? [h("wbr"), part] : [part]));
