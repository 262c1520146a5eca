// The page: who asks, what is shown, and the poll that keeps it fresh.
import {Refusal, read, token} from "./api.js";
import {byId} from "./dom.js";
import {readIncident, showIncident} from "./incident.js";
import {readLists, showLists, startList} from "./list.js";
import {readSafety, showSafety} from "./safety.js";
import {clock, duration} from "./words.js";

const POLL_MS = 2000;
const STALE_MS = 7000;
const SHOWN = "incidents-shown";  // When the page has become of use.
let me = null;
let lastGood = 0;
let trouble = null;  // The Refusal that came instead of an answer.
let timer = 0;
let running = null;
let again = false;

const selected = () =>
  /^#\/incidents\/([\w-]{1,64})$/.exec(location.hash)?.[1] || "";

/** Looks at everything once more, now. */
export function refresh() {
  clearTimeout(timer);
  if (running) {
    again = true;
    return running;
  }
  running = look().finally(() => {
    running = null;
    timer = setTimeout(refresh, again ? 0 : POLL_MS);
    again = false;
  });
  return running;
}

async function look() {
  if (document.hidden) return;
  try {
    if (!me?.role) me = await read("/api/v1/me");
    if (!me.role) return askForToken(token.get() ? "This token is not known." : "");
    const id = selected();
    const [lists, safety, story] = await Promise.all(
      [readLists(), readSafety(me), id ? readIncident(id) : null]);
    lastGood = Date.now();
    trouble = null;
    show(lists, safety, story, id);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    trouble = error;
    if (error.status === 401 || error.status === 403) {
      me = null;
      askForToken("This token is not known.");
    }
  } finally {
    showFreshness();
  }
}

function show(lists, safety, story, id) {
  byId("ask").hidden = true;
  byId("content").hidden = false;
  byId("leave").hidden = !token.get();
  document.body.classList.toggle("one", id !== "");
  showLists(lists, id);
  if (!performance.getEntriesByName(SHOWN).length) performance.mark(SHOWN);
  showSafety(safety, me, refresh);
  showIncident(story, me, refresh);
}

function askForToken(problem) {
  lastGood = 0;
  trouble = null;
  byId("content").hidden = true;
  byId("safety").replaceChildren();
  byId("leave").hidden = true;
  byId("ask-problem").textContent = problem;
  if (!byId("ask").hidden) return;
  byId("ask").hidden = false;
  byId("token").focus();
}

/** Old data says so, and why: at once in words, for screen readers once. */
function showFreshness() {
  const age = Date.now() - lastGood;
  const stale = lastGood > 0 && age > STALE_MS;
  document.body.classList.toggle("old", stale);
  byId("freshness").textContent = lastGood === 0 ? ""
    : stale ? "Not live" : "Live, " + clock(lastGood);
  const bar = byId("stale");
  // One call that went lost is not yet a lost connection.
  bar.hidden = !(stale || trouble?.status > 0 || trouble && lastGood === 0);
  const text = [
    trouble?.status > 0 ? `The API answers: ${trouble.message}.`
      : "The connection is lost.",
    lastGood > 0 && `What you see is as it was at ${clock(lastGood)}.`,
    "It is asked again every 2 s."].filter(Boolean).join(" ");
  if (!bar.hidden && bar.textContent !== text) bar.textContent = text;
  if (stale) byId("freshness").textContent += `: ${duration(age / 1000)} old`;
}

function startTheme() {
  const root = document.documentElement;
  const isDark = () => root.dataset.theme
    ? root.dataset.theme === "dark"
    : matchMedia("(prefers-color-scheme: dark)").matches;
  const label = () => { byId("theme").textContent = isDark() ? "Light" : "Dark"; };
  byId("theme").addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    localStorage.setItem("theme", root.dataset.theme);
    label();
    dispatchEvent(new Event("themechange"));
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", label);
  label();
}

byId("ask").addEventListener("submit", (event) => {
  event.preventDefault();
  token.set(byId("token").value.trim());
  byId("token").value = "";
  me = null;
  refresh();
});
byId("leave").addEventListener("click", () => {
  token.forget();
  location.reload();
});
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) refresh();
});
addEventListener("hashchange", async () => {
  await refresh();
  if (selected()) byId("incident").focus({preventScroll: true});
  else byId("content").focus({preventScroll: true});
});
byId("lists").addEventListener("older", refresh);
setInterval(showFreshness, 1000);
startTheme();
startList(refresh);
refresh();
