/** Modals: a stack of up to three views in one dialog; the browser keeps the focus inside it. */

import { api } from "./api.js";
import { blocks } from "./blocks/index.js";
import { Surface } from "./blocks/surface.js";
import { fill, h, icon, iconButton, redraw } from "./dom.js";
import { isInUse } from "./inUse.js";
import { firstInvalid, markErrors, problems } from "./validation.js";
import { mrkdwn, plain } from "./mrkdwn.js";
import { store } from "./store.js";

const TROUBLE = "We had some trouble connecting. Try again?";

export class Modals {
  /** The open views, the visible one last: [{view, surface}]. */
  #stack = [];
  #form = h("form", { novalidate: true, onsubmit: (event) => this.#submit(event) });
  #dialog = h("dialog", {
    class: "modal", "aria-labelledby": "modal-title", "data-testid": "modal", oncancel: (event) => this.#cancelled(event), onclose: () => this.#closedByBrowser(),
  }, this.#form);
  #opener = null;
  /** The view as it was drawn last. */
  #drawn = null;
  /** The views that this page closed: what is told of one afterwards comes too late. */
  #gone = new Set();

  constructor() {
    this.#form.addEventListener("released", () => this.#top()?.view !== this.#drawn && this.#draw());
    document.body.append(this.#dialog);
  }

  /** A view was opened, pushed or updated; `depth` is how many views are open now. */
  show(view, depth) {
    if (this.#gone.has(view.id)) return;
    const at = this.#stack.findIndex((each) => each.view.id === view.id);
    if (at >= 0) this.#stack[at].view = view;
    else this.#stack = [...this.#stack.slice(0, Math.max(depth - 1, 0)), { view, surface: new Surface({ view_id: view.id }) }];
    this.#draw();
  }

  /** The workspace closed a view. */
  closed(viewId) {
    this.#stack = this.#stack.filter(({ view }) => view.id !== viewId);
    this.#draw();
  }

  /** Another person acts now, who has none of these open. */
  clear() {
    this.#stack = [];
    this.#draw();
  }

  #top() {
    return this.#stack.at(-1);
  }

  #draw() {
    const top = this.#top();
    const isSame = top && top.view.id === this.#drawn?.id;
    if (isSame && isInUse(this.#form)) return;
    for (const list of this.#dialog.querySelectorAll(".popover")) list.hidePopover();
    if (!top) {
      this.#drawn = null;
      this.#dialog.close();
      const isThere = this.#opener?.isConnected && this.#opener !== document.body;
      if (this.#opener) (isThere ? this.#opener : document.getElementById("composer-input")).focus();
      this.#opener = null;
      return;
    }
    const { view, surface } = top;
    this.#drawn = view;
    redraw(this.#dialog, () => fill(this.#form,
      this.#head(view),
      h("div", { class: "modal-banner", role: "alert" }),
      h("div", { class: "modal-body", tabindex: -1 }, blocks(view.blocks, surface)),
      this.#foot(view)));
    this.#open();
    if (!isSame) this.#form.querySelector(".modal-body :is(input, textarea, select, button)")?.focus();
  }

  #open() {
    if (this.#dialog.open) return;
    this.#opener = document.activeElement;
    this.#dialog.showModal();
  }

  #head(view) {
    const back = this.#stack.length > 1 && h("button", { type: "button", class: "icon-button back", "aria-label": "Back", onclick: () => this.#close() }, icon("chevron"));
    return h("header", { class: "modal-head" }, back,
      h("img", { class: "avatar small", src: "/page/images/sickbay.svg", alt: "" }),
      h("h2", { id: "modal-title" }, plain(view.title?.text ?? "")),
      iconButton("close", "Close", () => this.#close({ all: true }), { class: "icon-button", "data-testid": "modal-close" }));
  }

  #foot(view) {
    const hasForm = view.submit || view.blocks.some((block) => block.type === "input");
    return h("footer", { class: "modal-foot" },
      h("button", { type: "button", class: "button plain", "data-testid": "modal-cancel", onclick: () => this.#close() }, plain(view.close?.text ?? (hasForm ? "Cancel" : "Close"))),
      hasForm && h("button", { type: "submit", class: "button primary", "data-testid": "modal-submit" }, plain(view.submit?.text ?? "Submit"), icon("warning")));
  }

  #cancelled(event) {
    event.preventDefault();
    this.#close();
  }

  /** A second Escape in a row closes all without asking. */
  #closedByBrowser() {
    if (!this.#dialog.open) this.#close({ all: true });
  }

  /** Closes the visible view, or all of them, and tells the workspace, which tells the app if it asked to know. */
  async #close({ all = false } = {}) {
    const going = this.#stack.splice(all ? 0 : -1);
    if (!going.length) return;
    for (const { view } of going) this.#gone.add(view.id);
    this.#draw();
    await api.closeView(going.at(-1).view.id, all);
  }

  async #submit(event) {
    event.preventDefault();
    const { view, surface } = this.#top();
    const values = surface.valuesOf(view.blocks);
    const own = problems(view.blocks, values, this.#dialog);
    markErrors(this.#dialog, own);
    if (Object.keys(own).length) return firstInvalid(this.#dialog)?.focus();
    const button = this.#dialog.querySelector('[type="submit"]');
    if (button.dataset.waiting) return undefined;
    button.dataset.waiting = "busy";
    const answer = await api.submitView(view.id, { values }).catch(() => ({ acked: false }));
    delete button.dataset.waiting;
    if (answer.errors) {
      markErrors(this.#dialog, answer.errors);
      firstInvalid(this.#dialog)?.focus();
    } else if (!answer.acked) {
      fill(this.#dialog.querySelector(".modal-banner"), icon("warning"), mrkdwn(TROUBLE));
    }
    return undefined;
  }
}

/** What was chosen in a Home outlives its publishing, so its surface does too. */
const homes = new Map();

/** The view of a person's App Home; null while the app has published none. */
export function homeView(view) {
  if (!view) return h("div", { class: "home-empty" }, `${store.bot.name} has published no Home yet.`);
  if (!homes.has(view.id)) homes.set(view.id, new Surface({ view_id: view.id }));
  return h("div", { class: "home-view" }, blocks(view.blocks, homes.get(view.id)));
}
