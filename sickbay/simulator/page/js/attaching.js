/** The files that wait in a composer to be sent: chosen, dropped, pasted, or made of a long text. */

import { fill, h, icon, iconButton } from "./dom.js";
import { fileSize } from "./files.js";

/** What Slack takes: files of one message, bytes of a snippet. */
const MOST = 10;
const LARGEST = 1_000_000;
/** From this length on, a pasted text is offered as a snippet. */
const LONG_TEXT = 1_000;
const LONG_LINES = 15;

export class Attaching {
  list = h("ul", { class: "composer-files", "aria-label": "Attached files", hidden: true });
  offer = h("div", { class: "composer-offer", hidden: true });
  button;
  #input;
  #files = [];
  #onchange;
  #onproblem;

  /** `field` is where one pastes, `place` where one drops; `onchange` and `onproblem(sentence)` hear what became of it. */
  constructor(field, place, { name, onchange, onproblem }) {
    this.#onchange = onchange;
    this.#onproblem = onproblem;
    this.#input = h("input", { type: "file", multiple: true, hidden: true, "data-testid": `${name}-files`, onchange: () => this.#chosen() });
    this.button = h("span", {}, this.#input, iconButton("attach", "Attach files", () => this.#input.click(), { class: "composer-tool" }));
    field.addEventListener("paste", (event) => this.#pasted(event, field));
    for (const kind of ["dragenter", "dragover", "dragleave", "drop"]) place.addEventListener(kind, (event) => this.#dragged(event, place));
  }

  get files() {
    return this.#files;
  }

  /** Replaces what waits, as for another conversation. */
  set files(files) {
    this.#files = files;
    this.offer.hidden = true;
    this.list.hidden = !files.length;
    fill(this.list, files.map((file) => h("li", { class: "composer-file", "data-testid": "attached" },
      icon("file"), h("span", { class: "composer-file-name" }, file.name), h("span", { class: "composer-file-size" }, fileSize(file.size)),
      iconButton("close", `Remove ${file.name}`, () => this.#remove(file), { class: "composer-file-remove" }))));
  }

  #remove(file) {
    this.files = this.#files.filter((each) => each !== file);
    this.#onchange();
    (this.list.querySelector("button") ?? this.button.querySelector("button")).focus();
  }

  #add(files) {
    const large = files.find(({ size }) => size > LARGEST);
    const empty = files.find(({ size }) => size === 0);
    if (large) this.#onproblem(`${large.name} is larger than 1 MB, the most for a snippet.`);
    else if (empty) this.#onproblem(`${empty.name} is empty.`);
    else if (this.#files.length + files.length > MOST) this.#onproblem(`A message takes ${MOST} files.`);
    else {
      this.files = [...this.#files, ...files];
      this.#onchange();
    }
  }

  #chosen() {
    this.#add([...this.#input.files]);
    this.#input.value = "";
  }

  #pasted(event, field) {
    const { files } = event.clipboardData;
    const text = event.clipboardData.getData("text/plain");
    if (files.length) {
      event.preventDefault();
      this.#add([...files]);
    } else if (text.length > LONG_TEXT || text.split("\n").length > LONG_LINES) {
      this.#suggest(text, field);
    }
  }

  #suggest(text, field) {
    const accept = () => {
      const at = field.value.indexOf(text.replaceAll("\r\n", "\n"));
      if (at >= 0) field.setRangeText("", at, at + text.replaceAll("\r\n", "\n").length, "end");
      this.#add([new File([text], nameOf(text))]);
      field.focus();
    };
    fill(this.offer, "That is a long text.", h("button", { type: "button", class: "composer-offer-button", "data-testid": "make-snippet", onclick: accept }, "Attach it as a file"),
      iconButton("close", "Keep it as text", () => this.#decline(field), { class: "composer-file-remove" }));
    this.offer.hidden = false;
  }

  #decline(field) {
    this.offer.hidden = true;
    field.focus();
  }

  #dragged(event, place) {
    if (!event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    const leaves = event.type === "dragleave" && !place.contains(event.relatedTarget);
    if (event.type === "drop") this.#add([...event.dataTransfer.files]);
    place.classList.toggle("drop-target", event.type !== "drop" && !leaves);
  }
}

/** Files as the workspace takes them: [{name, content}], the content in base64. */
export function encoded(files) {
  return Promise.all(files.map((file) => new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve({ name: file.name, content: reader.result.slice(reader.result.indexOf(",") + 1) });
    reader.onerror = () => reject(new Error(`${file.name} cannot be read.`));
    reader.readAsDataURL(file);
  })));
}

/** A name for a text that has none, by what it begins with. */
function nameOf(text) {
  if (/^(?:\s*(?:#.*|ARG\s.*))*\s*FROM\s/i.test(text.slice(0, 4000))) return "Dockerfile";
  return /^services:\s*(?:#.*)?$/m.test(text) ? "compose.yaml" : "Untitled.txt";
}
