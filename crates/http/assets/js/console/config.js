// The configuration in force.

import { get } from "../api.js";
import { byId, h, show, table, tag } from "../dom.js";
import { withMessage } from "../parts/pages.js";

const columns = [{ name: "Setting" }, { name: "Value", class: "break" }, { name: "From" }];

/** Shows every setting with where its value comes from. */
export const config = () =>
  withMessage(byId("config"), async () => {
    const { settings } = await get("/admin/config");
    const rows = settings.map(({ key, value, source, about }) => [
      [h("code", {}, key), h("p", { class: "hint" }, about)],
      h("code", {}, value),
      tag(source, source === "default" ? "" : "info"),
    ]);
    show(byId("config"), table(columns, rows, { caption: "Settings in force" }));
  });
