/** Puts the page together: reads the workspace's state, follows its stream, and shows the place that the address names. */

import { actAs, actingUser, api, streamUrl } from "./api.js";
import { Composer } from "./composer.js";
import { toast } from "./dialogs.js";
import { fill, icon, redraw } from "./dom.js";
import { frameHandler } from "./events.js";
import { Faults } from "./faults.js";
import { drawHeader } from "./header.js";
import { betweenPresses, isInUse } from "./inUse.js";
import { Inspector } from "./inspector.js";
import { MessageList } from "./messageList.js";
import { Modals, homeView } from "./modal.js";
import { channelName } from "./people.js";
import { drawRail, drawSidebar } from "./sidebar.js";
import { store } from "./store.js";
import { Stream } from "./stream.js";
import { ThreadPanel, loadThread } from "./thread.js";
import { drawNotice, drawUserSwitcher } from "./topbar.js";
import { welcome } from "./welcome.js";

const RETRY_MS = 2_000;
const HOME = "home";
const box = (id) => document.getElementById(id);

const faults = new Faults();
const inspector = new Inspector(box("inspector"), faults.node, drawChrome);
const modals = new Modals();
const composer = new Composer(box("composer"), "composer");
const messages = new MessageList(box("messages"), { intro: (channel, isEmpty) => welcome(channel, isEmpty, (text) => composer.write(text)) });
const thread = new ThreadPanel(box("thread"));
const stream = new Stream(streamUrl, {
  onup: refresh,
  ondown: () => drawNotice(box("notice"), "down"),
  onevent: betweenPresses(frameHandler({ modals, inspector, faults, showHome, announcer: box("announcer") })),
});
let shown = {};
/** The view of the App Home, the one that is drawn, and how often the stream told of one. */
let home = null;
let homeDrawn;
let homesTold = 0;

/** Reads all anew: at the start, after each reconnection, and when another person acts. */
async function refresh() {
  const user = actingUser();
  try {
    const state = await api.state();
    if (actingUser() !== user) return;
    store.setState(state);
    allowGoing(true);
    drawNotice(box("notice"), "up");
    redraw(box("tools"), (tools) => drawUserSwitcher(tools, switchUser));
    if (!store.place.channel) store.go(placeOfAddress());
    else await loadPlace();
    await Promise.all([inspector.load(), faults.load()]);
  } catch (error) {
    drawNotice(box("notice"), error.message);
    if (error.status !== 403) setTimeout(() => stream.start(), RETRY_MS);
  }
}

async function loadPlace() {
  const { channel, thread: ts, tab } = store.place;
  const loading = [store.read(channel, api.messages(channel))];
  if (tab === HOME) loading.push(readHome());
  if (ts) loading.push(loadThread(channel, ts));
  await Promise.all(loading);
}

/** Until the new person's channels are known, the page still shows those of the one before, which lead nowhere. */
function switchUser(user) {
  actAs(user);
  allowGoing(false);
  store.forget();
  modals.clear();
  showHome(null);
  shown = {};
  stream.start();
}

function allowGoing(isAllowed) {
  for (const part of ["rail", "stage"]) box(part).inert = !isAllowed;
}

/** The place in the address, `#CHANNEL/THREAD` or `#CHANNEL/home`, or the first channel. */
function placeOfAddress() {
  const [channel, ts] = location.hash.slice(1).split("/");
  if (store.channels.has(channel)) return ts === HOME ? { channel, thread: null, tab: HOME } : { channel, thread: ts || null, tab: "messages" };
  const rooms = [...store.channels.values()];
  const first = rooms.find((each) => !each.is_im && !each.is_archived) ?? rooms[0];
  return { channel: first.id, thread: null, tab: "messages" };
}

