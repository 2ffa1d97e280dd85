/** Names and faces of the people, apps and channels of the workspace. */

import { h } from "./dom.js";
import { store } from "./store.js";

// White initials keep a contrast of at least 4.5 on each of these.
const COLOURS = ["#1264a3", "#a62b5b", "#4a6b1b", "#7a4fb5", "#9c4a00", "#0b6e6e", "#8a3b8f", "#3f5fb8"];

/** The name to show for a user id; the id itself where it is not known. */
export function userName(id) {
  const user = store.users.get(id);
  return user?.real_name || user?.name || id;
}

/** Who wrote a message: {id, name, isApp}. */
export function author(message) {
  const isApp = Boolean(message.bot_id || message.subtype === "bot_message" || store.users.get(message.user)?.is_bot);
  const id = message.user ?? (isApp ? store.bot.user_id : "");
  return { id, name: message.username || (id ? userName(id) : store.bot.name), isApp };
}

/** A square with the person's initial, or the app's drawing. */
export function avatar(id, name, size = "medium") {
  if (id === store.bot.user_id) return h("img", { class: `avatar ${size}`, src: "/page/images/sickbay.svg", alt: "" });
  return h("span", { class: `avatar ${size}`, "aria-hidden": "true", style: { "--avatar": colourOf(id || name) } }, initials(name));
}

/** The channel's name as people say it: `#ops`, or the other person's name. */
export function channelName(channel) {
  return channel.is_im ? userName(channel.user) : `#${channel.name}`;
}

function colourOf(text) {
  let sum = 0;
  for (const char of text) sum = (sum * 31 + char.codePointAt(0)) % 9973;
  return COLOURS[sum % COLOURS.length];
}

function initials(name) {
  return [...name.trim()][0]?.toUpperCase() ?? "?";
}
