/** What the page does with each frame of the event stream. */

import { toast } from "./dialogs.js";
import { unescape } from "./mrkdwn.js";
import { author } from "./people.js";
import { store } from "./store.js";

/** Makes the function that takes frames. `page` holds the parts: modals, inspector, faults, home, announcer. */
export function frameHandler({ modals, inspector, faults, showHome, announcer }) {
  const handlers = {
    message: ({ channel, message }) => {
      store.put(channel, message, { fresh: true });
      announce(announcer, channel, message);
    },
    message_changed: ({ channel, message }) => store.put(channel, message),
    message_deleted: ({ channel, ts }) => store.remove(channel, ts),
    ephemeral: ({ channel, message }) => {
      store.put(channel, message, { fresh: true });
      announce(announcer, channel, message);
    },
    ephemeral_replaced: ({ channel, ts, message }) => {
      if (message.ts !== ts) store.remove(channel, ts);
      store.put(channel, message);
    },
    ephemeral_deleted: ({ channel, ts }) => store.remove(channel, ts),
    view: ({ view, stack }) => modals.show(view, stack),
    view_closed: ({ view_id }) => modals.closed(view_id),
    home: ({ view }) => showHome(view),
    channel: ({ channel }) => store.setChannel(channel),
    status: ({ channel, thread_ts, text }) => store.setStatus(channel, thread_ts, text),
    command_failed: ({ channel, message }) => failed(channel, message),
    log: ({ entry }) => inspector.put(entry),
    faults: (frame) => faults.show(frame.faults),
  };
  return (frame) => handlers[frame.type]?.(frame);
}

/** A command's failure, as Slackbot tells it: in the channel, to this person only. */
function failed(channel, message) {
  const ts = (Date.now() / 1000).toFixed(6);
  store.put(channel, { type: "message", subtype: "bot_message", username: "Slackbot", ts, text: message, is_ephemeral: true }, { fresh: true });
  if (channel !== store.place.channel) toast(message);
}

/** Reads a message out, unless the person wrote it or looks elsewhere. */
function announce(announcer, channel, message) {
  if (message.user === store.me || channel !== store.place.channel) return;
  const where = message.thread_ts && message.thread_ts !== message.ts ? " in a thread" : "";
  const line = document.createElement("p");
  line.textContent = `${author(message).name}${where}: ${unescape(message.text ?? "").slice(0, 300)}`;
  announcer.append(line);
  while (announcer.children.length > 5) announcer.firstChild.remove();
}
