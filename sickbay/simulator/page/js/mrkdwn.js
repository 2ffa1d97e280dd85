/**
 * Slack's mrkdwn as DOM nodes: *bold*, _italic_, ~strike~, `code`, fenced code, quotes, bullets, `<…>` tokens and `:emoji:`.
 *
 * The text arrives with `&`, `<` and `>` as entities; they are turned back only where text becomes a text node, so an
 * escaped `&lt;!channel&gt;` can never become a mention.
 */

import { h, safeLink } from "./dom.js";
import { emoji, hasEmoji } from "./emoji.js";
import { channelName, userName } from "./people.js";
import { store } from "./store.js";
import { fillDateTemplate, fullTime } from "./time.js";

const STYLES = { "*": "strong", _: "em", "~": "s" };
const WORD = /[\p{L}\p{N}]/u;

/** Turns Slack's three entities back into characters. */
export function unescape(text) {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}

/** A whole text: blocks of code, quotes and lines. */
export function mrkdwn(text) {
  const nodes = [];
  const parts = text.split(/```\n?([\s\S]+?)\n?```/);
  parts.forEach((part, index) => {
    if (index % 2 === 1) nodes.push(h("pre", { class: "code-block" }, unescape(plainTokens(part))));
    else nodes.push(...lines(trimAroundCode(part, index > 0, index < parts.length - 1)));
  });
  return nodes;
}

/** One of Slack's text objects, {type: "mrkdwn" | "plain_text", text, emoji?}. */
export function textObject(object) {
  if (!object) return [];
  return object.type === "mrkdwn" ? mrkdwn(object.text ?? "") : plain(object.text ?? "");
}

/** Plain text, where only emoji names mean something. Nothing is unescaped: plain text is not escaped. */
export function plain(text) {
  return text.split(/(:[a-z0-9_+-]+:)/).map((part) => {
    const name = part.slice(1, -1);
    return /^:.+:$/.test(part) && hasEmoji(name) ? emoji(name) : part;
  });
}

function trimAroundCode(text, afterCode, beforeCode) {
  let result = text;
  if (afterCode) result = result.replace(/^\n/, "");
  if (beforeCode) result = result.replace(/\n$/, "");
  return result;
}

/** Groups the lines into quotes, bullets and plain runs. */
function lines(text) {
  const groups = [];
  for (const line of text.split("\n")) {
    const quote = /^(?:&gt;|>)\s?(.*)$/.exec(line);
    const bullet = /^\s*•\s+(.*)$/.exec(line);
    const kind = quote ? "quote" : bullet ? "bullet" : "plain";
    const content = quote?.[1] ?? bullet?.[1] ?? line;
    if (groups.at(-1)?.kind === kind) groups.at(-1).lines.push(content);
    else groups.push({ kind, lines: [content] });
  }
  return groups.flatMap(group);
}

function group({ kind, lines: content }) {
  if (kind === "quote") return h("blockquote", {}, inline(content.join("\n")));
  if (kind === "bullet") return h("ul", {}, content.map((line) => h("li", {}, inline(line))));
  return content.every((line) => line === "") && content.length === 1 ? [] : inline(content.join("\n"));
}

/** Marks, tokens and emoji within a run of lines. */
function inline(text) {
  const nodes = [];
  let literal = "";
  let index = 0;
  const flush = () => {
    if (literal) nodes.push(unescape(literal));
    literal = "";
  };
  while (index < text.length) {
    const found = atom(text, index);
    if (found) {
      flush();
      nodes.push(found.node);
      index = found.end;
    } else {
      literal += text[index];
      index += 1;
    }
  }
  flush();
  return nodes;
}

/** What begins at `index`, if anything does: {node, end}. */
function atom(text, index) {
  switch (text[index]) {
    case "`": return code(text, index);
    case "<": return angle(text, index);
    case ":": return emojiAt(text, index);
    case "*": case "_": case "~": return styled(text, index);
    default: return null;
  }
}

