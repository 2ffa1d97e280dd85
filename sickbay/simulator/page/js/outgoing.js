/** What a person typed, as Slack's clients send it: entities for `&`, `<` and `>`, ids for the names after `@` and `#`. */

import { store } from "./store.js";

/** The text to send. A slash command goes as it was typed. */
export function outgoing(text) {
  if (isCommand(text)) return text;
  const escaped = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  return escaped
    .replace(/(^|[\s(])@([\w.-]*\w)/g, (whole, before, name) => before + (mention(name) ?? `@${name}`))
    .replace(/(^|[\s(])#([\w-]+)/g, (whole, before, name) => before + (channelLink(name) ?? `#${name}`));
}

/** Whether the text asks for a command: a slash and a word at its very start. */
export function isCommand(text) {
  return /^\/[a-z0-9]/i.test(text);
}

function mention(name) {
  const wanted = name.toLowerCase();
  if (["here", "channel", "everyone"].includes(wanted)) return `<!${wanted}>`;
  const user = [...store.users.values()].find((each) => each.name.toLowerCase() === wanted || each.real_name?.toLowerCase() === wanted);
  return user && `<@${user.id}>`;
}

function channelLink(name) {
  const channel = [...store.channels.values()].find((each) => !each.is_im && each.name === name);
  return channel && `<#${channel.id}|${channel.name}>`;
}
