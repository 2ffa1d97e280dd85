/** A small emoji picker: a field to filter by name, and a grid. */

import { h } from "./dom.js";
import { EMOJI_NAMES, emoji } from "./emoji.js";
import { openPopover } from "./popover.js";

/** Opens the picker beside `anchor`; `onpick(name)` hears the choice. */
export function openEmojiPicker(anchor, onpick) {
  const grid = h("div", { class: "emoji-grid" });
  const search = h("input", {
    class: "text-input", type: "text", placeholder: "Search emoji", "aria-label": "Search emoji", oninput: draw,
    onkeydown: (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault(); // it would end in the composer, which has the focus by then
      grid.querySelector("button")?.click();
    },
  });
  anchor.setAttribute("aria-expanded", "true");
  const popover = openPopover(anchor, h("div", { class: "emoji-picker" }, search, grid), {
    label: "Emoji", align: "end", onclose: () => anchor.setAttribute("aria-expanded", "false"),
  });
  draw();
  popover.place();
  search.focus();

  function draw() {
    const query = search.value.trim().replaceAll(":", "").replaceAll(" ", "_").toLowerCase();
    const signs = new Map(); // an emoji of several names is offered under the first that fits
    for (const name of EMOJI_NAMES.filter((each) => each.includes(query))) {
      const sign = emoji(name);
      if (!signs.has(sign.textContent)) signs.set(sign.textContent, choice(name, sign));
    }
    grid.replaceChildren(...signs.values());
  }

  function choice(name, sign) {
    return h("button", {
      type: "button", class: "emoji-choice", "data-emoji": name,
      onclick: () => {
        popover.close();
        onpick(name);
      },
    }, sign);
  }
}
