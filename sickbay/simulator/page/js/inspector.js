/** "Under the hood": each envelope and API call between the workspace and the app, with its time, verdict and JSON. */

import { api } from "./api.js";
import { fill, h, icon, iconButton, renew } from "./dom.js";
import { jsonView } from "./json.js";
import { clockTime } from "./time.js";

const MOST = 500;
const OPEN_KEY = "sickbay.inspector";
/** Within this distance of its end, the list follows what is new. */
const NEAR_END_PX = 60;
const GOOD = new Set(["ok", "acked"]);

const FILTERS = {
  all: ["All", () => true],
  to_app: ["To the app", (entry) => entry.direction === "to_app"],
  from_app: ["From the app", (entry) => entry.direction === "from_app"],
  failed: ["Failed", (entry) => !GOOD.has(entry.verdict) && entry.verdict !== "pending"],
};

export class Inspector {
  #panel;
  #entries = new Map();
  /** What the stream told while the entries are read: it may be newer than the answer. */
  #news = new Map();
  #rows = h("div", { class: "log-rows", role: "list", "aria-label": "Envelopes and calls" });
  #summary = h("div", { class: "log-summary" });
  #filter = "all";
  #query = "";
  #onchange;

  /** `faults` stands above the list; `onchange` hears that the panel was opened or closed. */
  constructor(panel, faults, onchange) {
    this.#panel = panel;
    this.#onchange = onchange;
    panel.replaceChildren(
      h("header", { class: "panel-head" }, h("h2", {}, "Under the hood"), this.#summary,
        iconButton("clear", "Clear the list", () => this.#clear(), { class: "icon-button" }),
        iconButton("close", "Close", () => this.toggle(), { class: "icon-button", "data-testid": "close-inspector" })),
      faults, this.#controls(), this.#rows);
    panel.hidden = sessionStorage.getItem(OPEN_KEY) !== "open";
    panel.addEventListener("keydown", (event) => event.key === "Escape" && this.toggle());
  }

  get isOpen() {
    return !this.#panel.hidden;
  }

  toggle() {
    const hadFocus = this.#panel.contains(document.activeElement);
    this.#panel.hidden = !this.#panel.hidden;
    sessionStorage.setItem(OPEN_KEY, this.isOpen ? "open" : "closed");
    if (this.isOpen) this.#drawAll();
    this.#onchange();
    if (hadFocus) document.querySelector('[data-testid="inspector-toggle"]').focus();
  }

  /** Reads what happened before this page was there. */
  async load() {
    this.#news = new Map();
    const { entries } = await api.log();
    this.#entries = new Map([...entries.map((entry) => [entry.id, entry]), ...this.#news]);
    this.#drawAll({ follow: this.#isAtEnd() });
  }

  /** A new entry, or an old one with its verdict. */
  put(entry) {
    const isNew = !this.#entries.has(entry.id);
    this.#entries.set(entry.id, entry);
    this.#news.set(entry.id, entry);
    if (this.#entries.size > MOST) this.#drop(this.#entries.keys().next().value);
    if (!this.isOpen) return;
    const old = this.#row(entry.id);
    const follow = this.#isAtEnd();
    if (old) draw(old, entry);
    else if (this.#fits(entry)) this.#rows.append(row(entry));
    if (isNew) this.#rows.querySelector(".log-empty")?.remove();
    if (follow) this.#toEnd();
    this.#summarise();
  }

  #controls() {
    const chips = Object.entries(FILTERS).map(([id, [label]]) => h("button", {
      type: "button", class: "filter-chip", "aria-pressed": String(id === this.#filter), "data-filter": id,
      onclick: (event) => {
        this.#filter = id;
        for (const chip of chips) chip.setAttribute("aria-pressed", String(chip === event.currentTarget));
        this.#drawAll();
      },
    }, label));
    const search = h("input", {
      class: "text-input", type: "search", placeholder: "Filter by name or content", "aria-label": "Filter by name or content", "data-testid": "inspector-filter",
      oninput: () => {
        this.#query = search.value.trim().toLowerCase();
        this.#drawAll();
      },
    });
    return h("div", { class: "log-controls" }, h("div", { class: "filter-chips", role: "group", "aria-label": "Direction" }, chips), search);
  }

  #fits(entry) {
    if (!FILTERS[this.#filter][1](entry)) return false;
    return !this.#query || `${entry.name} ${entry.verdict} ${JSON.stringify(entry.body)}`.toLowerCase().includes(this.#query);
  }

  /** Shows what fits the filter. Rows that stand there already stay as they are. */
  #drawAll({ follow = true } = {}) {
    if (!this.isOpen) return;
    const shown = [...this.#entries.values()].filter((entry) => this.#fits(entry));
    const nothing = h("div", { class: "log-empty" }, this.#entries.size ? "Nothing fits the filter." : "What the workspace and the app say to each other appears here, as it happens.");
    renew(this.#rows, shown.length ? shown.map((entry) => draw(this.#row(entry.id) ?? row(entry), entry)) : nothing);
    if (follow) this.#toEnd();
    this.#summarise();
  }

  #isAtEnd() {
    return this.#rows.scrollHeight - this.#rows.scrollTop - this.#rows.clientHeight < NEAR_END_PX;
  }

  #toEnd() {
    this.#rows.scrollTop = this.#rows.scrollHeight;
  }

  #row(id) {
    return this.#rows.querySelector(`[data-log-id="${id}"]`);
  }

  #drop(id) {
    this.#entries.delete(id);
    this.#news.delete(id);
    this.#row(id)?.remove();
  }

  #clear() {
    this.#entries.clear();
    this.#news.clear();
    this.#drawAll();
  }

  #summarise() {
    const failed = [...this.#entries.values()].filter(FILTERS.failed[1]).length;
    this.#summary.textContent = `${this.#entries.size} entries${failed ? `, ${failed} failed` : ""}`;
  }
}

/** The row of an entry, folded. */
function row(entry) {
  const head = h("button", { type: "button", class: "log-head", "aria-expanded": "false", onclick: () => unfold(node) });
  const node = h("div", { role: "listitem", "data-log-id": entry.id, "data-name": entry.name }, head);
  return draw(node, entry);
}

/** What each row shows: an entry comes a second time with its verdict. */
const entryOf = new WeakMap();

/** Draws an entry into its row, which stays folded or unfolded. */
function draw(node, entry) {
  if (entryOf.get(node)?.verdict === entry.verdict) return node;
  entryOf.set(node, entry);
  const toApp = entry.direction === "to_app";
  node.className = `log-row ${entry.verdict === "pending" ? "pending" : GOOD.has(entry.verdict) ? "good" : "bad"}`;
  node.dataset.verdict = entry.verdict;
  fill(node.querySelector(".log-head"),
    h("span", { class: `log-direction ${toApp ? "to-app" : "from-app"}`, title: toApp ? "Workspace to app" : "App to workspace" }, icon(toApp ? "out" : "in")),
    h("span", { class: "log-name" }, entry.name, entry.kind !== "api" && h("span", { class: "log-kind" }, ` ${entry.kind.replace("_", " ")}`)),
    h("span", { class: "log-verdict" }, entry.verdict),
    h("span", { class: "log-ms" }, duration(entry.ms)),
    h("span", { class: "log-at" }, clockTime(new Date(entry.at * 1000))));
  if (node.querySelector(".log-body")) unfold(node, true);
  return node;
}

/** Unfolds a row, or folds it. */
function unfold(node, isOpen = !node.querySelector(".log-body")) {
  node.classList.toggle("open", isOpen);
  node.querySelector(".log-head").setAttribute("aria-expanded", String(isOpen));
  node.querySelector(".log-body")?.remove();
  if (isOpen) node.append(details(entryOf.get(node)));
}

function details(entry) {
  const toApp = entry.direction === "to_app";
  const part = (title, value) => value !== null && value !== undefined && h("section", {},
    h("header", {}, h("h3", {}, title), h("button", { type: "button", class: "copy", onclick: () => navigator.clipboard.writeText(JSON.stringify(value, null, 2)) }, "Copy")), jsonView(value));
  return h("div", { class: "log-body" }, part(toApp ? "Payload" : "Request", entry.body), part(toApp ? "Acknowledgement" : "Answer", entry.answer));
}

function duration(ms) {
  if (ms === null || ms === undefined) return "…";
  return ms < 10 ? `${ms.toFixed(1)} ms` : `${Math.round(ms)} ms`;
}