function code(text, index) {
  const end = text.indexOf("`", index + 1);
  const content = end > index + 1 ? text.slice(index + 1, end) : "";
  if (!content || content.includes("\n")) return null;
  return { node: h("code", {}, unescape(plainTokens(content))), end: end + 1 };
}

function angle(text, index) {
  const end = text.indexOf(">", index);
  const content = end > 0 ? text.slice(index + 1, end) : "";
  const node = content && !/[\n<]/.test(content) ? token(content) : null;
  return node && { node, end: end + 1 };
}

function emojiAt(text, index) {
  const match = /^:([a-z0-9_+-]+(?:::skin-tone-\d)?):/.exec(text.slice(index, index + 60));
  return match && hasEmoji(match[1]) ? { node: emoji(match[1]), end: index + match[0].length } : null;
}

function styled(text, index) {
  const mark = text[index];
  if (WORD.test(text[index - 1] ?? " ") || /[\s]/.test(text[index + 1] ?? " ") || text[index + 1] === mark) return null;
  const end = closing(text, index + 1, mark);
  return end === -1 ? null : { node: h(STYLES[mark], {}, inline(text.slice(index + 1, end))), end: end + 1 };
}

/** Where the style that began before `from` ends, on the same line, code and tokens jumped over; -1 if it does not. */
function closing(text, from, mark) {
  for (let index = from; index < text.length && text[index] !== "\n"; index += 1) {
    if (text[index] === "`" || text[index] === "<") index = (atom(text, index)?.end ?? index + 1) - 1;
    else if (text[index] === mark && !/\s/.test(text[index - 1]) && !WORD.test(text[index + 1] ?? " ")) return index;
  }
  return -1;
}

/** The inside of `<…>`: a mention, a date or a link; null where it is none. */
function token(content) {
  const [target, label] = split(content, "|");
  if (/^@[UW]/.test(target)) return userMention(target.slice(1));
  if (/^#[CG]/.test(target)) return channelMention(target.slice(1), label);
  if (target.startsWith("!")) return special(target.slice(1), label);
  if (/^[a-z][a-z0-9+.-]*:/i.test(target)) return safeLink(unescape(target), label ? inline(label) : unescape(target));
  return null;
}

function split(text, separator) {
  const at = text.indexOf(separator);
  return at === -1 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}

export function userMention(id) {
  return h("span", { class: id === store.me ? "mention mine" : "mention" }, `@${userName(id)}`);
}

export function channelMention(id, label) {
  const channel = store.channels.get(id);
  return h("a", { class: "mention", href: `#${id}` }, channel ? channelName(channel) : `#${label || id}`);
}

export function groupMention(id, label) {
  const group = store.usergroups.get(id);
  return h("span", { class: group?.users.includes(store.me) ? "mention mine" : "mention" }, group ? `@${group.handle}` : label || `@${id}`);
}

export function broadcast(range) {
  return h("span", { class: "mention mine" }, `@${range}`);
}

function special(target, label) {
  if (["channel", "here", "everyone"].includes(target)) return broadcast(target);
  if (target.startsWith("subteam^")) return groupMention(target.slice("subteam^".length), label);
  if (target.startsWith("date^")) {
    const [, seconds, template, url] = target.split("^");
    return date(seconds, template ?? "", url, unescape(label));
  }
  return h("span", { class: "mention" }, `<${label || target}>`);
}

/** A moment in the reader's own time zone; the fallback where the template cannot be filled. */
export function date(seconds, template, url, fallback) {
  const text = fillDateTemplate(seconds, unescape(template)) ?? fallback ?? "";
  if (url) return safeLink(unescape(url), text);
  return h("time", { title: fullTime(new Date(Number(seconds) * 1000)) }, text);
}

/** Inside code, tokens show as their words only. */
function plainTokens(text) {
  return text.replace(/<([^<>\n]+)>/g, (_, content) => split(content, "|")[1] || content);
}
