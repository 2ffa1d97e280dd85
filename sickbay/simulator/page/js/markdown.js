/** The `markdown` block: the common part of standard Markdown, as DOM nodes. Raw HTML in it stays text. */

import { h, safeLink } from "./dom.js";
import { emoji, hasEmoji } from "./emoji.js";
import { table } from "./blocks/table.js";

const ITEM = /^(\s*)([-*+]|\d+[.)])\s+(.*)$/;
const DIVIDER = /^\s*([-*_])(\s*\1){2,}\s*$/;
const TABLE_RULE = /^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/;

/** The blocks of a Markdown text. */
export function markdown(text) {
  const rows = text.replaceAll("\r\n", "\n").split("\n");
  const nodes = [];
  let at = 0;
  while (at < rows.length) {
    const [node, next] = blockAt(rows, at);
    if (node) nodes.push(node);
    at = next;
  }
  return h("div", { class: "markdown" }, nodes);
}

/** The block that begins at row `at`, and the row after it. */
function blockAt(rows, at) {
  const row = rows[at];
  if (!row.trim()) return [null, at + 1];
  if (/^\s*```/.test(row)) return fence(rows, at);
  const heading = /^(#{1,6})\s+(.*?)\s*#*$/.exec(row);
  if (heading) return [h(`h${Math.min(heading[1].length + 2, 6)}`, { class: `heading-${heading[1].length}` }, inline(heading[2])), at + 1];
  if (DIVIDER.test(row)) return [h("hr"), at + 1];
  if (/^\s*>/.test(row)) return quote(rows, at);
  if (ITEM.test(row)) return list(rows, at);
  if (row.includes("|") && TABLE_RULE.test(rows[at + 1] ?? "")) return tableAt(rows, at);
  return paragraph(rows, at);
}

function fence(rows, at) {
  let end = at + 1;
  while (end < rows.length && !/^\s*```/.test(rows[end])) end += 1;
  return [h("pre", { class: "code-block" }, rows.slice(at + 1, end).join("\n")), end + 1];
}

function quote(rows, at) {
  let end = at;
  while (end < rows.length && /^\s*>/.test(rows[end])) end += 1;
  const inner = rows.slice(at, end).map((row) => row.replace(/^\s*>\s?/, ""));
  return [h("blockquote", {}, markdown(inner.join("\n"))), end];
}

function list(rows, at) {
  const [, indent, sign] = ITEM.exec(rows[at]);
  const ordered = /\d/.test(sign);
  const items = [];
  let index = at;
  while (index < rows.length) {
    const item = ITEM.exec(rows[index]);
    if (!item || item[1].length < indent.length || /\d/.test(item[2]) !== ordered) break;
    if (item[1].length > indent.length) {
      const [inner, next] = list(rows, index);
      items.at(-1).append(inner);
      index = next;
    } else {
      items.push(h("li", {}, inline(item[3].replace(/^\[ \]\s/, "☐ ").replace(/^\[x\]\s/i, "☑ "))));
      index += 1;
    }
  }
  const start = ordered ? Number.parseInt(sign, 10) : null;
  return [h(ordered ? "ol" : "ul", { start: start > 1 ? start : null }, items), index];
}

function tableAt(rows, at) {
  let end = at + 2;
  while (end < rows.length && rows[end].includes("|")) end += 1;
  const cells = (row) => row.trim().replace(/^\||\|$/g, "").split("|").map((cell) => inline(cell.trim()));
  const alignments = rows[at + 1].trim().replace(/^\||\|$/g, "").split("|").map((rule) => {
    if (/^\s*:-+:\s*$/.test(rule)) return "center";
    return /:\s*$/.test(rule) ? "right" : "left";
  });
  return [table([rows[at], ...rows.slice(at + 2, end)].map(cells), alignments.map((align) => ({ align, is_wrapped: true }))), end];
}

function paragraph(rows, at) {
  let end = at + 1;
  while (end < rows.length && rows[end].trim() && !/^\s*(```|>|#{1,6}\s)/.test(rows[end]) && !ITEM.test(rows[end])) end += 1;
  return [h("p", {}, inline(rows.slice(at, end).join("\n"))), end];
}

// The first rule that matches at the earliest place wins; each gives the node for its match.
const RULES = [
  [/`([^`\n]+)`/, (match) => h("code", {}, match[1])],
  [/\*\*(?=\S)([\s\S]+?\S)\*\*|__(?=\S)([\s\S]+?\S)__/, (match) => h("strong", {}, inline(match[1] ?? match[2]))],
  [/~~(?=\S)([\s\S]+?\S)~~/, (match) => h("s", {}, inline(match[1]))],
  [/(?<![\w*])\*(?=[^\s*])([^*]*[^\s*])\*(?![\w*])|(?<![\w_])_(?=[^\s_])([^_]*[^\s_])_(?![\w_])/, (match) => h("em", {}, inline(match[1] ?? match[2]))],
  [/!?\[([^\]\n]+)\]\(([^)\s]+)\)/, (match) => safeLink(match[2], inline(match[1]))],
  [/<?(https?:\/\/[^\s<>()]+)>?/, (match) => safeLink(match[1], match[1])],
  [/:([a-z0-9_+-]+):/, (match) => (hasEmoji(match[1]) ? emoji(match[1]) : match[0])],
];

function inline(text) {
  const matches = RULES.map(([pattern, build]) => ({ match: pattern.exec(text), build })).filter(({ match }) => match);
  if (!matches.length) return text ? [text] : [];
  const { match, build } = matches.reduce((first, each) => (each.match.index < first.match.index ? each : first));
  const after = text.slice(match.index + match[0].length);
  return [text.slice(0, match.index), build(match), ...inline(after)];
}
