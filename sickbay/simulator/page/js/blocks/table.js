/** Tables: Slack's `table` block, and those of Markdown. */

import { h } from "../dom.js";

/** A table whose first row is its header. `rows` holds nodes for each cell, `columns` [{align, is_wrapped}]. */
export function table(rows, columns = []) {
  const [head = [], ...body] = rows;
  const cell = (tag) => (content, index) => {
    const column = columns[index] ?? {};
    return h(tag, { class: `${column.align ?? "left"} ${column.is_wrapped ? "wrapped" : "clipped"}`, ...(tag === "th" && { scope: "col" }) }, content);
  };
  return h("div", { class: "table-scroll", tabindex: 0, role: "region", "aria-label": "Table" },
    h("table", { class: "table-block" },
      h("thead", {}, h("tr", {}, head.map(cell("th")))),
      h("tbody", {}, body.map((row) => h("tr", {}, row.map(cell("td")))))));
}
