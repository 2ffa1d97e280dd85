/** The thread panel at the right. */

import { api } from "./api.js";
import { Composer } from "./composer.js";
import { h, iconButton, renew } from "./dom.js";
import { dots } from "./message.js";
import { MessageList } from "./messageList.js";
import { channelName } from "./people.js";
import { conversationKey, store } from "./store.js";

export class ThreadPanel {
  #panel;
  #title = h("h2", {}, "Thread");
  #where = h("span", { class: "panel-where" });
  #status = h("div", { class: "status-line", role: "status", "data-testid": "thread-status" });
  /** What the app suggests to ask. */
  #prompts = h("div", { class: "prompts", "data-testid": "prompts" });
  #list;
  #composer;
  #opener = null;

  constructor(panel) {
    this.#panel = panel;
    const box = h("section", { class: "message-list", "aria-label": "Messages of the thread", "data-testid": "thread-messages" });
    const dock = h("div", { class: "composer-dock" });
    panel.replaceChildren(
      h("header", { class: "panel-head" }, this.#title, this.#where,
        iconButton("close", "Close thread", () => this.close(), { class: "icon-button", "data-testid": "close-thread" })),
      box, this.#status, this.#prompts, dock);
    this.#list = new MessageList(box, { inThread: true });
    this.#composer = new Composer(dock, "thread-composer");
    panel.addEventListener("keydown", (event) => event.key === "Escape" && this.close());
    store.on("status", ({ key }) => key === this.#key() && this.#showStatus());
    for (const name of ["put", "reset"]) store.on(name, ({ key }) => key === this.#key() && this.#showAssistant());
  }

  /** Shows the open thread, or hides the panel; `focus` moves the keyboard to its box. */
  async show({ channel, thread }, { focus = false } = {}) {
    const wasHidden = this.#panel.hidden;
    this.#panel.hidden = !thread;
    if (!thread) return;
    if (wasHidden) this.#opener = document.activeElement;
    this.#where.textContent = channelName(store.channels.get(channel));
    this.#list.show(channel, conversationKey(channel, thread));
    this.#composer.open(channel, thread, "Reply…");
    this.#showStatus();
    this.#showAssistant();
    if (focus) this.#composer.focus();
    await loadThread(channel, thread);
  }

  refresh() {
    this.#list.refresh();
  }

  close() {
    store.go({ thread: null });
    (this.#opener?.isConnected ? this.#opener : document.getElementById("composer-input")).focus();
  }

  #key() {
    return conversationKey(store.place.channel, store.place.thread);
  }

  #showAssistant() {
    const { channel, thread } = store.place;
    const { title = "Thread", prompts = [] } = store.message(channel, thread)?.assistant ?? {};
    this.#title.textContent = title;
    renew(this.#prompts, prompts.map((prompt) => h("button", {
      type: "button", class: "header-chip", title: prompt.message, onclick: () => this.#composer.write(prompt.message),
    }, prompt.title)));
  }

  #showStatus() {
    const text = store.statuses.get(this.#key());
    this.#status.replaceChildren(...(text ? [dots(), text] : []));
  }
}

/** Reads a thread from the workspace into the store. */
export function loadThread(channel, thread) {
  return store.read(conversationKey(channel, thread), api.messages(channel, thread));
}
