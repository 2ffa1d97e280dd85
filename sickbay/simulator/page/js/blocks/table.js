/** Tables: Slack's `table` block, and those of Markdown. */

import { h } from "../dom.js";

/**
 * A table whose first row is its header, scrolled where it is wider than its message.
 * `rows` holds nodes for each cell, `columns` [{align, is_wrapped}].
 */
export function table(rows, columns = []) {
  const [head = [], ...body] = rows;
  const cell = (tag) => (content, index) => {
    const column = columns[index] ?? {};
    const text = column.is_wrapped ? h("div", { class: "wrapped" }, content) : content;
    return h(tag, { class: column.align ?? "left", scope: tag === "th" && "col" }, text);
  };
  return h("div", { class: "table-scroll", tabindex: 0, role: "region", "aria-label": "Table" },
    h("table", { class: "table-block" },
      h("thead", {}, h("tr", {}, head.map(cell("th")))),
      h("tbody", {}, body.map((row) => h("tr", {}, row.map(cell("td")))))));
}
