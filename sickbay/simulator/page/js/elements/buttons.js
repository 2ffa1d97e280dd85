/** Buttons and overflow menus. */

import { h, icon } from "../dom.js";
import { confirmed } from "../dialogs.js";
import { textObject } from "../mrkdwn.js";
import { openMenu } from "../popover.js";

/** A button; with a `url` it opens that page as well as telling the app. */
export function button(object, block, surface) {
  const send = async () => {
    if (node.dataset.waiting === "busy" || !(await confirmed(object.confirm, node))) return;
    if (/^https?:/i.test(object.url ?? "")) window.open(object.url, "_blank", "noopener,noreferrer");
    await surface.act(block, object, { value: object.value, text: object.text });
  };
  const node = h("button", {
    type: "button",
    class: `button ${object.style ?? "plain"}`,
    "data-action-id": object.action_id,
    "aria-label": object.accessibility_label,
    onclick: send,
  }, h("span", { class: "button-text" }, textObject(object.text)), object.url && icon("link"), icon("warning"));
  return surface.track(block, object, node);
}

/** Thumbs up and down. */
export function feedback(object, block, surface) {
  return [object.positive_button, object.negative_button].map((each) => button({ ...object, ...each }, block, surface));
}

/** The three dots, and the menu behind them. */
export function overflow(object, block, surface) {
  const choose = async (option) => {
    if (!(await confirmed(object.confirm, node))) return;
    if (/^https?:/i.test(option.url ?? "")) window.open(option.url, "_blank", "noopener,noreferrer");
    await surface.act(block, object, { selected_option: option });
  };
  const node = h("button", {
    type: "button",
    class: "button plain overflow",
    "data-action-id": object.action_id,
    "aria-label": "More actions",
    "aria-haspopup": "menu",
    onclick: () => openMenu(node, object.options.map((option) => ({
      label: textObject(option.text),
      detail: option.description?.text,
      value: option.value,
      onchoose: () => choose(option),
    }))),
  }, icon("more"), icon("warning"));
  return surface.track(block, object, node);
}
