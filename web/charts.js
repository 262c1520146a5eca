// What was judged, for the eye: a figure a metric, and one for the score.
import {h} from "./dom.js";
import {plot} from "./plot.js";
import {clock, duration, percent, quantity, sentence} from "./words.js";

/** The figures of an incident's evidence: the score, what is forecast, then
 *  what speaks loudest.
 *  @param thresholds  [{at, name, colour}] of the score.
 *  @param factors     [{metric}], the largest first. */
export function figures(evidence, thresholds, factors) {
  const names = [evidence.forecast?.component,
    ...factors.map((factor) => factor.metric)];
  const place = ({name}) => (names.indexOf(name) + 1) || names.length + 1;
  const shown = [...evidence.windows].sort((a, b) => place(a) - place(b))
    .map((window) => metric(window, evidence));
  const scores = evidence.windows.find((window) => window.scores.length > 0);
  if (scores) shown.unshift(score(scores.scores, thresholds));
  return shown;
}

function figure(title, words, body) {
  const readout = h("output", {class: "readout", "aria-hidden": "true"});
  const node = h("figure", {},
    h("figcaption", {}, h("strong", {}, title), " ", h("span", {}, words),
      readout));
  // Drawn once it is in the page and has a width.
  node.draw = body && (() => {
    plot(node, {...body, read: (text) => { readout.textContent = text; }});
    const canvas = node.querySelector("canvas");
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", `${title}: ${words}`);
  });
  return node;
}

function lastOf(points) {
  return points.findLast(([, value]) => value !== null);
}

function metric(window, evidence) {
  const title = sentence(window.name);
  const last = lastOf(window.points);
  if (!last) return figure(title, window.problem || "no samples");
  const show = (value) => quantity(value, window.unit);
  const {low, high} = window.baseline;
  const words = [`${show(last[1])} at last`];
  if (low !== null) words.push(`usually ${show(low)} to ${show(high)}`);
  if (window.limit !== null) words.push(`limit ${show(window.limit)}`);
  const cone = coneOf(window, evidence);
  if (cone) words.push(cone.words);
  if (window.problem) words.push(window.problem);
  return figure(title, words.join(", "), {
    points: window.points, band: window.baseline, cone, format: window.unit === "bytes" ? show : (value) => quantity(value, ""),
    lines: window.limit === null ? []
      : [{at: window.limit, name: "limit", colour: "bad"}]});
}

/** The forecast's cone, where it is of this metric and reaches its limit. */
function coneOf(window, {forecast, at}) {
  if (!forecast || forecast.component !== window.name) return null;
  if (!forecast.time_to_threshold_s || window.limit === null) return null;
  const judged = Date.parse(at) / 1000;
  const [from, value] = lastOf(window.points.filter(([when]) => when <= judged)) || [];
  if (from === undefined) return null;
  const {low_s: low, time_to_threshold_s: middle, high_s: high} = forecast;
  return {from, value, limit: window.limit, low: from + low,
    middle: from + middle, high: from + high,
    words: `was to reach it about ${clock((from + middle) * 1000)} ` +
      `(in ${duration(middle)}; ${duration(low)} to ${duration(high)}), ` +
      `probability ${percent(forecast.probability)}`};
}

function score(points, thresholds) {
  const last = lastOf(points);
  const two = (value) => Number(value).toFixed(2);
  const words = (last ? `${two(last[1])} at last; ` : "") +
    thresholds.map((one) => `${one.name} from ${two(one.at)}`).join(", ");
  return figure("Anomaly score", words, {points, lines: thresholds,
    y: {min: 0, max: 1.05}, format: two});
}
