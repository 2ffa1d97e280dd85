/** Files in a message: pictures inline, text as a snippet that unfolds, anything else as a download. */

import { api, fileUrl } from "./api.js";
import { h, icon } from "./dom.js";

const PREVIEW_LINES = 6;

/** One file of a message. */
export function file(object) {
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
      h("div", { class: "file-kind" }, [kind(object), size(object.size)].filter(Boolean).join(" · "))),
    h("a", { class: "icon-button", href: fileUrl(object.id), download: object.name, "aria-label": `Download ${name}`, title: "Download" }, icon("download")));
}

function snippet(object) {
  const code = h("pre", { class: "snippet" });
  const toggle = h("button", { type: "button", class: "snippet-toggle", "aria-expanded": "false" }, "Click to expand");
  let whole = null;
  const draw = (open) => {
    const text = open ? whole : (object.preview ?? whole ?? "");
    const rows = text.replace(/\n$/, "").split("\n");
    code.replaceChildren(...rows.slice(0, open ? undefined : PREVIEW_LINES).map((row) => h("span", { class: "snippet-line" }, row, "\n")));
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
  return [code, toggle];
}

function kind(object) {
  const names = { text: "Plain text", log: "Log", json: "JSON", yaml: "YAML", markdown: "Markdown", python: "Python" };
  return names[object.filetype] ?? object.filetype?.toUpperCase() ?? "File";
}

function size(bytes) {
  if (bytes === undefined) return "";
  if (bytes < 1000) return `${bytes} bytes`;
  return bytes < 1_000_000 ? `${Math.round(bytes / 1000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
