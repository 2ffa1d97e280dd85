/** A scrolling list of one conversation's messages, with lines between days and a walk by arrow keys. */

import { h, iconButton, renew } from "./dom.js";
import { drawMessage, messageArticle } from "./message.js";
import { author } from "./people.js";
import { store } from "./store.js";
import { dateOf, dayKey, dayName } from "./time.js";
import { hideToolbar, leaveToolbar, showToolbar } from "./toolbar.js";

/** Messages of one author within this time stand together under one name. */
const GROUP_SECONDS = 300;
/** Within this distance of its end, the list follows what is new. */
const NEAR_END_PX = 90;

export class MessageList {
  #box;
  #inThread;
  #intro;
  #introOf;
  #key = null;
  #channel = null;
  #atEnd = true;
  /** Whether the conversation was opened, and has not yet been read from the workspace. */
  #opening = false;
  #size = "";
  /** Where the pointer was last. */
  #pointer = "";
  #rows = h("div", { class: "rows" });
  #more = iconButton("down", "Newest messages", () => this.#toEnd(), { class: "to-end", hidden: true });

  /** `intro(channel, isEmpty)` gives what stands above the first message. */
  constructor(box, { inThread = false, intro = () => null } = {}) {
    this.#box = box;
    this.#inThread = inThread;
    this.#intro = h("div", { class: "intro" });
    this.#introOf = intro;
    box.replaceChildren(this.#intro, this.#rows, this.#more);
    box.addEventListener("scroll", () => this.#scrolled());
    box.addEventListener("keydown", (event) => this.#walk(event));
    box.addEventListener("focusin", (event) => this.#point(event.target));
    box.addEventListener("pointerover", (event) => this.#rests(event) || this.#point(event.target));
    box.addEventListener("pointerleave", (event) => this.#rests(event) || hideToolbar());
    box.addEventListener("pointermove", (event) => this.#rests(event));
    box.addEventListener("released", ({ target }) => this.#released(target.closest("article.message")));
    new ResizeObserver(() => this.#resized()).observe(box);
    // A picture that comes after its message makes that longer. Such an event does not bubble.
    box.addEventListener("load", () => this.#atEnd && this.#toEnd(), true);
    store.on("reset", ({ key }) => key === this.#key && this.#read());
    store.on("put", (change) => change.key === this.#key && this.#put(change));
    store.on("removed", ({ key, ts }) => key === this.#key && this.#remove(ts));
  }

  /** Shows another conversation: a channel from its end, a thread from its beginning. */
  show(channel, key) {
    this.#channel = channel;
    this.#key = key;
    this.#opening = true;
    this.#rows.replaceChildren();
    this.#drawAll();
  }

  #read() {
    this.#drawAll();
    this.#opening = false;
  }

  /** Draws what has changed, where names or pins have. */
  refresh() {
    if (this.#key) this.#drawAll();
  }

  /** Brings a message into sight and marks it for a moment. */
  reveal(ts) {
    const article = this.#article(ts);
    article?.scrollIntoView({ block: "center" });
    article?.focus();
    article?.classList.add("revealed");
    setTimeout(() => article?.classList.remove("revealed"), 2000);
  }

  #drawAll() {
    const follow = this.#opening ? !this.#inThread : this.#isAtEnd();
    const messages = store.messages(this.#key);
    const there = new Set(messages.map(({ ts }) => ts));
    for (const article of this.#rows.querySelectorAll("article")) if (!there.has(article.dataset.ts)) article.remove();
    for (const message of messages) this.#draw(message);
    this.#arrange();
    if (follow) this.#toEnd();
    else if (this.#opening) this.#box.scrollTop = 0;
    // A thread that hardly fits is read from its beginning, also when its panel gets its size only now.
    const isWhole = this.#box.scrollHeight <= this.#box.clientHeight;
    this.#atEnd = this.#opening && this.#inThread ? isWhole : this.#isAtEnd();
    this.#more.hidden = this.#isAtEnd();
  }

  /** Draws a message where it stands, or puts it where it belongs. */
  #draw(message) {
    let article = this.#article(message.ts);
    if (!article) {
      article = messageArticle(message);
      this.#insert(article);
    }
    drawMessage(article, this.#channel, message, { inThread: this.#inThread });
    return article;
  }

  #put({ message, fresh }) {
    const follow = (this.#isAtEnd() && !this.#opening) || (fresh && message.user === store.me);
    const isNew = !this.#article(message.ts);
    const article = this.#draw(message);
    this.#arrange();
    if (follow && fresh && article.offsetHeight > this.#box.clientHeight) article.scrollIntoView({ block: "start" });
    else if (follow) this.#toEnd();
    else if (fresh && isNew) this.#more.hidden = false;
  }

  /** Draws what came while a control of the message was in use. */
  #released(article) {
    const message = article && store.message(this.#channel, article.dataset.ts);
    if (message) this.#put({ message, fresh: false });
  }

  #insert(article) {
    const after = [...this.#rows.querySelectorAll("article")].find((each) => each.dataset.ts > article.dataset.ts);
    this.#rows.insertBefore(article, after ?? null);
  }

  #remove(ts) {
    this.#article(ts)?.remove();
    this.#arrange();
  }

  #article(ts) {
    return this.#rows.querySelector(`article[data-ts="${CSS.escape(ts)}"]`);
  }

  /** Sets the lines between days, groups what belongs together, and lets Tab reach just one message. */
  #arrange() {
    for (const line of this.#rows.querySelectorAll(".divider")) line.remove();
    const messages = store.messages(this.#key);
    let last = null;
    messages.forEach((message, index) => {
      const article = this.#article(message.ts);
      const date = dateOf(message.ts);
      const newDay = !last || dayKey(dateOf(last.ts)) !== dayKey(date);
      if (newDay && !this.#inThread) article.before(divider(dayName(date)));
      if (this.#inThread && index === 1) article.before(divider(`${messages.length - 1} ${messages.length === 2 ? "reply" : "replies"}`, "replies"));
      const apart = newDay || (this.#inThread && index === 1);
      article.classList.toggle("grouped", !apart && belongs(last, message));
      article.tabIndex = index === messages.length - 1 ? 0 : -1;
      last = message;
    });
    renew(this.#intro, this.#introOf(this.#channel, messages.length === 0));
  }

  #isAtEnd() {
    return this.#box.scrollHeight - this.#box.scrollTop - this.#box.clientHeight < NEAR_END_PX;
  }

  #toEnd() {
    this.#box.scrollTop = this.#box.scrollHeight;
    this.#more.hidden = true;
  }

  #scrolled() {
    leaveToolbar();
    if (this.#size !== sizeOf(this.#box)) return; // a new size moves the list too, before it is told of
    this.#atEnd = this.#isAtEnd();
    if (this.#atEnd) this.#more.hidden = true;
  }

  /** A list that stood at its end still does when it becomes narrower or lower. */
  #resized() {
    this.#size = sizeOf(this.#box);
    if (this.#atEnd) this.#toEnd();
  }

  /** Whether the list only moved under a pointer that rests: that takes the toolbar from no message that has the focus. */
  #rests({ clientX, clientY }) {
    const before = this.#pointer;
    this.#pointer = `${clientX} ${clientY}`;
    return before === this.#pointer && this.#rows.contains(document.activeElement);
  }

  #point(target) {
    const article = target.closest?.("article.message");
    if (!article) return;
    const message = store.message(this.#channel, article.dataset.ts);
    if (message) showToolbar(article, this.#channel, message, { inThread: this.#inThread });
  }

  #walk(event) {
    const article = event.target.closest("article.message");
    if (event.target !== article || !article) return;
    const all = [...this.#rows.querySelectorAll("article.message")];
    const at = all.indexOf(article);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (to !== undefined && all[to]) {
      event.preventDefault();
      article.tabIndex = -1;
      all[to].tabIndex = 0;
      all[to].focus();
    } else if (event.key === "Enter" || event.key === "t") {
      event.preventDefault();
      const message = store.message(this.#channel, article.dataset.ts);
      if (!this.#inThread && message && !message.is_ephemeral) store.go({ channel: this.#channel, thread: message.thread_ts ?? message.ts });
    }
  }
}

function sizeOf(box) {
  return `${box.clientWidth} × ${box.clientHeight}`;
}

function divider(text, kind = "day") {
  return h("div", { class: `divider ${kind}`, role: "separator", "aria-label": text }, h("span", {}, text));
}

function belongs(last, message) {
  const near = last && Number(message.ts) - Number(last.ts) < GROUP_SECONDS;
  return Boolean(near && !last.is_ephemeral && !message.is_ephemeral && author(last).name === author(message).name && author(last).id === author(message).id);
}
