/** Select menus of every source: fixed options, options that the app offers while one types, people and channels. */

import { h, icon, uniqueId } from "../dom.js";
import { confirmed } from "../dialogs.js";
import { textObject } from "../mrkdwn.js";
import { channelName, userName } from "../people.js";
import { store } from "../store.js";
import { openListbox } from "./listbox.js";

const DEFAULT_MIN_QUERY = 3;

/** What a kind of select keeps in its state: one option object, or the id of a person or channel. */
const FIELDS = { users: "selected_user", channels: "selected_channel", conversations: "selected_conversation" };

export function select(object, block, surface, labelledBy) {
  const kind = object.type.replace(/^multi_/, "").replace(/_select$/, "");
  const multiple = object.type.startsWith("multi_");
  const stored = surface.value(block, object);
  let chosen = stored ? fromState(kind, multiple, stored) : initial(kind, multiple, object);
  surface.set(block, object, toState(kind, multiple, chosen));

  const shown = h("span", { class: "select-text" });
  const node = h("button", {
    type: "button", class: "select", "data-action-id": object.action_id,
    "aria-haspopup": "listbox", "aria-expanded": "false", onclick: open,
  }, shown, icon("chevron"), icon("warning"));
  if (labelledBy) {
    shown.id = uniqueId("select");
    node.setAttribute("aria-labelledby", `${labelledBy} ${shown.id}`);
  }
  show();

  function show() {
    const words = object.placeholder?.text ?? "Choose an option";
    shown.replaceChildren(...(chosen.length ? chosen.flatMap((option) => chip(option)) : [words]));
    node.classList.toggle("empty", chosen.length === 0);
  }
  function chip(option) {
    return multiple ? h("span", { class: "chip" }, textObject(option.text)) : textObject(option.text);
  }
  async function keep(options) {
    if (same(options, chosen) || !(await confirmed(object.confirm, node))) return;
    chosen = options;
    show();
    await surface.change(block, object, toState(kind, multiple, chosen));
  }
  function open() {
    openListbox(node, {
      source: source(kind, object, block, surface),
      minQuery: kind === "external" ? (object.min_query_length ?? DEFAULT_MIN_QUERY) : 0,
      remote: kind === "external",
      multiple, chosen, limit: object.max_selected_items ?? Infinity, onchoose: keep,
    });
  }
  return surface.track(block, object, node);
}

/** The function that lists what fits a query: [{label?, options}]. */
function source(kind, object, block, surface) {
  if (kind === "external") return (query) => surface.options(block, object, query);
  const groups = object.option_groups?.map(({ label, options }) => ({ label: label.text, options })) ?? [{ options: ownOptions(kind, object) }];
  return async (query) => {
    const fits = (option) => option.text.text.toLowerCase().includes(query.toLowerCase());
    return groups.map(({ label, options }) => ({ label, options: options.filter(fits) }));
  };
}

function ownOptions(kind, object) {
  const people = [...store.users.values()].map((user) => named(user.id, userName(user.id)));
  const channels = [...store.channels.values()];
  if (kind === "users") return people;
  if (kind === "channels") return channels.filter((channel) => !channel.is_im).map((channel) => named(channel.id, channelName(channel)));
  if (kind === "conversations") return channels.map((channel) => named(channel.id, channelName(channel)));
  return object.options ?? [];
}

const named = (value, text) => ({ text: { type: "plain_text", text }, value });
const same = (one, other) => one.map((each) => each.value).join() === other.map((each) => each.value).join();

function optionOfId(kind, id) {
  return named(id, kind === "users" ? userName(id) : store.channels.has(id) ? channelName(store.channels.get(id)) : id);
}

function toState(kind, multiple, chosen) {
  const field = FIELDS[kind] ?? "selected_option";
  const values = FIELDS[kind] ? chosen.map((option) => option.value) : chosen;
  return multiple ? { [`${field}s`]: values } : { [field]: values[0] ?? null };
}

function fromState(kind, multiple, state) {
  const field = FIELDS[kind] ?? "selected_option";
  const values = (multiple ? state[`${field}s`] : [state[field]]).filter(Boolean);
  return FIELDS[kind] ? values.map((id) => optionOfId(kind, id)) : values;
}

function initial(kind, multiple, object) {
  const field = (FIELDS[kind] ?? "selected_option").replace("selected", "initial");
  const state = { [`${field.replace("initial", "selected")}${multiple ? "s" : ""}`]: object[multiple ? `${field}s` : field] ?? (multiple ? [] : null) };
  return fromState(kind, multiple, state);
}
