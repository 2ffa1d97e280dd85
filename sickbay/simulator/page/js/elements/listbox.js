/** The list behind a select menu: a field to type into, the options that fit, chosen by mouse or keyboard. */

import { h, icon, uniqueId } from "../dom.js";
import { textObject } from "../mrkdwn.js";
import { openPopover } from "../popover.js";

const DEBOUNCE_MS = 250;

/**
 * Opens the list beside `anchor`.
 *
 * `source(query)` gives groups of options; a `remote` one is asked only after a pause and from `minQuery` characters on.
 * `onchoose(options)` is told the choice: at once, or for `multiple` when the list closes.
 */
export function openListbox(anchor, { source, minQuery, remote, multiple, chosen, limit, onchoose }) {
  const listId = uniqueId("listbox");
  const list = h("div", { class: "listbox", role: "listbox", id: listId, "aria-label": "Options", "aria-multiselectable": String(multiple) });
  const search = h("input", {
    class: "text-input listbox-search", type: "text", role: "combobox", autocomplete: "off", "aria-label": "Search options",
    "aria-expanded": "true", "aria-controls": listId, placeholder: remote ? "Type to search" : "Filter",
    oninput: typed, onkeydown: key,
  });
  let picked = [...chosen];
  let active = -1;
  let timer;
  let asked = 0;
  const popover = openPopover(anchor, h("div", { class: "listbox-popover" }, search, list), {
    onclose: () => {
      clearTimeout(timer);
      anchor.setAttribute("aria-expanded", "false");
      if (multiple) onchoose(picked);
    },
  });
  anchor.setAttribute("aria-expanded", "true");
  search.focus();
  ask();

  // What is at hand is filtered before the next key: else that key's mark would be lost when the list is drawn anew.
  function typed() {
    clearTimeout(timer);
    if (!remote) return ask();
    timer = setTimeout(ask, DEBOUNCE_MS);
    return undefined;
  }

  async function ask() {
    const query = search.value.trim();
    const turn = (asked += 1);
    if (query.length < minQuery) return note(`Type at least ${minQuery} character${minQuery === 1 ? "" : "s"}`);
    if (remote) note("Searching…");
    try {
      const groups = await source(query);
      if (turn === asked) draw(groups);
    } catch (error) {
      if (turn === asked) note(error.message);
    }
    return undefined;
  }

  function note(text) {
    active = -1;
    list.replaceChildren(h("div", { class: "listbox-note" }, text));
    popover.place();
  }

  function draw(groups) {
    const full = groups.filter(({ options }) => options.length);
    if (!full.length) return note("No results");
    list.replaceChildren(...full.flatMap(({ label, options }) => (label ? group(label, options) : options.map(row))));
    mark(0);
    return popover.place();
  }

  function group(label, options) {
    const id = uniqueId("group");
    return h("div", { role: "group", "aria-labelledby": id }, h("div", { class: "listbox-group", id }, label), options.map(row));
  }

  function row(option) {
    const isPicked = picked.some((each) => each.value === option.value);
    return h("div", {
      class: "listbox-option", role: "option", id: uniqueId("option"), "aria-selected": String(isPicked), "data-value": option.value,
      onmousedown: (event) => event.preventDefault(), onclick: (event) => choose(option, event.currentTarget),
    }, h("span", { class: "listbox-text" }, textObject(option.text), option.description && h("span", { class: "choice-detail" }, textObject(option.description))), icon("check"));
  }

  function choose(option, node) {
    if (!multiple) {
      popover.close();
      onchoose([option]);
      return;
    }
    const without = picked.filter((each) => each.value !== option.value);
    if (without.length === picked.length && picked.length >= limit) return;
    picked = without.length === picked.length ? [...picked, option] : without;
    node.setAttribute("aria-selected", String(without.length !== picked.length));
  }

  function mark(index) {
    const rows = [...list.querySelectorAll('[role="option"]')];
    if (!rows.length) return;
    rows[active]?.classList.remove("active");
    active = (index + rows.length) % rows.length;
    rows[active].classList.add("active");
    rows[active].scrollIntoView({ block: "nearest" });
    search.setAttribute("aria-activedescendant", rows[active].id);
  }

  function key(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) mark(active + step);
    else if (event.key === "Enter") list.querySelector(".active")?.click();
    else return;
    event.preventDefault();
  }
}
