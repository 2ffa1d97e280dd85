/**
 * What this tab knows of the workspace, and the news of its changes.
 *
 * A conversation is a channel's roots or one thread's messages, by their `ts`; ephemeral messages live only here,
 * so a reload loses them, as in Slack. Events: `state` (people, channels, commands), `place` (what is open),
 * `reset` (a conversation was read anew), `put`, `removed`, `unread`, `status`.
 */

/** The name of a conversation: a channel, or one thread of it. */
export function conversationKey(channel, thread = null) {
  return thread ? `${channel}/${thread}` : channel;
}

class Store extends EventTarget {
  team = {};
  me = null;
  bot = {};
  users = new Map();
  channels = new Map();
  usergroups = new Map();
  /** The names of all people, groups and channels, as one text: what is drawn with them has to be drawn anew when it changes. */
  names = "";
  commands = [];
  shortcuts = [];
  unread = new Map();
  statuses = new Map();
  place = { channel: null, thread: null, tab: "messages" };
  #conversations = new Map();
  /** Readings under way: {key, news}, where `news` is what the stream told since, ts → message, or null for a removed one. */
  #readings = new Set();

  on(name, listener) {
    this.addEventListener(name, (event) => listener(event.detail));
  }

  #emit(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  /** Takes the answer of `GET /workspace/state`. */
  setState(state) {
    this.team = state.team;
    this.me = state.me;
    this.bot = state.bot;
    this.users = new Map(state.users.map((user) => [user.id, user]));
    this.channels = new Map(state.channels.map((channel) => [channel.id, channel]));
    this.usergroups = new Map(state.usergroups.map((group) => [group.id, group]));
    this.commands = state.commands;
    this.shortcuts = state.shortcuts;
    // What was open may be gone: the workspace can have been started anew.
    if (!this.channels.has(this.place.channel)) this.leave();
    this.#name();
    this.#emit("state");
  }

  setChannel(channel) {
    this.channels.set(channel.id, channel);
    this.#name();
    this.#emit("state");
  }

  #name() {
    const people = [...this.users.values()].map(({ id, name, real_name }) => [id, name, real_name]);
    const channels = [...this.channels.values()].map(({ id, name }) => [id, name]);
    this.names = JSON.stringify([this.me, people, channels, [...this.usergroups.values()]]);
  }

  /** From now on nothing is open, until `go`. */
  leave() {
    this.place = { ...this.place, channel: null, thread: null };
  }

  /** Forgets all that belongs to the person who acted until now. */
  forget() {
    this.leave();
    this.#conversations.clear();
    this.#readings.clear();
    this.unread.clear();
    this.statuses.clear();
  }

  go(place) {
    this.place = { ...this.place, ...place };
    if (this.place.tab === "messages" && this.unread.delete(this.place.channel)) this.#emit("unread");
    this.#emit("place", this.place);
  }

  /** The conversation's messages, oldest first. */
  messages(key) {
    return [...(this.#conversations.get(key)?.values() ?? [])].sort((a, b) => (a.ts < b.ts ? -1 : 1));
  }

  message(channel, ts) {
    for (const [key, messages] of this.#conversations) {
      if ((key === channel || key.startsWith(`${channel}/`)) && messages.has(ts)) return messages.get(ts);
    }
    return undefined;
  }

  /**
   * Replaces a conversation by what the workspace answers; this session's ephemeral messages stay.
   *
   * The answer and the stream come by two ways: what the stream tells meanwhile may be newer than the answer, so it is
   * laid over it.
   */
  async read(key, answer) {
    const reading = { key, news: new Map() };
    this.#readings.add(reading);
    if (!this.#conversations.has(key)) this.#conversations.set(key, new Map());
    try {
      const { messages } = await answer;
      if (this.#readings.has(reading)) this.#reset(key, messages, reading.news);
    } finally {
      this.#readings.delete(reading);
    }
  }

  #reset(key, messages, news) {
    const kept = this.messages(key).filter((message) => message.is_ephemeral);
    const conversation = new Map([...messages, ...kept].map((message) => [message.ts, message]));
    for (const [ts, message] of news) {
      if (message) conversation.set(ts, message);
      else conversation.delete(ts);
    }
    this.#conversations.set(key, conversation);
    this.#emit("reset", { key });
  }

  #note(key, ts, message) {
    for (const reading of this.#readings) if (reading.key === key) reading.news.set(ts, message);
  }

  /** A message that is new (`fresh`) or has changed. */
  put(channel, message, { fresh = false } = {}) {
    for (const key of this.#keys(channel, message)) {
      if (!this.#conversations.has(key)) this.#conversations.set(key, new Map());
      this.#conversations.get(key).set(message.ts, message);
      this.#note(key, message.ts, message);
      this.#emit("put", { key, channel, message, fresh });
    }
    const seen = channel === this.place.channel && this.place.tab === "messages" && !document.hidden;
    if (fresh && !seen && message.user !== this.me) this.#count(channel, message);
  }

  remove(channel, ts) {
    for (const [key, messages] of this.#conversations) {
      if (key !== channel && !key.startsWith(`${channel}/`)) continue;
      this.#note(key, ts, null);
      if (messages.delete(ts)) this.#emit("removed", { key, ts });
    }
  }

  /** The line under a thread that tells what the app is doing; an empty text takes it away. */
  setStatus(channel, thread, text) {
    const key = conversationKey(channel, thread);
    if (text) this.statuses.set(key, text);
    else this.statuses.delete(key);
    this.#emit("status", { key, text });
  }

  #keys(channel, message) {
    const thread = message.thread_ts;
    const inThread = thread && thread !== message.ts;
    const keys = inThread && message.subtype !== "thread_broadcast" ? [] : [channel];
    if (thread) keys.push(conversationKey(channel, thread));
    else if (this.#conversations.has(conversationKey(channel, message.ts))) keys.push(conversationKey(channel, message.ts));
    return keys;
  }

  #count(channel, message) {
    const forMe = this.channels.get(channel)?.is_im || message.text?.includes(`<@${this.me}>`);
    const count = this.unread.get(channel)?.mentions ?? 0;
    this.unread.set(channel, { mentions: count + (forMe ? 1 : 0) });
    this.#emit("unread");
  }
}

export const store = new Store();
