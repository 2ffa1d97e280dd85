/**
 * Where blocks stand, a message, a modal or the App Home: whom their actions address, what was chosen or typed in
 * them, and which of their controls still wait for the app.
 */

import { api } from "../api.js";

/** How a control is doing: it waits for the app's acknowledgement, or none came within Slack's three seconds. */
const BUSY = "busy";
const LATE = "late";

export class Surface {
  #values = {};
  #waiting = new Map();
  #controls = new Map();

  /** `address` is {channel, message_ts, is_ephemeral?} or {view_id}. */
  constructor(address) {
    this.address = address;
  }

  /** Slack's `state.values`: block id → action id → {type, …}. */
  get values() {
    return this.#values;
  }

  value(block, element) {
    return this.#values[block.block_id]?.[element.action_id];
  }

  set(block, element, chosen) {
    (this.#values[block.block_id] ??= {})[element.action_id] = { type: element.type, ...chosen };
  }

  /** The values of the blocks that are still there, in the form that Slack sends. */
  valuesOf(blocks) {
    const ids = new Set(blocks.map((block, index) => block.block_id ?? `block-${index}`));
    return Object.fromEntries(Object.entries(this.#values).filter(([id]) => ids.has(id)));
  }

  /** Remembers a choice and tells the app, unless the control is a quiet input of a form. */
  change(block, element, chosen) {
    this.set(block, element, chosen);
    if (block.type !== "input" || block.dispatch_action) return this.act(block, element, chosen);
    return Promise.resolve();
  }

  /** Sends a block action. The control spins until the app acknowledged it, and carries a warning if it did not. */
  async act(block, element, chosen) {
    const key = `${block.block_id}/${element.action_id}`;
    const action = { type: element.type, block_id: block.block_id, action_id: element.action_id, ...chosen };
    this.#mark(key, BUSY);
    let acked = false;
    try {
      acked = (await api.action({ ...this.address, action, state: { values: this.#values } })).acked;
    } finally {
      this.#mark(key, acked ? null : LATE);
    }
  }

  /** The options that the app offers for what was typed: [{label?, options}]. */
  async options(block, element, value) {
    const answer = await api.options({ ...this.address, block_id: block.block_id, action_id: element.action_id, value });
    if (answer.refused?.length) throw new Error(`Slack refuses the app’s options: ${answer.refused[0]}`);
    if (!answer.acked) throw new Error("The app did not answer in time.");
    if (answer.option_groups) return answer.option_groups.map(({ label, options }) => ({ label: label.text, options }));
    return [{ options: answer.options ?? [] }];
  }

  /** Makes `node` show how its action is doing, also after its message was drawn anew. */
  track(block, element, node) {
    const key = `${block.block_id}/${element.action_id}`;
    this.#controls.set(key, [...(this.#controls.get(key) ?? []).filter((each) => each.isConnected), node]);
    show(node, this.#waiting.get(key));
    return node;
  }

  #mark(key, status) {
    if (status) this.#waiting.set(key, status);
    else this.#waiting.delete(key);
    for (const node of this.#controls.get(key) ?? []) show(node, status);
  }
}

function show(node, status) {
  if (status) node.dataset.waiting = status;
  else delete node.dataset.waiting;
  node.toggleAttribute("aria-busy", status === BUSY);
  if (status === LATE) node.title = "The app did not answer within 3 seconds.";
  else node.removeAttribute("title");
}
