/**
 * What a person is using at this moment, which must not be drawn anew under their hands.
 *
 * A control is in use while its list is open or while it asks whether to go on. What the pointer or the space bar presses is
 * in use until it is let go: a browser clicks only what was there for both.
 */

/** A press longer than this holds nothing up: the browser's own lists do not tell when it ended. */
const LONGEST_PRESS_MS = 1_000;
/** The controls in use, each as often as it is used. */
const using = [];

/** From now on `control` is in use. Gives the function that ends it; once it has ended, `released` is heard above the control. */
export function use(control) {
  using.push(control);
  // A moment later: what was chosen is kept first.
  return () => setTimeout(() => {
    using.splice(using.indexOf(control), 1);
    control.dispatchEvent(new Event("released", { bubbles: true }));
  });
}

/** Whether a control in `box` is in use. */
export function isInUse(box) {
  return using.some((control) => box.contains(control));
}

/** Makes a function that calls `take` at once, or after the press that is under way, in the order of the calls. */
export function betweenPresses(take) {
  const waiting = [];
  let isDown = false;
  let timer;
  function press() {
    isDown = true;
    clearTimeout(timer);
    timer = setTimeout(release, LONGEST_PRESS_MS);
  }
  function release() {
    isDown = false;
    for (const each of waiting.splice(0)) take(each);
  }
  const presses = (event) => event.type.startsWith("pointer") || event.key === " ";
  for (const name of ["pointerdown", "keydown"]) addEventListener(name, (event) => presses(event) && press(), true);
  // The click comes right after.
  for (const name of ["pointerup", "pointercancel", "keyup"]) addEventListener(name, (event) => presses(event) && setTimeout(release), true);
  return (each) => (isDown ? waiting.push(each) : take(each));
}
