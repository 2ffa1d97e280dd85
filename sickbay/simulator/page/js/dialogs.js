/** Short dialogs and passing notices. */

import { h } from "./dom.js";
import { use } from "./inUse.js";
import { mrkdwn, plain, textObject } from "./mrkdwn.js";

const TOAST_MS = 6_000;

/** Asks for `control` as a `confirm` object says; true at once where there is none. */
export function confirmed(confirm, control) {
  if (!confirm) return Promise.resolve(true);
  const release = use(control);
  return new Promise((resolve) => {
    const dialog = h("dialog", { class: "modal small", "aria-labelledby": "confirm-title", "data-testid": "confirm" },
      h("form", { method: "dialog" },
        h("header", { class: "modal-head" }, h("h2", { id: "confirm-title" }, plain(confirm.title?.text ?? "Are you sure?"))),
        h("div", { class: "modal-body mrkdwn" }, textObject(confirm.text)),
        h("footer", { class: "modal-foot" },
          h("button", { class: "button plain", value: "no" }, confirm.deny ? textObject(confirm.deny) : "Cancel"),
          h("button", { class: `button ${confirm.style ?? "primary"}`, value: "yes", autofocus: true }, confirm.confirm ? textObject(confirm.confirm) : "Yes"))));
    dialog.addEventListener("close", () => {
      dialog.remove();
      release();
      resolve(dialog.returnValue === "yes");
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

/** Tells something that needs no answer, and takes it away after a while. */
export function toast(text) {
  const node = h("div", { class: "toast" }, mrkdwn(text));
  document.getElementById("toasts").append(node);
  setTimeout(() => node.remove(), TOAST_MS);
}
