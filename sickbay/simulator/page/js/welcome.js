/** What stands at the beginning of a channel: for a newcomer, what to type first. */

import { h, icon } from "./dom.js";
import { channelName, userName } from "./people.js";
import { store } from "./store.js";

/** The introduction of a channel. While it is empty, it offers the app's commands; `write(text)` puts one into the composer. */
export function welcome(channelId, isEmpty, write) {
  const channel = store.channels.get(channelId);
  if (!channel) return null;
  const intro = channel.is_im
    ? `This is your direct conversation with ${userName(channel.user)}. Commands work here too.`
    : `This is the very beginning of ${channelName(channel)}. This workspace runs on your own machine, and what is written here stays on it.`;
  return h("div", { class: `welcome${isEmpty ? " empty" : ""}`, "data-testid": isEmpty ? "welcome" : null },
    h("h2", {}, isEmpty ? greeting(channel) : channelName(channel)), h("p", {}, intro), isEmpty && firstSteps(channel, write));
}

function greeting(channel) {
  return channel.is_im ? `Say hello to ${userName(channel.user)}` : `Welcome to ${channelName(channel)}`;
}

function firstSteps(channel, write) {
  const steps = suggestions(channel);
  if (!steps.length) return h("p", { class: "welcome-hint" }, "No app is connected yet. Its commands appear here as soon as it is.");
  return [
    h("p", { class: "welcome-hint" }, "Type this first, or click it:"),
    h("div", { class: "steps" }, steps.map(({ text, about }, index) => h("button", { type: "button", class: `step${index === 0 ? " first" : ""}`, onclick: () => write(text) },
      h("code", {}, text), h("span", { class: "step-about" }, about), icon("right")))),
  ];
}

/** Commands to try, from those that the app has registered: a whole example where the page knows one. */
function suggestions(channel) {
  const bot = store.users.get(store.bot.user_id)?.name;
  const steps = store.commands.flatMap(({ command, description, usage_hint }) => (command === "/diagnose"
    ? [{ text: "/diagnose local", about: "Examine the container engine of this machine" }, { text: "/diagnose help", about: "What it understands" }]
    : [{ text: `${command} `, about: description || usage_hint || "A command of the app" }]));
  const mention = bot && store.commands.some(({ command }) => command === "/diagnose") && !channel.is_im;
  return mention ? [...steps, { text: `@${bot} diagnose local`, about: "The same by a mention, which also works in threads" }] : steps;
}
