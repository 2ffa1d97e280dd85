/**
 * Builds DOM nodes. Text from messages only ever becomes a text node: nothing on this page parses HTML,
 * so a container's name can be shown but never run.
 */

const SVG = "http://www.w3.org/2000/svg";

/**
 * An element with its attributes, listeners (`onclick`) and children.
 * `style` takes an object and goes through the CSSOM, which the page's content security policy allows.
 */
export function h(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "style") for (const [key, each] of Object.entries(value)) node.style.setProperty(key, each);
    else if (name === "value") node.value = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...present(children));
  return node;
}

/** Replaces all children of a node. */
export function fill(node, ...children) {
  node.replaceChildren(...present(children));
  return node;
}

/** One drawing of images/icons.svg; silent for screen readers, as its control carries the words. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `/page/images/icons.svg#${name}`);
  svg.append(use);
  return svg;
}

/** A button that shows only a drawing; its label is read out and shown as a tooltip. */
export function iconButton(name, label, onclick, props = {}) {
  return h("button", { type: "button", "aria-label": label, title: label, onclick, ...props }, icon(name));
}

/** Words for screen readers only. */
export function spoken(text) {
  return h("span", { class: "visually-hidden" }, text);
}

/** What names a control, or what it stands in. */
const NAMES = ["data-action-id", "data-testid", "data-channel", "data-reaction", "data-log-id"];
const CONTROLS = "a[href], button, input, select, textarea, summary, [tabindex]";
const nameOf = (node) => [node.tagName, ...NAMES.map((name) => node.closest(`[${name}]`)?.getAttribute(name))].join();

/** Draws the inside of a box anew, and puts the keyboard back on the control of the same name, its caret too, or on `otherwise`. */
export function redraw(box, draw, otherwise = null) {
  const focused = document.activeElement;
  const name = focused !== box && box.contains(focused) && nameOf(focused);
  const sameName = () => (name ? [...box.querySelectorAll(CONTROLS)].filter((node) => nameOf(node) === name) : []);
  const at = sameName().indexOf(focused);
  draw(box);
  if (!name || focused === document.activeElement) return;
  const same = focused.isConnected ? focused : sameName()[at];
  (same ?? otherwise)?.focus({ preventScroll: true });
  if (same && typeof focused.selectionStart === "number") same.setSelectionRange(focused.selectionStart, focused.selectionEnd);
}

/** Gives a box these children, but keeps each that looks like one of them: whoever presses it or has opened its list still can. */
export function renew(box, ...children) {
  const old = [...box.childNodes];
  const wanted = present(children).map((node) => {
    const at = old.findIndex((each) => each === node || each.isEqualNode(node));
    return at < 0 ? node : old.splice(at, 1)[0];
  });
  for (const node of old) node.remove();
  wanted.forEach((node, index) => box.childNodes[index] === node || box.insertBefore(node, box.childNodes[index] ?? null));
}

let lastId = 0;

/** An id that no other element of the page has, for labels and aria references. */
export function uniqueId(prefix) {
  lastId += 1;
  return `${prefix}-${lastId}`;
}

/** A link to another page, or plain text where the address is not one a browser should follow. */
export function safeLink(url, ...children) {
  if (!/^(https?:|mailto:)/i.test(url)) return h("span", { class: "dead-link", title: url }, ...children);
  return h("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, ...children);
}

function present(children) {
  return children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false && child !== "");
}
