/** The box to write in, of a channel or a thread. */

import { api } from "./api.js";
import { Attaching, encoded } from "./attaching.js";
import { Completion } from "./completion.js";
import { h, iconButton } from "./dom.js";
import { openEmojiPicker } from "./emojiPicker.js";
import { openMenu } from "./popover.js";
import { conversationKey, store } from "./store.js";

/** What was begun in each conversation: {text, files}. */
const drafts = new Map();

export class Composer {
  #place = { channel: null, thread: null };
  /** The sending of the last message: the next one waits for it, to stand after it. */
  #sent = Promise.resolve();
  #field;
  #error = h("div", { class: "composer-error", role: "alert", "data-testid": "composer-error" });
  #send;
  #completion;
  #attaching;

  /** Fills `dock`; `name` sets the hooks of tests and the id of the text area. */
  constructor(dock, name) {
    this.#field = h("textarea", {
      class: "composer-input", id: `${name}-input`, "data-testid": name, rows: 1, spellcheck: "true", autocomplete: "off",
      oninput: () => this.#changed(), onkeydown: (event) => this.#key(event),
    });
    this.#send = iconButton("send", "Send now", () => this.submit(), { class: "send", "data-testid": `${name}-send`, disabled: true });
    this.#attaching = new Attaching(this.#field, dock.parentElement, {
      name, onchange: () => this.#changed(), onproblem: (sentence) => this.#error.replaceChildren(sentence),
    });
    const { list, offer } = this.#attaching;
    const box = h("div", { class: "composer-box" }, this.#formatting(), this.#field, offer, list, this.#tools(name));
    dock.replaceChildren(this.#error, h("div", { class: "composer" }, box));
    this.#completion = new Completion(this.#field, dock.querySelector(".composer"), { commands: name === "composer" });
  }

  /** Turns to another conversation, each with its own draft. */
  open(channel, thread, placeholder) {
    const early = this.#place.channel ? {} : { text: this.#field.value, files: this.#attaching.files }; // before the page was ready
    this.#place = { channel, thread };
    this.#field.placeholder = placeholder;
    this.#field.setAttribute("aria-label", placeholder);
    const { text = "", files = [] } = drafts.get(this.#conversation()) ?? early;
    this.#field.value = text;
    this.#attaching.files = files;
    this.#error.replaceChildren();
    this.#completion.close();
    this.#changed();
  }

  focus() {
    this.#field.focus();
  }

  /** Puts a text into the box, for the person to complete or send. */
  write(text) {
    this.#field.value = text;
    this.#field.setSelectionRange(text.length, text.length);
    this.#field.focus();
    this.#field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /** Sends what is written. What was refused stays in the box, and the reason stands above it. */
  async submit() {
    const text = this.#field.value.trim();
    const { files } = this.#attaching;
    const { channel, thread } = this.#place;
    if (!channel || (!text && !files.length)) return;
    this.#field.value = "";
    this.#attaching.files = [];
    this.#changed();
    const sent = this.#sent.then(() => refusal(channel, text, thread, files));
    this.#sent = sent;
    const problem = await sent;
    if (!problem) return;
    this.#error.replaceChildren(problem);
    const isEmpty = !this.#field.value && !this.#attaching.files.length;
    if (isEmpty && this.#place.channel === channel && this.#place.thread === thread) this.#restore(text, files);
  }

  #restore(text, files) {
    this.#field.value = text;
    this.#attaching.files = files;
    drafts.set(this.#conversation(), { text, files });
    this.#resize();
  }

  #conversation() {
    return conversationKey(this.#place.channel, this.#place.thread);
  }

  #changed() {
    const { files } = this.#attaching;
    drafts.set(this.#conversation(), { text: this.#field.value, files });
    if (this.#field.value || files.length) this.#error.replaceChildren();
    this.#resize();
  }

  #resize() {
    this.#send.disabled = !this.#field.value.trim() && !this.#attaching.files.length;
    this.#field.style.height = "auto";
    this.#field.style.height = `${this.#field.scrollHeight}px`;
  }

  #key(event) {
    if (this.#completion.key(event) || event.isComposing) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.#completion.close();
      this.submit();
    }
  }

  #formatting() {
    const tool = (name, label, before, after = before) => iconButton(name, label, () => this.#wrap(before, after), { class: "composer-tool", tabindex: -1 });
    return h("div", { class: "composer-format", role: "toolbar", "aria-label": "Formatting" },
      tool("bold", "Bold", "*"), tool("italic", "Italic", "_"), tool("strike", "Strikethrough", "~"), h("span", { class: "tool-gap" }),
      tool("quote", "Quote", "> ", ""), h("span", { class: "tool-gap" }), tool("code", "Code", "`"), tool("codeblock", "Code block", "```\n", "\n```"));
  }

  #tools(name) {
    const tool = (drawing, label, onclick) => iconButton(drawing, label, onclick, { class: "composer-tool" });
    const shortcuts = tool("slash", "Commands and shortcuts", (event) => this.#shortcuts(event.currentTarget));
    return h("div", { class: "composer-tools" }, this.#attaching.button,
      name === "composer" && shortcuts,
      tool("smile", "Emoji", (event) => openEmojiPicker(event.currentTarget, (picked) => this.#insert(`:${picked}: `))),
      tool("at", "Mention someone", () => this.#insert("@")),
      h("span", { class: "composer-hint" }, h("kbd", {}, "Shift"), " + ", h("kbd", {}, "Enter"), " for a new line"),
      this.#send);
  }

  #shortcuts(anchor) {
    const commands = store.commands.map(({ command, description }) => ({ label: command, detail: description, onchoose: () => this.write(`${command} `) }));
    const global = store.shortcuts.filter(({ type }) => type === "global" || type === "shortcut").map(({ callback_id, name }) => (
      { label: name, detail: "Shortcut", onchoose: () => api.shortcut({ callback_id }).catch((error) => this.#error.replaceChildren(error.message)) }));
    openMenu(anchor, [...commands, ...global], { label: "Commands and shortcuts" });
  }

  #wrap(before, after) {
    const { selectionStart: start, selectionEnd: end, value } = this.#field;
    this.#field.setRangeText(before + value.slice(start, end) + after, start, end, "end");
    const caret = start + before.length + (end - start);
    this.#field.setSelectionRange(caret, caret);
    this.#field.focus();
    this.#changed();
  }

  #insert(text) {
    this.#field.setRangeText(text, this.#field.selectionStart, this.#field.selectionEnd, "end");
    this.#field.focus();
    this.#field.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

/** Whether the text asks for a command: a slash and a word at its very start. */
function isCommand(text) {
  return /^\/[a-z0-9]/i.test(text);
}

/** Why the workspace did not take a text and its files, or null if it did. */
async function refusal(channel, text, thread, files) {
  try {
    const answer = await api.send(channel, text, thread, await encoded(files));
    return answer.ok ? null : (answer.message ?? answer.error);
  } catch (error) {
    return `${error.message}${isCommand(text) && !files.length ? " Nothing was sent." : " Your message was not sent."}`;
  }
}
