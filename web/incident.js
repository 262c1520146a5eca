// One incident's whole story, top to bottom as a person on call needs it.
import {read} from "./api.js";
import {figures} from "./charts.js";
import {approve, deny} from "./decisions.js";
import {byId, fill, h} from "./dom.js";
import {phaseBadge} from "./list.js";
import {ago, clock, duration, moment, percent, sentence, targetName, typeName}
  from "./words.js";

let parts = new Map();  // section -> the JSON that it shows
let shownId = null;
let last = null;  // What was shown last.

/** What `path` holds; null where there is nothing. */
async function readOrNull(path) {
  try {
    return await read(path);
  } catch (error) {
    if (error.status === 404) return null;
    throw error;
  }
}

/** The incident with timeline, evidence and what it was judged by. */
export async function readIncident(id) {
  const path = "/api/v1/incidents/" + id;
  const incident = await readOrNull(path);
  if (!incident) return {missing: id};
  const [timeline, evidence, config, rules] = await Promise.all([
    read(path + "/timeline"),
    // Before it was judged there is nothing to see.
    incident.assessment ? readOrNull(path + "/evidence") : null,
    read("/api/v1/config"), read("/api/v1/rules")]);
  return {incident, timeline, evidence,
    thresholds: thresholdsOf(incident, config, rules)};
}

function thresholdsOf(incident, {judge}, rules) {
  const rule = rules.items.find((one) => one.name === incident.rule);
  const confirmed = Math.max(judge.anomaly_threshold,
    rule?.confirm?.anomaly ?? 0);
  return [{at: judge.thresholds.warning, name: "warning", colour: "warn"},
    {at: confirmed, name: "confirmed", colour: "accent"},
    {at: judge.thresholds.critical, name: "critical", colour: "bad"}];
}

const SECTIONS = ["head", "ask", "plan", "evidence", "guards", "done",
  "changes", "alerts", "timeline"];

/** Shows the story; sections that did not change are left alone. */
export function showIncident(story, me, refresh) {
  last = [story, me, refresh];
  const article = byId("incident");
  const id = story?.incident?.id || story?.missing || "";
  if (id !== shownId) {
    shownId = id;
    parts = new Map();
    fill(article, SECTIONS.map((name) => h("div", {id: "part-" + name})));
    article.scrollTop = 0;
  }
  if (!story) return put("head", "", [h("p", {class: "empty"},
    "Choose an incident to see its whole story.")]);
  if (story.missing) return put("head", id, [backLink(),
    h("p", {class: "empty"}, "There is no such incident.")]);
  const {incident: one, timeline, evidence, thresholds} = story;
  put("head", [one.phase, one.reason, one.closed_at, one.assessment?.score,
    Math.floor(Date.now() / 30000)], () => head(one));
  put("ask", [one.phase, one.approval, one.plan, me.role], () =>
    question(one, me, refresh));
  put("plan", [one.plan, one.phase], () => plan(one));
  put("evidence", [evidence, thresholds], () => evidencePart(evidence, thresholds, one));
  put("guards", one.verdict, () => guards(one.verdict));
  put("done", [one.executions, one.verification], () => done(one));
  put("changes", one.changes, () => changes(one.changes));
  put("alerts", one.alerts, () => alerts(one.alerts));
  put("timeline", timeline, () => timelinePart(timeline.items));
}

function put(name, data, build) {
  const key = JSON.stringify(data) ?? "";
  if (parts.get(name) === key) return;
  parts.set(name, key);
  const place = byId("part-" + name);
  fill(place, typeof build === "function" ? build() : build);
  for (const one of place.querySelectorAll("figure")) one.draw?.();
}

/** Charts have their colours from when they were drawn. */
function redraw() {
  parts.delete("evidence");
  if (last) showIncident(...last);
}
addEventListener("themechange", redraw);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);

const backLink = () => h("a", {href: "#/", class: "back"}, "← All incidents");

const section = (title, ...children) =>
  h("section", {class: "card"}, h("h3", {}, title), ...children);

const facts = (pairs) => h("dl", {class: "facts"}, pairs.filter(Boolean)
  .map(([name, text]) => [h("dt", {}, name), h("dd", {}, text)]));

function head(one) {
  const judged = one.assessment;
  const lasted = one.closed_at
    ? `${moment(one.opened_at)}, lasted ${duration(
      (Date.parse(one.closed_at) - Date.parse(one.opened_at)) / 1000)}`
    : `${moment(one.opened_at)}, ${ago(one.opened_at)}`;
  return [backLink(),
    h("div", {class: "title"}, h("h2", {}, typeName(one.type), " in ",
      targetName(one.target)), phaseBadge(one.phase)),
    h("p", {class: "reason"}, one.reason),
    facts([["Target", `${one.target.kind} ${targetName(one.target)}`],
      ["Opened", lasted],
      ["Rule", one.rule + (one.from_watch ? " (found by the watch, no alert)" : "")],
      judged && ["Judged", `${sentence(judged.outcome).toLowerCase()}, score ` +
        `${judged.score?.toFixed(2) ?? "–"}, confidence ` +
        `${percent(judged.confidence ?? 0)}`],
      judged?.factors.length > 0 && ["Chiefly", judged.factors.slice(0, 3)
        .map((factor) => sentence(factor.metric).toLowerCase()).join(", ")],
      judged?.causes.length > 0 && ["Cause", judged.causes
        .map((cause) => `${sentence(cause.cause)}: ${cause.reason}`).join(" ")]])];
}

