/** The bar on top: where this workspace runs, whether the page is connected, and who acts. */

import { h, icon, renew } from "./dom.js";
import { avatar, userName } from "./people.js";
import { store } from "./store.js";

/** Says in the bar how the connection is: "up", "down", or a sentence about what is wrong. */
export function drawNotice(box, connection) {
  if (connection === "up") {
    box.replaceChildren(icon("lock"), h("span", {}, h("span", { class: "notice-where" }, "Local workspace on "), h("b", {}, location.host), h("span", { class: "notice-more" }, " · nothing leaves this machine")));
  } else {
    box.replaceChildren(icon("refresh"), h("span", {}, connection === "down" ? "Reconnecting…" : connection));
  }
  box.dataset.connection = connection === "up" ? "up" : "down";
  if (connection === "up") box.removeAttribute("role");
  else box.setAttribute("role", "alert");
}

/** Draws the switch between people; `onswitch(user)` hears the choice. */
export function drawUserSwitcher(box, onswitch) {
  const people = [...store.users.values()].filter((user) => !user.is_bot);
  const select = h("select", { class: "user-select", "data-testid": "user-switcher", "aria-label": "Act as", onchange: () => onswitch(select.value) },
    people.map((user) => h("option", { value: user.id, selected: user.id === store.me }, userName(user.id))));
  renew(box, h("span", { class: "acting-as" }, "Acting as"), h("span", { class: "user-switcher" }, avatar(store.me, userName(store.me), "small"), select, icon("chevron")));
}
