/** Things that open beside a control and close by Esc, a click elsewhere or a choice: the browser's own popovers. */

import { h } from "./dom.js";
import { use } from "./inUse.js";

const GAP = 6;
const EDGE = 8;

/**
 * Shows `content` under `anchor`, or above it where there is no room.
 * `onclose` runs once, however it closes; focus goes back to the anchor unless it went elsewhere. Gives {close, place}.
 */
export function openPopover(anchor, content, { onclose, label, align = "start" } = {}) {
  const node = h("div", { class: "popover", popover: "auto", "aria-label": label }, content);
  (anchor.closest("dialog") ?? document.body).append(node);
  const release = use(anchor);
  node.addEventListener("toggle", (event) => {
    if (event.newState !== "closed") return;
    release();
    const lostFocus = node.contains(document.activeElement) || document.activeElement === document.body;
    node.remove();
    if (lostFocus) anchor.focus();
    onclose?.();
  });
  node.showPopover();
  const place = () => placeBeside(anchor, node, align);
  place();
  return { close: () => node.hidePopover(), place };
}

function placeBeside(anchor, node, align) {
  const around = anchor.getBoundingClientRect();
  const { width, height } = node.getBoundingClientRect();
  const below = around.bottom + GAP + height <= innerHeight - EDGE || around.top < innerHeight / 2;
  const top = below ? around.bottom + GAP : around.top - GAP - height;
  const left = align === "end" ? around.right - width : around.left;
  node.style.top = `${Math.max(EDGE, Math.min(top, innerHeight - EDGE - height))}px`;
  node.style.left = `${Math.max(EDGE, Math.min(left, innerWidth - EDGE - width))}px`;
}

/** A menu of [{label, detail?, value?, onchoose}]; arrow keys move, Enter chooses. */
export function openMenu(anchor, items, { label = "Menu", align } = {}) {
  const rows = items.map((item) => h("button", {
    type: "button", class: "menu-item", role: "menuitem", tabindex: -1, "data-value": item.value,
    onclick: () => {
      popover.close();
      item.onchoose();
    },
  }, h("span", {}, item.label), item.detail && h("span", { class: "menu-detail" }, item.detail)));
  const menu = h("div", { class: "menu", role: "menu", "aria-label": label, onkeydown: (event) => moveFocus(event, rows) }, rows);
  const popover = openPopover(anchor, menu, { align, onclose: () => anchor.setAttribute("aria-expanded", "false") });
  anchor.setAttribute("aria-expanded", "true");
  rows[0]?.focus();
}

/** Moves the focus among `rows` by arrow keys, Home and End. */
export function moveFocus(event, rows) {
  const at = rows.indexOf(document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key];
  if (to === undefined || !rows.length) return;
  event.preventDefault();
  rows[(to + rows.length) % rows.length].focus();
}
