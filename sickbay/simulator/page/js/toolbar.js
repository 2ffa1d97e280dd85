/** The small toolbar of the message under the pointer or the focus: reactions, thread, shortcuts. There is one for the page. */

import { api } from "./api.js";
import { h, iconButton } from "./dom.js";
import { emoji } from "./emoji.js";
import { openEmojiPicker } from "./emojiPicker.js";
import { openMenu } from "./popover.js";
import { store } from "./store.js";
import { toast } from "./dialogs.js";
import { unescape } from "./mrkdwn.js";

const QUICK = ["white_check_mark", "eyes", "raised_hands"];

const toolbar = h("div", { class: "toolbar", role: "toolbar", "aria-label": "Message actions", "data-testid": "message-toolbar" });

/** Puts the toolbar on a message. An ephemeral message has no thread and takes no reactions. */
export function showToolbar(article, channel, message, { inThread }) {
  if (toolbar.parentElement === article) return;
  if (toolbar.querySelector('[aria-expanded="true"]')) return;
  toolbar.replaceChildren(...(message.is_ephemeral ? [] : tools(channel, message, inThread)), more(channel, message));
  article.append(toolbar);
}

/** Takes the toolbar away; with a message given, only from that one. */
export function hideToolbar(article) {
  const isHere = !(article instanceof Element) || toolbar.parentElement === article;
  if (isHere && !toolbar.querySelector('[aria-expanded="true"]') && !toolbar.contains(document.activeElement)) toolbar.remove();
}

function tools(channel, message, inThread) {
  const react = (name) => api.react(channel, message.ts, name, !hasReacted(message, name)).catch((error) => toast(error.message));
  return [
    ...QUICK.map((name) => h("button", { type: "button", class: "tool", "aria-label": `React with ${name.replaceAll("_", " ")}`, onclick: () => react(name) }, emoji(name))),
    iconButton("react", "Add reaction", (event) => openEmojiPicker(event.currentTarget, react), { class: "tool", "data-testid": "add-reaction" }),
    !inThread && iconButton("thread", "Reply in thread", () => store.go({ channel, thread: message.thread_ts ?? message.ts }), { class: "tool", "data-testid": "reply-in-thread" }),
  ].filter(Boolean);
}

function hasReacted(message, name) {
  return message.reactions?.some((reaction) => reaction.name === name && reaction.users.includes(store.me)) ?? false;
}

function more(channel, message) {
  const shortcuts = message.is_ephemeral ? [] : store.shortcuts.filter(({ type }) => type === "message" || type === "message_action");
  const items = [
    ...shortcuts.map(({ callback_id, name }) => ({
      label: name,
      detail: "Sickbay",
      value: callback_id,
      onchoose: () => api.shortcut({ callback_id, channel, message_ts: message.ts }).catch((error) => toast(error.message)),
    })),
    { label: "Copy text", onchoose: () => navigator.clipboard.writeText(unescape(message.text ?? "")) },
    { label: "Copy message JSON", onchoose: () => navigator.clipboard.writeText(JSON.stringify(message, null, 2)) },
  ];
  return iconButton("more", "More actions", (event) => openMenu(event.currentTarget, items, { label: "Message actions", align: "end" }), { class: "tool", "aria-haspopup": "menu" });
}
