/** Checkboxes and radio buttons. */

import { h, uniqueId } from "../dom.js";
import { confirmed } from "../dialogs.js";
import { textObject } from "../mrkdwn.js";

const same = (one) => (other) => one.value === other.value;

export function checkboxes(object, block, surface) {
  const chosen = surface.value(block, object)?.selected_options ?? object.initial_options ?? [];
  surface.set(block, object, { selected_options: chosen });
  return choices(object, block, surface, "checkbox", (option) => chosen.some(same(option)), (picked) => ({ selected_options: picked }));
}

export function radioButtons(object, block, surface) {
  const chosen = surface.value(block, object)?.selected_option ?? object.initial_option ?? null;
  surface.set(block, object, { selected_option: chosen });
  return choices(object, block, surface, "radio", (option) => chosen?.value === option.value, (picked) => ({ selected_option: picked[0] ?? null }));
}

function choices(object, block, surface, type, isChosen, toState) {
  const name = uniqueId("choice");
  const rows = object.options.map((option) => {
    const box = h("input", { type, name, checked: isChosen(option), onchange: changed });
    const description = option.description && h("span", { class: "choice-detail" }, textObject(option.description));
    return { option, box, label: h("label", { class: "choice" }, box, h("span", {}, textObject(option.text), description)) };
  });
  async function changed(event) {
    if (!(await confirmed(object.confirm, event.target))) {
      event.target.checked = type === "radio" ? false : !event.target.checked;
      return;
    }
    await surface.change(block, object, toState(rows.filter(({ box }) => box.checked).map(({ option }) => option)));
  }
  return h("div", { class: "choices", "data-action-id": object.action_id }, rows.map(({ label }) => label));
}
