/**
 * What a person is using at this moment, which must not be drawn anew under their hands.
 *
 * A control is in use while its list is open or while it asks whether to go on. What the pointer or the space bar presses is
 * in use until it is let go: a browser clicks only what was there for both.
 */

/** A press longer than this holds nothing up, should its end never be heard. */
const LONGEST_PRESS_MS = 10_000;
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
  let pressed = null;
  let timer;
  function press(by) {
    pressed = by;
    clearTimeout(timer);
    timer = setTimeout(release, LONGEST_PRESS_MS);
  }
  function release() {
    pressed = null;
    for (const each of waiting.splice(0)) take(each);
  }
  const hear = (name, listen) => addEventListener(name, listen, true);
  // The click comes right after a press.
  const releaseAfterClick = () => setTimeout(release);
  hear("pointerdown", () => press("pointer"));
  hear("pointerup", releaseAfterClick);
  hear("pointercancel", releaseAfterClick);
  // A list of the browser's own keeps to itself that the pointer is up.
  hear("pointermove", ({ buttons }) => pressed === "pointer" && !buttons && release());
  hear("keydown", ({ key }) => key === " " && press("key"));
  hear("keyup", ({ key }) => key === " " && releaseAfterClick());
  return (each) => (pressed ? waiting.push(each) : take(each));
}
