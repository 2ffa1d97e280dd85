/** Slack's rich_text block. All text in it is plain: marks in a log line stay marks. */

import { h, safeLink } from "./dom.js";
import { emoji } from "./emoji.js";
import { broadcast, channelMention, date, groupMention, userMention } from "./mrkdwn.js";

/** The parts of a rich_text block, in order. */
export function richText(block) {
  return h("div", { class: "rich-text" }, (block.elements ?? []).map(part));
}

function part(element) {
  switch (element.type) {
    case "rich_text_section": return h("div", { class: "rich-section" }, inlines(element));
    case "rich_text_preformatted": return h("pre", { class: "code-block" }, inlines(element));
    case "rich_text_quote": return h("blockquote", {}, inlines(element));
    case "rich_text_list": return list(element);
    default: return h("span", { class: "unknown-inline" }, `[${element.type}]`);
  }
}

function list(element) {
  const ordered = element.style === "ordered";
  const depth = Math.min(element.indent ?? 0, 8);
  const props = { class: `rich-list depth-${depth % 3}`, style: { "--depth": depth } };
  if (ordered && element.offset) props.start = element.offset + 1;
  return h(ordered ? "ol" : "ul", props, (element.elements ?? []).map((item) => h("li", {}, inlines(item))));
}

function inlines(element) {
  return (element.elements ?? []).map((each) => styled(inline(each), each.style ?? {}));
}

function inline(element) {
  switch (element.type) {
    case "text": return element.text;
    case "link": return safeLink(element.url, element.text || element.url);
    case "emoji": return emoji(element.name, element.unicode);
    case "user": return userMention(element.user_id);
    case "channel": return channelMention(element.channel_id);
    case "usergroup": return groupMention(element.usergroup_id);
    case "broadcast": return broadcast(element.range);
    case "date": return date(element.timestamp, element.format ?? "", element.url, element.fallback);
    case "color": return colour(element.value);
    default: return h("span", { class: "unknown-inline" }, `[${element.type}]`);
  }
}

function colour(value) {
  return h("span", { class: "colour" }, value, h("span", { class: "swatch", style: { "--swatch": value } }));
}

const TAGS = { code: "code", bold: "strong", italic: "em", strike: "s", underline: "u", highlight: "mark" };

function styled(node, style) {
  return Object.entries(TAGS).reduce((inner, [name, tag]) => (style[name] ? h(tag, {}, inner) : inner), node);
}
