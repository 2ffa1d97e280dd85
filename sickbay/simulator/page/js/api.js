/** The page's calls to the workspace. Each carries the run's token and the person who acts. */

const token = new URLSearchParams(location.search).get("token") ?? "";
const USER_KEY = "sickbay.user";
/** What only reads is tried again at once: a browser drops requests whenever a network of the machine comes or goes. */
const READ_TRIES = 3;

/** The workspace refused or could not be reached. `status` is the HTTP status, 0 where there was no answer. */
export class WorkspaceError extends Error {
  constructor(message, status = 0) {
    super(message);
    this.name = "WorkspaceError";
    this.status = status;
  }
}

/** Who acts in this browser tab: a user id, or null before the first state was read. */
export function actingUser() {
  return sessionStorage.getItem(USER_KEY);
}

/** From now on this tab acts as `user`. */
export function actAs(user) {
  sessionStorage.setItem(USER_KEY, user);
}

/** Where the bytes of a file are, for images and downloads. */
export function fileUrl(id) {
  return `/workspace/files/${encodeURIComponent(id)}?${new URLSearchParams({ token })}`;
}

/** The address of this user's event stream. */
export function streamUrl() {
  const query = new URLSearchParams({ token, user: actingUser() });
  return `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/workspace/stream?${query}`;
}

async function call(path, options = {}, tries = 1) {
  let response;
  try {
    response = await fetch(`/workspace/${path}`, {
      ...options,
      headers: { "X-Workspace-Token": token, ...options.headers },
      signal: AbortSignal.timeout(20_000),
    });
  } catch {
    if (tries > 1) return call(path, options, tries - 1);
    throw new WorkspaceError("The workspace does not answer. Is it still running?");
  }
  if (!response.ok) throw new WorkspaceError(await refusal(response), response.status);
  return response;
}

async function refusal(response) {
  if (response.status === 403) return "This page's link is of an earlier run. Open the one that was printed last.";
  try {
    const answer = await response.json();
    return answer.message ?? answer.error ?? `The workspace answered ${response.status}.`;
  } catch {
    return `The workspace answered ${response.status}.`;
  }
}

async function get(path, query = {}) {
  const user = actingUser();
  const search = new URLSearchParams(user ? { user, ...query } : query);
  return (await call(`${path}?${search}`, {}, READ_TRIES)).json();
}

async function post(path, body) {
  const response = await call(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ user: actingUser(), ...body }),
  });
  return response.json();
}

export const api = {
  state: () => get("state"),
  messages: (channel, thread) => get("messages", thread ? { channel, thread } : { channel }),
  home: (tab = "home") => get("home", { tab }),
  log: () => get("log"),
  faults: () => get("faults"),
  fault: (body) => post("faults", body),
  fileText: async (id) => (await call(`files/${encodeURIComponent(id)}`, {}, READ_TRIES)).text(),
  send: (channel, text, thread, files) => post("messages", { channel, text, files, ...(thread && { thread_ts: thread }) }),
  action: (body) => post("actions", body),
  options: (body) => post("options", body),
  submitView: (view_id, state) => post("views/submit", { view_id, state }),
  closeView: (view_id, cleared) => post("views/close", { view_id, cleared }),
  shortcut: (body) => post("shortcuts", body),
  invite: (channel, invited) => post("members", { channel, invited }),
  pin: (channel, ts, on) => post("pins", { channel, ts, on }),
  react: (channel, ts, name, on) => post("reactions", { channel, ts, name, on }),
};
