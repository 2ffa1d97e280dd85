/**
 * The page's colours: the system's choice until the person makes one of their own.
 * Loaded before the first paint, so that a dark page never flashes white.
 */

const KEY = "sickbay.theme";
const systemDark = matchMedia("(prefers-color-scheme: dark)");

/** The theme shown now: "light" or "dark". */
export function currentTheme() {
  return localStorage.getItem(KEY) ?? (systemDark.matches ? "dark" : "light");
}

/** Changes to the other theme. Choosing what the system prefers follows the system again. */
export function toggleTheme() {
  const wanted = currentTheme() === "dark" ? "light" : "dark";
  const system = systemDark.matches ? "dark" : "light";
  if (wanted === system) localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, wanted);
  apply();
}

function apply() {
  document.documentElement.dataset.theme = currentTheme();
  document.dispatchEvent(new CustomEvent("themechange"));
}

systemDark.addEventListener("change", apply);
apply();
