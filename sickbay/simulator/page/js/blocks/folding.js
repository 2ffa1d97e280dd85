/** Long text in a section is cut, with “See more” beneath it, as in Slack. */

import { h } from "../dom.js";

// Slack documents that long section text folds and `expand` prevents it, not from what length on: about 700 characters.
const LONG_TEXT = 700;
const LONG_LINES = 14;

/** `node`, folded if its `text` is long and the block does not ask to be `expanded`. */
export function folded(node, text, expanded) {
  const long = text.length > LONG_TEXT || text.split("\n").length > LONG_LINES;
  if (!long || expanded) return node;
  const toggle = h("button", { type: "button", class: "see-more", "aria-expanded": "false" }, "See more");
  toggle.addEventListener("click", () => {
    const open = node.classList.toggle("folded") === false;
    toggle.textContent = open ? "See less" : "See more";
    toggle.setAttribute("aria-expanded", String(open));
  });
  node.classList.add("folded");
  return h("div", {}, node, toggle);
}
