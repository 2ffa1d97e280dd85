/** Files in a message: pictures inline, text as a snippet that unfolds, anything else as a download. */

import { api, fileUrl } from "./api.js";
import { h, icon } from "./dom.js";

const PREVIEW_LINES = 6;
/** So much of an open snippet is drawn; the file itself has all of it. */
const MOST_LINES = 3_000;
const MOST_CHARACTERS = 200_000;

/** One file of a message. */
export function file(object) {
  if (object.mode === "tombstone") return h("div", { class: "file file-gone", "data-file-id": object.id, "data-testid": "file" }, icon("file"), "This file was deleted.");
  if (object.mimetype?.startsWith("image/")) return imageFile(object);
  const isText = object.mimetype?.startsWith("text/") || object.mimetype === "application/json" || object.preview !== undefined;
  return h("div", { class: "file", "data-file-id": object.id, "data-testid": "file" }, head(object), isText && snippet(object));
}

function imageFile(object) {
  const url = fileUrl(object.id);
  return h("figure", { class: "file-image", "data-file-id": object.id, "data-testid": "file" },
    h("figcaption", {}, object.title || object.name),
    h("a", { href: url, target: "_blank", rel: "noopener" }, h("img", { src: url, alt: object.alt_txt || object.title || object.name, loading: "lazy" })));
}

function head(object) {
  const name = object.title || object.name;
  return h("div", { class: "file-head" }, icon("file"),
    h("div", { class: "file-words" },
      h("div", { class: "file-name" }, name),
      h("div", { class: "file-kind" }, [kind(object), fileSize(object.size)].filter(Boolean).join(" · "))),
    h("a", { class: "icon-button", href: fileUrl(object.id), download: object.name, "aria-label": `Download ${name}`, title: "Download" }, icon("download")));
}

function snippet(object) {
  const code = h("pre", { class: "snippet" });
  const toggle = h("button", { type: "button", class: "snippet-toggle", "aria-expanded": "false" }, "Click to expand");
  const rest = h("div", { class: "snippet-rest", hidden: true }, "It goes on: download the file to see the rest.");
  let whole = null;
  const draw = (open) => {
    const text = open ? whole.slice(0, MOST_CHARACTERS) : (object.preview ?? whole ?? "");
    const rows = text.replace(/\n$/, "").split("\n").slice(0, open ? MOST_LINES : PREVIEW_LINES);
    code.replaceChildren(...rows.map((row) => h("span", { class: "snippet-line" }, row, "\n")));
    rest.hidden = !open || (rows.length < MOST_LINES && text.length === whole.length);
    code.classList.toggle("open", open);
    toggle.textContent = open ? "Collapse" : "Click to expand";
    toggle.setAttribute("aria-expanded", String(open));
  };
  const read = async () => {
    whole ??= await api.fileText(object.id);
  };
  toggle.addEventListener("click", async () => {
    try {
      await read();
      draw(toggle.getAttribute("aria-expanded") === "false");
    } catch (error) {
      toggle.textContent = error.message;
    }
  });
  if (object.preview === undefined) read().then(() => draw(false), () => {});
  draw(false);
  const isWhole = object.lines <= PREVIEW_LINES && object.size === new Blob([object.preview]).size;
  return [code, rest, !isWhole && toggle];
}

function kind(object) {
  const names = { text: "Plain text", log: "Log", json: "JSON", yaml: "YAML", markdown: "Markdown", python: "Python", dockerfile: "Dockerfile", shell: "Shell", binary: "Binary" };
  return names[object.filetype] ?? object.filetype?.toUpperCase() ?? "File";
}

/** How large a file is, for people. */
export function fileSize(bytes) {
  if (bytes === undefined) return "";
  if (bytes < 1000) return `${bytes} bytes`;
  return bytes < 1_000_000 ? `${Math.round(bytes / 1000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
