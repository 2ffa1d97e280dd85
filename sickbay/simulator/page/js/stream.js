/** The event stream: one WebSocket that comes back by itself, with growing pauses, until it is stopped. */

const FIRST_PAUSE_MS = 400;
const LONGEST_PAUSE_MS = 8_000;

export class Stream {
  #url;
  #listeners;
  #socket = null;
  #timer = null;
  #pause = FIRST_PAUSE_MS;

  /** `url()` is asked at each attempt; `onup` and `ondown` tell of the connection, `onevent` gets each decoded frame. */
  constructor(url, { onup, ondown, onevent }) {
    this.#url = url;
    this.#listeners = { onup, ondown, onevent };
  }

  /** Connects, or connects anew where it is connected already. */
  start() {
    this.stop();
    this.#connect();
  }

  stop() {
    clearTimeout(this.#timer);
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
  }

  #connect() {
    const socket = new WebSocket(this.#url());
    this.#socket = socket;
    socket.addEventListener("open", () => {
      if (socket !== this.#socket) return;
      this.#pause = FIRST_PAUSE_MS;
      this.#listeners.onup();
    });
    socket.addEventListener("message", (frame) => {
      if (socket === this.#socket) this.#listeners.onevent(JSON.parse(frame.data));
    });
    socket.addEventListener("close", () => {
      if (socket !== this.#socket) return;
      this.#listeners.ondown();
      this.#timer = setTimeout(() => this.#connect(), this.#pause * (0.75 + Math.random() / 2));
      this.#pause = Math.min(this.#pause * 2, LONGEST_PAUSE_MS);
    });
  }
}
