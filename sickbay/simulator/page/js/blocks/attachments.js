/** Attachments: the coloured bar, with blocks inside or the older fields. */

import { h, safeLink } from "../dom.js";
import { mrkdwn, plain } from "../mrkdwn.js";
import { blocks } from "./index.js";
import { picture } from "./picture.js";

const NAMED_COLOURS = { good: "#2eb67d", warning: "#daa038", danger: "#e01e5a" };

/** One attachment of a message. */
export function attachment(each, surface) {
  const colour = NAMED_COLOURS[each.color] ?? (/^#?[0-9a-f]{3,8}$/i.test(each.color ?? "") ? `#${each.color.replace("#", "")}` : null);
  return [
    each.pretext && h("div", { class: "mrkdwn pretext" }, mrkdwn(each.pretext)),
    h("div", { class: "attachment" },
      h("div", { class: "attachment-bar", style: colour ? { "--bar": colour } : {} }),
      h("div", { class: "attachment-body" }, each.blocks ? blocks(each.blocks, surface) : older(each))),
  ];
}

function older(each) {
  const title = each.title && plain(each.title);
  return [
    each.author_name && h("div", { class: "attachment-author" }, plain(each.author_name)),
    title && h("div", { class: "attachment-title" }, each.title_link ? safeLink(each.title_link, title) : title),
    each.text && h("div", { class: "mrkdwn" }, mrkdwn(each.text)),
    each.fields && h("div", { class: "fields" }, each.fields.map((field) => h("div", { class: field.short ? "field" : "field wide" },
      h("strong", {}, plain(field.title ?? "")), h("div", { class: "mrkdwn" }, mrkdwn(String(field.value ?? "")))))),
    each.image_url && picture({ image_url: each.image_url, alt_text: each.fallback }, "block-image"),
    each.footer && h("div", { class: "attachment-footer" }, plain(each.footer)),
  ];
}
