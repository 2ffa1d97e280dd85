/** The head of a conversation: its name, topic, members, pins, scheduled messages and bookmarks; for the app, its tabs. */

import { api } from "./api.js";
import { toast } from "./dialogs.js";
import { h, icon, renew, safeLink } from "./dom.js";
import { mrkdwn, unescape } from "./mrkdwn.js";
import { author, avatar, userName } from "./people.js";
import { openPopover } from "./popover.js";
import { store } from "./store.js";
import { dateOf, dayAndTime } from "./time.js";

/** Draws the head of the open conversation; `reveal(ts)` shows a pinned message. */
export function drawHeader(box, { reveal }) {
  const channel = store.channels.get(store.place.channel);
  const isApp = channel.is_im && channel.user === store.bot.user_id;
  const name = channel.is_im ? userName(channel.user) : channel.name;
  const sign = channel.is_im ? avatar(channel.user, name, "small") : icon(channel.is_private ? "lock" : "hash");
  renew(box,
    h("div", { class: "header-row" },
      h("h1", { class: "header-name" }, sign, h("span", {}, name), isApp && h("span", { class: "app-badge" }, "APP")),
      h("div", { class: "header-topic", title: unescape(channel.topic ?? "") }, channel.topic && mrkdwn(channel.topic)),
      !channel.is_im && members(channel)),
    bar([isApp && tabs(), pins(channel, reveal), scheduled(channel), ...bookmarks(channel)]));
}

function bar(parts) {
  const shown = parts.filter(Boolean);
  return shown.length > 0 && h("div", { class: "header-bar" }, shown);
}

function members(channel) {
  const button = h("button", { type: "button", class: "header-members", "aria-haspopup": "dialog", "aria-label": `${channel.members.length} members`, "data-testid": "members" },
    h("span", { class: "face-pile" }, channel.members.slice(0, 3).map((id) => avatar(id, userName(id), "small"))), String(channel.members.length));
  button.addEventListener("click", () => openPopover(button, h("div", { class: "member-list" },
    h("h2", {}, "Members"), addApp(channel.id),
    h("ul", {}, store.channels.get(channel.id).members.map((id) => h("li", {}, avatar(id, userName(id), "small"), userName(id), h("span", { class: "menu-detail" }, `@${store.users.get(id)?.name ?? id}`))))), { align: "end", label: "Members" }));
  return button;
}

/** The way into a channel for the app, where it is no member. */
function addApp(id) {
  const { user_id: bot, name } = store.bot;
  if (store.channels.get(id).members.includes(bot)) return null;
  const add = h("button", { type: "button", class: "button plain", onclick: async () => {
    add.disabled = true;
    await api.invite(id, bot).catch((error) => toast(error.message));
    add.replaceWith(h("p", {}, `${name} is a member now.`));
  } }, `Add ${name} to this channel`);
  return add;
}

function pins(channel, reveal) {
  if (!channel.pins?.length) return null;
  const button = h("button", { type: "button", class: "header-chip", "data-testid": "pins", "aria-haspopup": "dialog" }, icon("pin"), `${channel.pins.length} Pinned`);
  button.addEventListener("click", () => {
    const popover = openPopover(button, h("div", { class: "pin-list" }, h("h2", {}, "Pinned in this channel"), store.channels.get(channel.id).pins.map((ts) => row(ts))), { label: "Pinned messages" });
    function row(ts) {
      const message = store.message(channel.id, ts);
      return h("button", { type: "button", class: "menu-item", onclick: () => { popover.close(); reveal(ts); } },
        h("span", {}, message ? author(message).name : "Message"), h("span", { class: "menu-detail" }, `${dayAndTime(dateOf(ts))} · ${unescape(message?.text ?? "").slice(0, 90)}`));
    }
  });
  return button;
}

/** What the app has written for later. */
function scheduled(channel) {
  if (!channel.scheduled?.length) return null;
  const button = h("button", { type: "button", class: "header-chip", "data-testid": "scheduled", "aria-haspopup": "dialog" }, icon("calendar"), `${channel.scheduled.length} Scheduled`);
  button.addEventListener("click", () => openPopover(button, h("div", { class: "pin-list" }, h("h2", {}, "Scheduled for this channel"),
    store.channels.get(channel.id).scheduled.map(({ post_at, message }) => h("div", { class: "menu-item" },
      h("span", {}, dayAndTime(new Date(post_at * 1000))), h("span", { class: "menu-detail" }, unescape(message.text).slice(0, 90))))), { label: "Scheduled messages" }));
  return button;
}

function bookmarks(channel) {
  return (channel.bookmarks ?? []).map(({ title, link }) => h("span", { class: "header-chip" }, icon("bookmark"), safeLink(link, title)));
}

function tabs() {
  const tab = (id, label) => h("button", {
    type: "button", class: "tab", role: "tab", "aria-selected": String(store.place.tab === id), "data-testid": `tab-${id}`,
    onclick: () => store.go({ tab: id, thread: null }),
  }, label);
  return h("div", { class: "tabs", role: "tablist", "aria-label": "App" }, tab("home", "Home"), tab("messages", "Messages"));
}
