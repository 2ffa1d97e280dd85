/** The checks that Slack's own client makes before a modal is submitted, and the marks of what was refused. */

import { h } from "./dom.js";

/** What is wrong with the inputs of a view: {block id: sentence}. */
export function problems(blocks, values, dialog) {
  const found = {};
  blocks.forEach((block, index) => {
    if (block.type !== "input") return;
    const id = block.block_id ?? `block-${index}`;
    const control = blockNode(dialog, id)?.querySelector("input, textarea");
    const sentence = isEmpty(values[id]?.[block.element.action_id])
      ? !block.optional && "Please complete this required field."
      : control?.validity.valid === false && control.validationMessage;
    if (sentence) found[id] = sentence;
  });
  return found;
}

/** Shows sentences beneath their inputs, and takes away those that no longer hold. */
export function markErrors(dialog, errors) {
  for (const node of dialog.querySelectorAll(".block")) {
    const sentence = errors[node.dataset.blockId];
    node.classList.toggle("invalid", Boolean(sentence));
    node.querySelector(".input-error")?.replaceChildren(...(sentence ? [h("span", {}, sentence)] : []));
    const control = node.querySelector("input, textarea, button.select");
    if (sentence) control?.setAttribute("aria-invalid", "true");
    else control?.removeAttribute("aria-invalid");
  }
}

export function firstInvalid(dialog) {
  return dialog.querySelector(".block.invalid :is(input, textarea, button.select)");
}

function blockNode(dialog, id) {
  return dialog.querySelector(`[data-block-id="${CSS.escape(id)}"]`);
}

function isEmpty(state) {
  if (!state) return true;
  const { type, ...chosen } = state;
  const [value] = Object.values(chosen);
  return value === null || value === undefined || value === "" || (Array.isArray(value) && value.length === 0);
}
