/** Controls to type into: text, numbers, dates and times. */

import { h } from "../dom.js";

const DEBOUNCE_MS = 400;

/** Makes the function for plain text, e-mail or URL inputs. */
export function textInput(type) {
  return (object, block, surface, labelledBy) => {
    const initial = surface.value(block, object)?.value ?? object.initial_value ?? null;
    surface.set(block, object, { value: initial });
    const node = h(object.multiline ? "textarea" : "input", {
      class: "text-input",
      type: object.multiline ? null : type,
      rows: object.multiline ? 4 : null,
      ...shared(object, labelledBy),
      minlength: object.min_length,
      maxlength: object.max_length,
      value: initial ?? "",
    });
    typing(node, object, block, surface, () => ({ value: node.value || null }));
    return node;
  };
}

export function number(object, block, surface, labelledBy) {
  const initial = surface.value(block, object)?.value ?? object.initial_value ?? null;
  surface.set(block, object, { value: initial });
  const node = h("input", {
    class: "text-input", type: "number", ...shared(object, labelledBy),
    min: object.min_value, max: object.max_value, step: object.is_decimal_allowed ? "any" : 1, value: initial ?? "",
  });
  typing(node, object, block, surface, () => ({ value: node.value || null }));
  return node;
}

/** Makes the function for a date, a time, or both; the browser's own picker does the rest. */
export function moment(type, field, initialField) {
  const both = type === "datetime-local";
  return (object, block, surface, labelledBy) => {
    const initial = surface.value(block, object)?.[field] ?? object[initialField] ?? null;
    surface.set(block, object, { [field]: initial });
    const node = h("input", {
      class: "text-input moment", type, ...shared(object, labelledBy), value: both ? localMinute(initial) : (initial ?? ""),
      onchange: () => {
        const chosen = both ? Math.floor(new Date(node.value).getTime() / 1000) || null : node.value || null;
        surface.change(block, object, { [field]: chosen });
      },
    });
    return surface.track(block, object, node);
  };
}

function shared(object, labelledBy) {
  const placeholder = object.placeholder?.text;
  return {
    placeholder,
    "data-action-id": object.action_id,
    "aria-labelledby": labelledBy,
    "aria-label": labelledBy ? null : placeholder ?? object.action_id,
    autofocus: object.focus_on_load,
  };
}

/** Keeps the state current; where the block asks for it, tells the app on Enter or as characters are entered. */
function typing(node, object, block, surface, state) {
  const triggers = object.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];
  let timer;
  const send = () => surface.act(block, object, state());
  node.addEventListener("input", () => {
    surface.set(block, object, state());
    if (!block.dispatch_action || !triggers.includes("on_character_entered")) return;
    clearTimeout(timer);
    timer = setTimeout(send, DEBOUNCE_MS);
  });
  node.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !block.dispatch_action || !triggers.includes("on_enter_pressed")) return;
    event.preventDefault();
    send();
  });
}

function localMinute(seconds) {
  if (!seconds) return "";
  const date = new Date(seconds * 1000);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
