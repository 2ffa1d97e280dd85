/** Block elements: one function for each kind of control. */

import { h } from "../dom.js";
import { picture } from "../blocks/picture.js";
import { button, feedback, overflow } from "./buttons.js";
import { checkboxes, radioButtons } from "./choices.js";
import { moment, number, textInput } from "./inputs.js";
import { select } from "./select.js";

const ELEMENTS = {
  button,
  overflow,
  feedback_buttons: feedback,
  icon_button: (object, block, surface) => button({ ...object, text: object.text ?? { type: "plain_text", text: object.icon } }, block, surface),
  checkboxes,
  radio_buttons: radioButtons,
  plain_text_input: textInput("text"),
  email_text_input: textInput("email"),
  url_text_input: textInput("url"),
  number_input: number,
  datepicker: moment("date", "selected_date", "initial_date"),
  timepicker: moment("time", "selected_time", "initial_time"),
  datetimepicker: moment("datetime-local", "selected_date_time", "initial_date_time"),
  image: (element) => picture(element, "accessory-image"),
};

/** A control in its block. `labelledBy` is the id of the label that names it. */
export function element(object, block, surface, { labelledBy } = {}) {
  if (/(^|_)select$/.test(object.type)) return select(object, block, surface, labelledBy);
  const build = ELEMENTS[object.type];
  if (build) return build(object, block, surface, labelledBy);
  return h("details", { class: "json-fold" },
    h("summary", {}, `Element of type “${object.type}”, shown as its JSON`),
    h("pre", { class: "code-block" }, JSON.stringify(object, null, 2)));
}
