/** Completion in a composer: commands after `/`, people after `@`, channels after `#`, emoji after `:`. */

import { h, icon, uniqueId } from "./dom.js";
import { EMOJI_NAMES, emoji } from "./emoji.js";
import { avatar, userName } from "./people.js";
import { store } from "./store.js";

const MOST = 8;

export class Completion {
  #field;
  #list;
  #items = [];
  #active = 0;
  #from = 0;
  #takesCommands;

  /** Watches a text area; `box` holds the list, above the field. `commands` is false where Slack takes none. */
  constructor(field, box, { commands = true } = {}) {
    this.#field = field;
    this.#takesCommands = commands;
    this.#list = h("div", { class: "completion", role: "listbox", id: uniqueId("completion"), "aria-label": "Suggestions", "data-testid": "completion", hidden: true });
    box.prepend(this.#list);
    field.setAttribute("aria-controls", this.#list.id);
    field.setAttribute("aria-autocomplete", "list");
    field.addEventListener("input", () => this.update());
    field.addEventListener("click", () => this.update());
    field.addEventListener("blur", () => this.close());
  }

  /** Takes a key that is meant for the list; true if it was. */
  key(event) {
    if (!this.#items.length) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) this.#mark(this.#active + step);
    else if (event.key === "Tab" || (event.key === "Enter" && !this.#isTyped())) this.#choose(this.#items[this.#active]);
    else if (event.key === "Escape") this.close();
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  close() {
    this.#items = [];
    this.#list.hidden = true;
    this.#field.removeAttribute("aria-activedescendant");
  }

  /** Shows what fits the word before the caret. */
  update() {
    const before = this.#field.value.slice(0, this.#field.selectionStart);
    const word = /(?:^|[\s(])([@#:/][^\s@#:/]*)$/.exec(before)?.[1];
    this.#from = before.length - (word?.length ?? 0);
    this.#items = word === undefined ? [] : this.#fitting(word[0], word.slice(1).toLowerCase()).slice(0, MOST);
    if (this.#items.length) this.#draw(word[0]);
    else this.#usage(before);
  }

  #fitting(sign, query) {
    if (sign === "/") return this.#takesCommands && this.#from === 0 ? commands(query) : [];
    if (sign === "@") return people(query);
    if (sign === "#") return channels(query);
    return query.length >= 2 ? emojis(query) : [];
  }

  /** After a whole command, a line says what may follow it. */
  #usage(before) {
    const command = this.#takesCommands && store.commands.find((each) => before.startsWith(`${each.command} `));
    if (!command?.usage_hint) return this.close();
    this.#list.replaceChildren(h("div", { class: "completion-usage", role: "option", "aria-disabled": "true" }, h("strong", {}, command.command), " ", command.usage_hint));
    this.#list.hidden = false;
    return undefined;
  }

  #draw(sign) {
    const title = { "/": "Commands", "@": "People", "#": "Channels", ":": "Emoji" }[sign];
    this.#list.replaceChildren(
      h("div", { class: "completion-title", "aria-hidden": "true" }, h("span", {}, title), h("span", { class: "completion-keys" }, "↑↓ to choose · Tab or Enter to take · Esc to close")),
      ...this.#items.map((item) => h("div", {
        class: "completion-item", role: "option", id: uniqueId("completion-item"), "data-value": item.insert,
        onmousedown: (event) => {
          event.preventDefault();
          this.#choose(item);
        },
      }, item.sign, h("span", { class: "completion-words" }, h("span", { class: "completion-name" }, item.name, item.hint && h("span", { class: "completion-hint" }, ` ${item.hint}`)),
        item.detail && h("span", { class: "completion-detail" }, item.detail)))));
    this.#list.hidden = false;
    this.#active = 0;
    this.#mark(0);
  }

  #mark(index) {
    const rows = [...this.#list.querySelectorAll('[role="option"]')];
    this.#active = (index + rows.length) % rows.length;
    rows.forEach((row, at) => row.setAttribute("aria-selected", String(at === this.#active)));
    rows[this.#active].scrollIntoView({ block: "nearest" });
    this.#field.setAttribute("aria-activedescendant", rows[this.#active].id);
  }

  /** Whether the chosen item is already there in full, so that Enter sends instead of completing. */
  #isTyped() {
    return this.#field.value.slice(this.#from, this.#field.selectionStart) === this.#items[this.#active].insert;
  }

  #choose(item) {
    this.#field.setRangeText(`${item.insert} `, this.#from, this.#field.selectionStart, "end");
    this.#field.focus();
    this.#field.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

function commands(query) {
  return store.commands.filter(({ command }) => command.slice(1).startsWith(query)).map(({ command, description, usage_hint }) => (
    { insert: command, name: command, hint: usage_hint, detail: description, sign: avatar(store.bot.user_id, store.bot.name ?? "", "small") }));
}

function people(query) {
  const users = [...store.users.values()].filter((user) => `${user.name} ${user.real_name ?? ""}`.toLowerCase().includes(query)).map((user) => (
    { insert: `@${user.name}`, name: userName(user.id), detail: user.is_bot ? "App" : `@${user.name}`, sign: avatar(user.id, userName(user.id), "small") }));
  const groups = [...store.usergroups.values()].filter(({ handle }) => handle.includes(query)).map(({ handle, name, users: { length } }) => (
    { insert: `@${handle}`, name, detail: `@${handle} · ${length} ${length === 1 ? "person" : "people"}`, sign: icon("people") }));
  return [...users, ...groups];
}

function channels(query) {
  return [...store.channels.values()].filter((channel) => !channel.is_im && channel.name.includes(query)).map((channel) => (
    { insert: `#${channel.name}`, name: `#${channel.name}`, detail: channel.topic }));
}

function emojis(query) {
  return EMOJI_NAMES.filter((name) => name.includes(query)).map((name) => ({ insert: `:${name}:`, name: `:${name}:`, sign: emoji(name) }));
}