function question(one, me, refresh) {
  const {approval, plan: asked} = one;
  if (one.phase !== "AwaitingApproval" || approval?.state !== "pending") return null;
  const granted = approval.grants.map((grant) =>
    `${grant.by} at ${clock(grant.at)}${grant.reason && ": " + grant.reason}`);
  return h("section", {class: "card question"},
    h("h3", {}, "Waits for your decision"),
    h("p", {class: "summary"}, asked.change.summary),
    facts([["Reaches", asked.change.blast_radius],
      ["Risk", asked.risk],
      ["Needs", `${approval.people} ${approval.people === 1 ? "person" : "different people"}, ${approval.lacking} to go`],
      granted.length > 0 && ["Approved by", granted.join("; ")],
      ["Expires", `${clock(approval.expires_at)}, then a person has to look at it`]]),
    me.role === "admin" ? h("div", {class: "buttons"},
      h("button", {type: "button", id: "deny", onclick: () =>
        deny(one, refresh)}, "Deny…"),
      h("button", {type: "button", id: "approve", class: "main", onclick: () =>
        approve(one, refresh)}, "Approve…"))
      : h("p", {class: "empty"}, "Your token may look, not decide."));
}

function plan({plan: made, phase}) {
  if (!made) return null;
  return section("The exact change",
    h("p", {class: "summary"}, made.change.summary),
    facts([["Object", made.change.object], ["Reaches", made.change.blast_radius],
      ["Runbook", `${made.runbook}, risk ${made.risk}`],
      made.cause && ["Because", made.cause.reason],
      ["Plan", h("code", {}, made.hash)]]),
    h("ol", {class: "steps"}, made.steps.map((step, i) => h("li",
      {"aria-current": i === made.step && "step"}, sentence(step.action),
      step.when.length > 0 && ` when ${step.when.map((when) =>
        sentence(when).toLowerCase()).join(" or ")}`,
      i === made.step && h("span", {class: "count"},
        phase === "AwaitingApproval" ? "asked for" : "this one")))));
}

function evidencePart(evidence, thresholds, one) {
  if (!evidence) return null;
  return section("Evidence",
    h("p", {class: "hint"}, `As it was judged ${moment(evidence.at)}` +
      (evidence.later_at ? `, and how it went on until ${moment(evidence.later_at)}. ` : ". ") +
      "The band is where the metric usually is (1st to 99th percentile)."),
    one.assessment.reasons.length > 0 && h("ul", {class: "reasons"},
      one.assessment.reasons.map((reason) => h("li", {}, reason))),
    evidence.problems.length > 0 && h("ul", {class: "plain problem"},
      evidence.problems.map((problem) => h("li", {}, problem))),
    figures(evidence, thresholds, one.assessment.factors));
}

const MARKS = {allow: "✓", needs_approval: "?", deny: "✕"};

function guards(verdict) {
  if (!verdict) return null;
  const item = (finding) => h("li", {class: "finding " + finding.outcome},
    h("span", {class: "mark", "aria-hidden": "true"}, MARKS[finding.outcome]),
    h("span", {}, h("strong", {}, sentence(finding.guard)), " ",
      h("span", {class: "outcome"}, sentence(finding.outcome).toLowerCase()),
      h("br"), finding.reason));
  const speak = verdict.findings.filter((one) => one.outcome !== "allow");
  const allowed = verdict.findings.filter((one) => one.outcome === "allow");
  return section(`Guards: ${sentence(verdict.outcome).toLowerCase()}`,
    speak.length > 0 && h("ul", {class: "plain"}, speak.map(item)),
    allowed.length > 0 && h("details", {},
      h("summary", {}, `${allowed.length} guards allow it`),
      h("ul", {class: "plain"}, allowed.map(item))));
}

function done({executions, verification}) {
  if (executions.length === 0 && !verification) return null;
  return section("What was done",
    h("ol", {class: "plain"}, executions.map((one) => h("li", {class: "act"},
      h("time", {datetime: one.at}, clock(one.at)),
      h("span", {}, h("strong", {}, sentence(one.action)), " ",
        one.phase && `(${sentence(one.phase).toLowerCase()}) `,
        h("span", {class: "outcome"}, one.outcome
          ? sentence(one.outcome).toLowerCase() : "under way"),
        one.detail && [h("br"), one.detail])))),
    verification && h("p", {class: "verified " + verification.outcome},
      h("strong", {}, `Checked: ${sentence(verification.outcome).toLowerCase()}. `),
      verification.reason));
}

function changes(list) {
  if (list.length === 0) return null;
  return section("What changed before",
    h("ol", {class: "plain"}, list.map((one) => h("li", {class: "act"},
      h("time", {datetime: one.at}, moment(one.at)),
      h("span", {}, h("strong", {}, one.object), ` by ${one.by || "unknown"}`,
        one.revision ? `, revision ${one.revision}` : "", h("br"),
        h("code", {}, one.fields.join(", ")))))));
}

function alerts(list) {
  if (list.length === 0) return null;
  return section("Alerts", h("ul", {class: "plain"}, list.map((one) =>
    h("li", {class: "act"}, h("time", {datetime: one.starts_at},
      moment(one.starts_at)), h("span", {}, h("strong", {}, one.alertname), " ",
      h("span", {class: "outcome"}, one.status))))));
}

function timelinePart(items) {
  return section("Timeline", h("ol", {class: "timeline"}, items.map((one) =>
    h("li", {}, h("time", {datetime: one.at, title: moment(one.at)}, clock(one.at)),
      h("div", {}, h("strong", {}, sentence(one.stage)), " ",
        h("span", {class: "outcome"}, sentence(one.outcome).toLowerCase()),
        h("p", {}, one.reason),
        Object.keys(one.data).length > 0 && h("details", {},
          h("summary", {}, "Details"),
          h("pre", {tabindex: 0}, JSON.stringify(one.data, null, 2))))))));
}
