/** Block Kit: one function for each kind of block. A kind that the page does not know shows as its JSON. */

import { h, uniqueId } from "../dom.js";
import { element } from "../elements/index.js";
import { markdown } from "../markdown.js";
import { textObject } from "../mrkdwn.js";
import { richText } from "../richText.js";
import { folded } from "./folding.js";
import { picture } from "./picture.js";
import { table } from "./table.js";
import { plan, taskCard } from "./tasks.js";

const BLOCKS = { section, header, context, actions, divider, image, input, rich_text: richText, markdown: markdownBlock, table: tableBlock, data_table: tableBlock, plan, task_card: taskCard, alert, container, card, context_actions: contextActions };

/** The nodes of a list of blocks on their surface. */
export function blocks(list, surface) {
  return list.map((block, index) => {
    const named = { ...block, block_id: block.block_id ?? `block-${index}` };
    const build = BLOCKS[block.type] ?? unknown;
    return h("div", { class: `block block-${block.type}`, "data-block-id": named.block_id }, build(named, surface));
  });
}

function section(block, surface) {
  const body = h("div", { class: "section-body" },
    block.text && folded(h("div", { class: "mrkdwn" }, textObject(block.text)), block.text.text, block.expand),
    block.fields && h("div", { class: "fields" }, block.fields.map((field) => h("div", { class: "field mrkdwn" }, textObject(field)))));
  return [body, block.accessory && h("div", { class: "accessory" }, element(block.accessory, block, surface))];
}

function header(block) {
  return h("h3", {}, textObject(block.text));
}

function context(block) {
  return block.elements.map((each) => (each.type === "image"
    ? picture(each, "context-image")
    : h("span", { class: "mrkdwn" }, textObject(each))));
}

function actions(block, surface) {
  return block.elements.map((each) => element(each, block, surface));
}

function divider() {
  return h("hr");
}

function image(block) {
  const title = block.title && h("figcaption", {}, textObject(block.title));
  return h("figure", {}, title, picture(block, "block-image"));
}

function input(block, surface) {
  const id = uniqueId("input");
  const grouped = ["checkboxes", "radio_buttons"].includes(block.element.type);
  const label = [textObject(block.label), block.optional && h("span", { class: "optional" }, " (optional)")];
  const control = element(block.element, block, surface, { labelledBy: id });
  return h("div", { class: "input-block", role: grouped ? "group" : null, "aria-labelledby": grouped ? id : null },
    h("div", { class: "input-label", id }, label),
    control,
    h("div", { class: "input-error", role: "alert" }),
    block.hint && h("div", { class: "input-hint" }, textObject(block.hint)));
}

function markdownBlock(block) {
  return markdown(block.text);
}

function tableBlock(block) {
  const content = (cell) => (cell.type === "rich_text" ? richText(cell) : String(cell.text ?? cell.value ?? ""));
  return table(block.rows.map((row) => row.map(content)), block.column_settings);
}

const LEVELS = ["info", "warning", "error", "success"];

function alert(block) {
  return h("div", { class: `alert-block ${LEVELS.includes(block.level) ? block.level : ""}`, role: "note" }, textObject(block.text));
}

function container(block, surface) {
  const title = block.rich_text_title ? richText(block.rich_text_title) : block.title && textObject(block.title);
  const head = [title, block.subtitle && h("div", { class: "container-subtitle" }, textObject(block.subtitle))];
  const children = blocks(block.child_blocks, surface);
  if (!block.is_collapsible) return h("div", { class: "container-block" }, h("strong", {}, head), children);
  return h("details", { class: "container-block", open: !block.default_collapsed }, h("summary", {}, head), children);
}

function card(block, surface) {
  const part = (name, text) => text && h("div", { class: name }, textObject(text));
  return h("div", { class: "container-block" },
    block.hero_image && picture(block.hero_image, "block-image"),
    block.title && h("strong", {}, textObject(block.title)), part("container-subtitle", block.subtitle), part("mrkdwn", block.body),
    block.actions?.length > 0 && contextActions({ ...block, elements: block.actions }, surface));
}

function contextActions(block, surface) {
  return h("div", { class: "block-actions" }, actions(block, surface));
}

function unknown(block) {
  return h("details", { class: "json-fold" },
    h("summary", {}, `Block of type “${block.type}”, shown as its JSON`),
    h("pre", { class: "code-block" }, JSON.stringify(block, null, 2)));
}
