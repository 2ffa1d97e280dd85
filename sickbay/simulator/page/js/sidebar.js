/** The channels, apps and direct messages at the left, and the narrow rail beside them. */

import { h, icon, iconButton, renew, spoken } from "./dom.js";
import { avatar, userName } from "./people.js";
import { store } from "./store.js";
import { currentTheme, toggleTheme } from "./theme.js";

/** Draws the sidebar of what the acting person may see. */
export function drawSidebar(box) {
  const channels = [...store.channels.values()].filter((channel) => !channel.is_archived);
  const rooms = channels.filter((channel) => !channel.is_im).sort((a, b) => a.name.localeCompare(b.name));
  const direct = channels.filter((channel) => channel.is_im && channel.user !== store.bot.user_id);
  const app = appChannel();
  renew(box,
    h("div", { class: "workspace-name" }, store.team.name),
    section("Channels", rooms.map((channel) => channelLink(channel, icon(channel.is_private ? "lock" : "hash"), channel.name))),
    section("Direct messages", [app, ...direct].filter(Boolean).map((channel) => (
      channelLink(channel, avatar(channel.user, userName(channel.user), "small"), userName(channel.user))))),
    section("Apps", [app && appLink(app)].filter(Boolean)));
}

/** The direct conversation with the app, which also carries its Home. */
export function appChannel() {
  return [...store.channels.values()].find((channel) => channel.is_im && channel.user === store.bot.user_id);
}

function section(title, rows) {
  if (!rows.length) return "";
  return h("section", { class: "sidebar-section", "aria-label": title }, h("h2", {}, title), h("ul", {}, rows.map((row) => h("li", {}, row))));
}

function channelLink(channel, sign, name) {
  const { place } = store;
  const open = place.channel === channel.id && place.tab === "messages";
  const unread = store.unread.get(channel.id);
  return h("a", {
    class: `sidebar-link${unread ? " unread" : ""}`, href: `#${channel.id}`, "data-channel": channel.id, "aria-current": open ? "page" : null,
    onclick: () => store.go({ channel: channel.id, thread: null, tab: "messages" }),
  }, sign, h("span", { class: "sidebar-name" }, name), unread?.mentions > 0 && h("span", { class: "badge" }, String(unread.mentions)), unread && spoken("unread"));
}

/** A link that looks the same for another person stays where it is: whose Home it opens is found when it is used. */
function openHome() {
  store.go({ channel: appChannel().id, thread: null, tab: "home" });
}

function appLink(app) {
  const open = store.place.channel === app.id && store.place.tab === "home";
  return h("button", {
    type: "button", class: "sidebar-link", "data-testid": "app-home", "aria-current": open ? "page" : null,
    onclick: openHome,
  }, avatar(store.bot.user_id, "", "small"), h("span", { class: "sidebar-name" }, userName(store.bot.user_id)), h("span", { class: "sidebar-tag" }, "Home"));
}

/** Draws the rail: the views of the page, and its colours at the foot. */
export function drawRail(box, { inspector }) {
  const item = (drawing, label, pressed, onclick, testid) => h("button", { type: "button", class: "rail-item", "aria-pressed": String(pressed), onclick, "data-testid": testid },
    h("span", { class: "rail-sign" }, icon(drawing)), h("span", { class: "rail-label" }, label));
  const { place } = store;
  const app = appChannel();
  const firstRoom = [...store.channels.values()].find((channel) => !channel.is_im);
  const theme = iconButton(currentTheme() === "dark" ? "sun" : "moon", currentTheme() === "dark" ? "Light colours" : "Dark colours", toggleTheme, { class: "rail-round", "data-testid": "theme-toggle" });
  renew(box,
    h("img", { class: "rail-logo", src: "/page/images/sickbay.svg", alt: "" }),
    item("home", "Home", place.channel !== app?.id, () => firstRoom && store.go({ channel: firstRoom.id, thread: null, tab: "messages" }), "rail-home"),
    app ? item("app", "App", place.channel === app.id, openHome, "rail-app") : "",
    item("pulse", "Inspect", inspector.isOpen, () => inspector.toggle(), "inspector-toggle"),
    h("div", { class: "rail-foot" }, theme));
}
