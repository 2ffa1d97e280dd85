/** One message as Slack draws it: face, name, time, blocks or text, files, reactions, the line of its thread. */

import { api } from "./api.js";
import { attachment } from "./blocks/attachments.js";
import { blocks } from "./blocks/index.js";
import { folded } from "./blocks/folding.js";
import { Surface } from "./blocks/surface.js";
import { toast } from "./dialogs.js";
import { h, icon, redraw, renew, spoken } from "./dom.js";
import { emoji } from "./emoji.js";
import { file } from "./files.js";
import { isInUse } from "./inUse.js";
import { mrkdwn } from "./mrkdwn.js";
import { author, avatar, userName } from "./people.js";
import { store } from "./store.js";
import { dateOf, dayAndTime, fullTime, shortTime } from "./time.js";

// What was chosen in a message's controls outlives its edits, so the surface does too.
const surfaces = new Map();

function surfaceOf(channel, message) {
  const key = `${store.me}/${channel}/${message.ts}`;
  if (!surfaces.has(key)) {
    const ephemeral = message.is_ephemeral ? { is_ephemeral: true } : {};
    surfaces.set(key, new Surface({ channel, message_ts: message.ts, ...ephemeral }));
  }
  return surfaces.get(key);
}

/** The article of a message, with nothing in it that may change. */
export function messageArticle(message) {
  const who = author(message);
  const date = dateOf(message.ts);
  return h("article", {
    class: `message${message.is_ephemeral ? " ephemeral" : ""}`, tabindex: -1,
    "data-ts": message.ts, "data-testid": "message", "data-user": who.id, "data-ephemeral": message.is_ephemeral ? "true" : null,
    "aria-label": `${who.name}, ${shortTime(date)}`,
  },
    h("div", { class: "gutter" }, avatar(who.id, who.name), h("span", { class: "gutter-time", "aria-hidden": "true" }, shortTime(date).replace(/\s?[AP]M$/i, ""))),
    h("div", { class: "message-main" }));
}

/** From what the body in an article was drawn. */
const sources = new WeakMap();

/**
 * Draws what a message says now into its article. In a thread it has no line that leads to the thread.
 *
 * A body that says the same as before stays as it is, with what was unfolded, typed or chosen in it; one in use stays until
 * it is drawn after that.
 */
export function drawMessage(article, channel, message, { inThread = false } = {}) {
  const main = article.querySelector(".message-main");
  const old = main.querySelector(":scope > .message-body");
  const source = JSON.stringify([message.blocks, message.text, message.attachments, message.files, message.edited, store.names]);
  const stays = old && (sources.get(article) === source || isInUse(old));
  if (!stays) sources.set(article, source);
  redraw(article, () => {
    const now = stays ? old : body(channel, message);
    if (old && !stays) {
      keepFolds(old, now);
      old.remove(); // what looks the same may still do something else
    }
    renew(main,
      message.is_ephemeral && h("div", { class: "ephemeral-note" }, icon("eye"), "Only visible to you"),
      message.subtype === "thread_broadcast" && !inThread && h("div", { class: "broadcast-note" }, "replied to a thread"),
      isPinned(channel, message) && h("div", { class: "pinned-note" }, icon("pin"), "Pinned"),
      head(message),
      now,
      message.streaming_state === "in_progress" && h("div", { class: "status-line", "data-testid": "streaming" }, dots(), "is writing…"),
      reactions(channel, message),
      !inThread && threadLine(channel, message));
  }, article);
}

/** What a person has folded or unfolded in a body is so in its new drawing. */
function keepFolds(old, now) {
  const [before, after] = [old, now].map((each) => [...each.querySelectorAll("details, .see-more, .snippet-toggle")]);
  after.forEach((fold, index) => {
    const same = before[index]?.className === fold.className && before[index];
    if (same && fold.localName === "details") fold.open = same.open;
    else if (same && same.getAttribute("aria-expanded") === "true") fold.click();
  });
}

function head(message) {
  const who = author(message);
  const date = dateOf(message.ts);
  const time = h("time", { class: "message-time", datetime: date.toISOString(), title: fullTime(date) }, shortTime(date));
  return h("div", { class: "message-head" }, h("span", { class: "author" }, who.name), who.isApp && h("span", { class: "app-badge" }, "APP"), time);
}

/** Three dots that come and go. */
export function dots() {
  return h("span", { class: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i"));
}

/** Whether a message is pinned to its channel. */
export function isPinned(channel, message) {
  return store.channels.get(channel)?.pins?.includes(message.ts);
}

function body(channel, message) {
  const surface = surfaceOf(channel, message);
  const edited = message.edited && h("span", { class: "edited" }, " (edited)");
  const hasBlocks = message.blocks?.length > 0;
  const text = !hasBlocks && message.text && folded(h("div", { class: "mrkdwn" }, mrkdwn(message.text), edited), message.text, false);
  return h("div", { class: "message-body" },
    hasBlocks ? blocks(message.blocks, surface) : text,
    (message.attachments ?? []).map((each) => attachment(each, surface)),
    (message.files ?? []).map(file),
    edited && !text && h("div", { class: "edited-line" }, edited));
}

function reactions(channel, message) {
  if (!message.reactions?.length) return null;
  return h("div", { class: "reactions" }, message.reactions.map(({ name, users, count }) => {
    const mine = users.includes(store.me);
    const who = users.map((id) => (id === store.me ? "you" : userName(id))).join(", ");
    return h("button", {
      type: "button", class: "reaction", "aria-pressed": String(mine), "data-reaction": name,
      title: `${who} reacted with :${name}:`, onclick: () => api.react(channel, message.ts, name, !mine).catch((error) => toast(error.message)),
    }, emoji(name), h("span", {}, String(count)), spoken("reactions"));
  }));
}

function threadLine(channel, message) {
  if (!message.reply_count) return null;
  const replies = `${message.reply_count} ${message.reply_count === 1 ? "reply" : "replies"}`;
  const last = message.latest_reply && `Last reply ${dayAndTime(dateOf(message.latest_reply))}`;
  return h("button", {
    type: "button", class: "thread-line", "data-testid": "open-thread", onclick: () => store.go({ channel, thread: message.ts }),
  },
    h("span", { class: "thread-faces" }, (message.reply_users ?? []).slice(0, 3).map((id) => avatar(id, userName(id), "small"))),
    h("span", { class: "thread-count" }, replies),
    last && h("span", { class: "thread-last" }, last),
    icon("right"));
}
