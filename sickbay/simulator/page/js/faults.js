/** The side panel's faults: what the workspace shall do wrong, to see how the app takes it. */

import { api } from "./api.js";
import { toast } from "./dialogs.js";
import { h, renew, uniqueId } from "./dom.js";

const STATUSES = [[429, "429 · too many"], [500, "500 · broken"]];
const SPEEDS = [[0, "as it is"], [0.5, "0.5 s slower"], [2, "2 s slower"], [5, "5 s slower"]];
const ANY = "*";

export class Faults {
  #state = h("p", { class: "faults-state", role: "status", "data-testid": "faults-state" });
  #method = h("select", { class: "small-select" });
  #status = choice(STATUSES);
  #count = h("input", { class: "text-input faults-count", type: "number", min: 1, max: 100, value: 1 });
  #speed = choice(SPEEDS);
  /** How often the panel was told; a reading that is slower than that comes too late. */
  #told = 0;
  #limits = h("input", { type: "checkbox", onchange: () => this.#ask({ kind: "rate_limits", on: this.#limits.checked }) });

  /** What the panel shows: a fold, closed at first. */
  node = h("details", { class: "faults", "data-testid": "faults" },
    h("summary", {}, "Faults"),
    h("div", { class: "faults-body" },
      h("form", { class: "faults-row", onsubmit: (event) => this.#refuse(event) },
        labelled("Refuse the next", this.#count), labelled("calls of", this.#method), labelled("with", this.#status),
        h("button", { class: "button plain", type: "submit" }, "Refuse")),
      h("div", { class: "faults-row" }, labelled("The network is", this.#speed),
        h("label", { class: "choice" }, this.#limits, h("span", {}, "Slack’s rate limits hold"))),
      h("div", { class: "faults-row" },
        this.#button("Send the next event twice", { kind: "duplicate" }),
        this.#button("Drop the sockets", { kind: "drop" }),
        this.#button("Ask to reconnect", { kind: "refresh" }),
        this.#button("Uninstall the app", { kind: "uninstall" })),
      h("div", { class: "faults-row" }, this.#state, this.#button("Let all go well", { kind: "clear" }))));

  constructor() {
    this.#speed.addEventListener("change", () => this.#ask({ kind: "slow", seconds: Number(this.#speed.value) }));
  }

  async load() {
    const before = this.#told;
    const state = await api.faults();
    renew(this.#method, [ANY, ...state.methods].map((name) => h("option", { value: name }, name === ANY ? "any method" : name)));
    if (this.#told === before) this.show(state);
  }

  /** What goes wrong now. */
  show(state) {
    this.#told += 1;
    const wrong = [
      ...state.refusals.map(({ method, status, count }) => `${count} × ${status} on ${method === ANY ? "any method" : method}`),
      state.duplicates && `${state.duplicates} × sent twice`,
      state.latency && `network ${state.latency} s slower`,
      state.uninstalled && "the app is uninstalled",
      state.missing_scopes.length && `without ${state.missing_scopes.join(", ")}`,
    ].filter(Boolean);
    this.#state.textContent = wrong.length ? `To come: ${wrong.join("; ")}.` : "Nothing is set to go wrong.";
    if (![...this.#speed.options].some(({ value }) => Number(value) === state.latency)) {
      this.#speed.append(h("option", { value: state.latency }, `${state.latency} s slower`));
    }
    this.#speed.value = String(state.latency);
    this.#limits.checked = state.rate_limits;
  }

  #button(text, body) {
    return h("button", { type: "button", class: "button plain", onclick: () => this.#ask(body) }, text);
  }

  #refuse(event) {
    event.preventDefault();
    return this.#ask({ kind: "refuse", method: this.#method.value, status: Number(this.#status.value), count: Number(this.#count.value) });
  }

  async #ask(body) {
    try {
      const answer = await api.fault(body);
      if (answer.ok) this.show(answer);
      else toast(answer.message);
    } catch (error) {
      toast(error.message);
    }
  }
}

function choice(options) {
  return h("select", { class: "small-select" }, options.map(([value, label]) => h("option", { value }, label)));
}

function labelled(text, control) {
  control.id = uniqueId("fault");
  return [h("label", { for: control.id }, text), control];
}