function showPlace(place) {
  const { channel, thread: ts, tab } = place;
  const before = shown;
  shown = place;
  drawChrome();
  box("frame").classList.remove("sidebar-open");
  history.replaceState(null, "", `${location.pathname}${location.search}#${[channel, ts ?? (tab === HOME && HOME)].filter(Boolean).join("/")}`);
  document.title = `${channelName(store.channels.get(channel))} · Sickbay local workspace`;
  box("home").hidden = tab !== HOME;
  box("messages").hidden = tab !== "messages";
  box("composer").hidden = tab !== "messages";
  if (before.channel !== channel) openChannel(channel);
  if (!before.channel && !ts && document.activeElement === document.body) composer.focus();
  if (before.tab !== tab || before.channel !== channel) openTab(channel, tab).catch((error) => toast(error.message));
  if (before.thread !== ts || before.channel !== channel) {
    thread.show(place, { focus: Boolean(ts && before.channel) }).catch((error) => toast(error.message));
  }
}

function openChannel(channel) {
  const name = channelName(store.channels.get(channel));
  messages.show(channel, channel);
  box("messages").setAttribute("aria-label", `Messages in ${name}`);
  composer.open(channel, null, `Message ${name}`);
  store.read(channel, api.messages(channel)).catch((error) => toast(error.message));
}

/** The app hears which of its tabs a person opens. */
async function openTab(channel, tab) {
  if (tab === HOME) await readHome();
  else if (store.channels.get(channel).user === store.bot.user_id) await api.home(tab);
}

/** Reads the Home, unless the stream is quicker: opening it makes the app publish it anew. */
async function readHome() {
  const before = homesTold;
  const { view } = await api.home();
  if (homesTold === before) drawHome(view);
}

function showHome(view) {
  homesTold += 1;
  drawHome(view);
}

/** Draws the Home; while a control there is in use, when that has ended. */
function drawHome(view) {
  home = view;
  if (home === homeDrawn || isInUse(box("home"))) return;
  homeDrawn = home;
  redraw(box("home"), (node) => fill(node, homeView(home)));
}

/** Draws what surrounds the messages. */
function drawChrome() {
  if (!store.place.channel) return;
  redraw(box("sidebar"), drawSidebar);
  redraw(box("rail"), (rail) => drawRail(rail, { inspector }));
  redraw(box("channel-header"), (header) => drawHeader(header, { reveal: (ts) => messages.reveal(ts) }));
  box("side").hidden = !store.place.thread && !inspector.isOpen;
  box("sidebar-toggle").setAttribute("aria-expanded", String(box("frame").classList.contains("sidebar-open")));
}

/** Goes where the address points: a link to a channel, or another page's history. A link within the page goes nowhere. */
function followAddress() {
  if (!store.place.channel) return;
  const place = placeOfAddress();
  if (!location.hash.includes(place.channel)) return;
  if (place.channel !== store.place.channel || place.thread !== store.place.thread) store.go(place);
}

/** Opens or closes the drawer that the sidebar is on a narrow page; the keyboard goes along. */
function toggleSidebar() {
  const isOpen = box("frame").classList.toggle("sidebar-open");
  drawChrome();
  const current = box("sidebar").querySelector('[aria-current="page"]');
  (isOpen ? current : box("sidebar-toggle"))?.focus();
}

function closeSidebar() {
  if (box("frame").classList.contains("sidebar-open")) toggleSidebar();
}

store.on("place", showPlace);
store.on("unread", drawChrome);
store.on("state", () => {
  drawChrome();
  messages.refresh();
  thread.refresh();
});
document.addEventListener("themechange", drawChrome);
box("home").addEventListener("released", () => drawHome(home));
addEventListener("hashchange", followAddress);
box("sidebar-toggle").append(icon("menu"));
box("sidebar-toggle").addEventListener("click", toggleSidebar);
box("frame").addEventListener("keydown", (event) => event.key === "Escape" && closeSidebar());
box("stage").addEventListener("click", (event) => event.target === box("stage") && closeSidebar());

/** The first state names the person to act as; the stream, once up, reads all else. */
async function start() {
  try {
    if (!actingUser()) actAs((await api.state()).me);
    stream.start();
  } catch (error) {
    drawNotice(box("notice"), error.message);
    if (error.status !== 403) setTimeout(start, RETRY_MS);
  }
}

start();
