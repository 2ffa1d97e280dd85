/** What an app is at: a task with its state, what it found and where, and a plan of several. */

import { h, icon, safeLink, spoken } from "../dom.js";
import { plain } from "../mrkdwn.js";
import { richText } from "../richText.js";

const STATES = {
  pending: ["clock", "to do"], in_progress: ["refresh", "in progress"], complete: ["check", "done"], error: ["warning", "failed"],
};

/** One task. */
export function taskCard(block) {
  const [drawing, words] = STATES[block.status] ?? STATES.pending;
  const inner = [
    block.details && richText(block.details),
    block.output && richText(block.output),
    block.sources?.length > 0 && h("div", { class: "task-sources" }, block.sources.map(({ url, text }) => safeLink(url ?? "", text ?? url))),
  ];
  return h("div", { class: `task-card ${block.status}`, "data-testid": "task" },
    h("div", { class: "task-title" }, h("span", { class: "task-state" }, icon(drawing), spoken(words)), plain(block.title ?? "")), inner);
}

/** A plan, which folds. */
export function plan(block) {
  const tasks = block.tasks ?? [];
  const done = tasks.filter(({ status }) => status === "complete").length;
  return h("details", { class: "plan", open: true },
    h("summary", {}, plain(block.title ?? ""), tasks.length > 0 && h("span", { class: "plan-count" }, ` ${done} of ${tasks.length}`)),
    tasks.map((task) => taskCard(task)));
}
