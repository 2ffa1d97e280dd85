/** The small toolbar of the message under the pointer or the focus: reactions, thread, shortcuts. There is one for the page. */

import { api } from "./api.js";
import { fill, h, icon, iconButton } from "./dom.js";
import { emoji } from "./emoji.js";
import { openEmojiPicker } from "./emojiPicker.js";
import { isPinned } from "./message.js";
import { openMenu } from "./popover.js";
import { store } from "./store.js";
import { toast } from "./dialogs.js";
import { unescape } from "./mrkdwn.js";

const QUICK = ["white_check_mark", "eyes", "raised_hands"];
/** Its menu is open, or what was chosen there waits for the app. */
const IN_USE = '[aria-expanded="true"], [data-waiting="busy"]';
const LATE = "The app did not answer within 3 seconds.";

const toolbar = h("div", { class: "toolbar", role: "toolbar", "aria-label": "Message actions", "data-testid": "message-toolbar" });

/** Puts the toolbar on a message. An ephemeral message has no thread and takes no reactions. */
export function showToolbar(article, channel, message, { inThread }) {
  if (toolbar.parentElement === article) return;
  if (toolbar.querySelector(IN_USE)) return;
  toolbar.replaceChildren(...(message.is_ephemeral ? [] : tools(channel, message, inThread)), more(channel, message));
  article.append(toolbar);
}

/** Takes the toolbar away, unless it is in use. */
export function hideToolbar() {
  if (!toolbar.querySelector(IN_USE) && !toolbar.contains(document.activeElement)) toolbar.remove();
}

/** Takes the toolbar away from a message that neither the pointer nor the focus is on any more. */
export function leaveToolbar() {
  if (!toolbar.parentElement?.matches(":hover, :focus-within")) hideToolbar();
}

function tools(channel, message, inThread) {
  const react = (name) => api.react(channel, message.ts, name, !hasReacted(latest(channel, message), name)).catch((error) => toast(error.message));
  return [
    ...QUICK.map((name) => h("button", { type: "button", class: "tool", "aria-label": `React with ${name.replaceAll("_", " ")}`, onclick: () => react(name) }, emoji(name))),
    iconButton("react", "Add reaction", (event) => openEmojiPicker(event.currentTarget, react), { class: "tool", "data-testid": "add-reaction" }),
    !inThread && iconButton("thread", "Reply in thread", () => store.go({ channel, thread: message.thread_ts ?? message.ts }), { class: "tool", "data-testid": "reply-in-thread" }),
  ].filter(Boolean);
}

/** The message as it is now: the toolbar stays on it while it changes. */
function latest(channel, message) {
  return store.message(channel, message.ts) ?? message;
}

function hasReacted(message, name) {
  return message.reactions?.some((reaction) => reaction.name === name && reaction.users.includes(store.me)) ?? false;
}

function more(channel, message) {
  const shortcuts = message.is_ephemeral ? [] : store.shortcuts.filter(({ type }) => type === "message" || type === "message_action");
  const items = () => [
    ...shortcuts.map(({ callback_id, name }) => ({
      label: name,
      detail: "Sickbay",
      value: callback_id,
      onchoose: () => use(button, { callback_id, channel, message_ts: message.ts }),
    })),
    ...(message.is_ephemeral ? [] : [pinning(channel, message)]),
    { label: "Copy text", onchoose: () => navigator.clipboard.writeText(unescape(latest(channel, message).text ?? "")) },
    { label: "Copy message JSON", onchoose: () => navigator.clipboard.writeText(JSON.stringify(latest(channel, message), null, 2)) },
  ];
  const button = iconButton("more", "More actions", () => openMenu(button, items(), { label: "Message actions", align: "end" }), { class: "tool", "aria-haspopup": "menu", "data-testid": "more-actions" });
  return button;
}

function pinning(channel, message) {
  const on = !isPinned(channel, message);
  const onchoose = () => api.pin(channel, message.ts, on).catch((error) => toast(error.message));
  return { label: on ? "Pin to this channel" : "Unpin from this channel", value: "pin", onchoose };
}

/** Uses a shortcut on a message. Its button spins until the app acknowledged it, and carries a warning if it did not. */
async function use(button, shortcut) {
  button.dataset.waiting = "busy";
  button.toggleAttribute("aria-busy", true);
  let problem = LATE;
  try {
    problem = (await api.shortcut(shortcut)).acked ? null : LATE;
  } catch (error) {
    problem = error.message;
  }
  delete button.dataset.waiting;
  button.toggleAttribute("aria-busy", false);
  if (problem) {
    fill(button, icon("warning"));
    button.title = problem;
    toast(problem);
  } else {
    leaveToolbar();
  }
}
