/**
 * Starts the page, and loads it again where a part of it did not arrive.
 *
 * Chromium drops whatever it is loading when the machine's network changes (ERR_NETWORK_CHANGED), loopback included; and
 * every container that starts or stops changes it. That is why this file comes before all else, and imports nothing at once.
 * Where this file itself does not arrive, a line in the page loads it again.
 */

const reload = { key: "sickbay.reloads", most: 8, pause: 300 };

async function load() {
  if (document.readyState === "loading") await new Promise((resolve) => document.addEventListener("DOMContentLoaded", resolve, { once: true }));
  await import("/page/js/main.js");
  if (document.readyState !== "complete") await new Promise((resolve) => addEventListener("load", resolve, { once: true }));
  // A sheet that did not arrive has no rules, or none that may be read, which throws.
  const styles = [...document.querySelectorAll('link[rel="stylesheet"]')];
  if (styles.some(({ sheet }) => !sheet.cssRules.length)) throw new Error("A style sheet is empty.");
}

load().then(() => sessionStorage.removeItem(reload.key), (error) => {
  const reloads = Number(sessionStorage.getItem(reload.key));
  sessionStorage.setItem(reload.key, String(reloads + 1));
  if (reloads < reload.most) setTimeout(() => location.reload(), reload.pause);
  else document.getElementById("notice").textContent = `The page did not load. Load it again. (${error.message})`;
});
