// The incidents: what is wrong now, what was; filters; pages of the past.
import {read} from "./api.js";
import {byId, fill, h} from "./dom.js";
import {NOW, PAST, PHASES, TYPES, ago, moment, targetName, typeName}
  from "./words.js";

const PAGE_NOW = 200;
const PAGE = 50;
let pages = 1;  // Of the past, that are shown.
let filters = {text: "", phase: "", type: "", namespace: ""};
let shown = "";

/** Fills the filters' choices; `changed` is called when one is made. */
export function startList(changed) {
  const form = byId("filters");
  for (const [id, names] of [["phase", PHASES], ["type", TYPES]]) {
    byId(id).append(...Object.entries(names).map(([value, name]) =>
      h("option", {value}, name)));
  }
  let typing = 0;
  const take = () => {
    filters = Object.fromEntries(new FormData(form));
    pages = 1;
    changed();
  };
  form.addEventListener("submit", (event) => event.preventDefault());
  for (const event of ["input", "change"]) {
    form.addEventListener(event, () => {
      clearTimeout(typing);
      typing = setTimeout(take, 250);
    });
  }
}

function pathOf(phases, limit, cursor = "") {
  const query = new URLSearchParams({phase: phases.join(","), limit});
  for (const name of ["type", "namespace", "text"]) {
    if (filters[name]) query.set(name, filters[name]);
  }
  if (cursor) query.set("cursor", cursor);
  return "/api/v1/incidents?" + query;
}

/** The first `most` pages as one. */
async function readPages(phases, limit, most) {
  const items = [];
  let next = "";
  do {
    const page = await read(pathOf(phases, limit, next));
    items.push(...page.items);
    next = page.next;
  } while (next && --most > 0);
  return {items, next};
}

/** The two lists as they are now, or the one of the phase that was chosen. */
export async function readLists() {
  const chosen = filters.phase;
  const [now, past] = await Promise.all([
    !chosen || NOW.includes(chosen)
      ? readPages(chosen ? [chosen] : NOW, PAGE_NOW, Infinity) : null,
    !chosen || PAST.includes(chosen)
      ? readPages(chosen ? [chosen] : PAST, PAGE, pages) : null]);
  return {now, past};
}

/** Shows the lists; an unchanged list is left alone. */
export function showLists({now, past}, selected) {
  const key = JSON.stringify([now?.items.map(keyOf), past?.items.map(keyOf),
    past?.next, selected, Math.floor(Date.now() / 30000)]);
  if (key === shown) return;
  shown = key;
  noteNamespaces([...(now?.items || []), ...(past?.items || [])]);
  fill(byId("lists"),
    now && part("now", "Now", sortByNeed(now.items), selected,
      "Nothing is wrong right now."),
    past && part("past", "Past", past.items, selected,
      "Nothing yet."),
    past?.next && moreButton());
  const count = (now?.items.length || 0) + (past?.items.length || 0);
  byId("found").textContent = `${count} incidents shown`;
}

const keyOf = (one) => [one.id, one.phase, one.reason];

/** Who waits for a person comes first. */
function sortByNeed(items) {
  const need = (one) => one.phase === "AwaitingApproval" ? 0 : 1;
  return [...items].sort((a, b) => need(a) - need(b));
}

function part(id, title, items, selected, empty) {
  return h("section", {"aria-labelledby": "h-" + id},
    h("h2", {id: "h-" + id}, title, " ",
      h("span", {class: "count"}, items.length)),
    items.length === 0 ? h("p", {class: "empty"}, empty)
      : h("ul", {class: "incidents"}, items.map((one) => row(one, selected))));
}

function row(one, selected) {
  return h("li", {},
    h("a", {href: "#/incidents/" + one.id, id: "row-" + one.id,
      class: "row", "aria-current": one.id === selected && "true"},
    h("span", {class: "row-top"},
      h("strong", {}, typeName(one.type)), phaseBadge(one.phase)),
    h("span", {class: "row-target"}, targetName(one.target)),
    h("span", {class: "row-reason"}, one.reason),
    h("time", {datetime: one.opened_at, title: moment(one.opened_at)},
      ago(one.opened_at))));
}

export const phaseBadge = (phase) =>
  h("span", {class: "badge " + phase.toLowerCase()}, PHASES[phase] || phase);

const moreButton = () => h("button", {type: "button", id: "older",
  onclick: ({target}) => {
    pages += 1;
    target.dispatchEvent(new CustomEvent("older", {bubbles: true}));
  }}, "Show older");

function noteNamespaces(items) {
  const list = byId("namespaces");
  const known = new Set([...list.options].map((option) => option.value));
  for (const {target} of items) {
    if (!target.namespace || known.has(target.namespace)) continue;
    known.add(target.namespace);
    list.append(h("option", {value: target.namespace}));
  }
}
