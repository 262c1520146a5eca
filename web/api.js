// The API: one function to read, one to ask for a change. Answers are kept
// with their tags, so that what did not change is not sent again.

const TIMEOUT_MS = 8000;
const TOKEN = "selfheal-token";
const kept = new Map();  // path -> {tag, value}

/** The API said no; `status` 0: it did not answer at all. */
export class Refusal extends Error {
  constructor(status, detail) {
    super(detail);
    this.status = status;
  }
}

export const token = {
  get: () => sessionStorage.getItem(TOKEN) || "",
  set: (value) => { kept.clear(); sessionStorage.setItem(TOKEN, value); },
  forget: () => { kept.clear(); sessionStorage.removeItem(TOKEN); },
};

async function send(path, options) {
  const headers = {...options.headers};
  if (token.get()) headers.Authorization = "Bearer " + token.get();
  try {
    return await fetch(path, {
      ...options, headers, cache: "no-store",
      signal: AbortSignal.timeout(TIMEOUT_MS)});
  } catch (error) {
    throw new Refusal(0, error.name === "TimeoutError"
      ? "no answer in time" : "no connection");
  }
}

async function refusalOf(answer) {
  let detail = answer.statusText;
  try {
    detail = (await answer.json()).detail || detail;
  } catch { /* Not a problem document, so the status has to do. */ }
  return new Refusal(answer.status, detail);
}

/** What stands at `path`; the same object again while it did not change. */
export async function read(path) {
  const before = kept.get(path);
  const answer = await send(path,
    {headers: before ? {"If-None-Match": before.tag} : {}});
  if (answer.status === 304) return before.value;
  if (!answer.ok) throw await refusalOf(answer);
  const value = await answer.json();
  const tag = answer.headers.get("ETag");
  if (tag) keep(path, {tag, value});
  return value;
}

function keep(path, entry) {
  kept.delete(path);
  kept.set(path, entry);
  if (kept.size > 50) kept.delete(kept.keys().next().value);
}

/** Sends `body` to `path`; the answer. */
export async function post(path, body) {
  const answer = await send(path, {
    method: "POST", body: JSON.stringify(body),
    headers: {"Content-Type": "application/json"}});
  if (!answer.ok) throw await refusalOf(answer);
  return answer.json();
}
