// One line over time by uPlot, in the page's colours, with what lies behind
// it (a band), across it (limits) and before it (a forecast's cone).
/* global uPlot */
import {clock} from "./words.js";

const HEIGHT = 168;
const sizes = new ResizeObserver((entries) => {
  for (const {target, contentRect} of entries) {
    if (contentRect.width > 0) {
      target.plot?.setSize({width: contentRect.width, height: HEIGHT});
    }
  }
});

/** The colour of a custom property as a canvas takes it. */
function colour(name) {
  const probe = document.createElement("span");
  probe.style.color = `var(--${name})`;
  document.body.append(probe);
  const value = getComputedStyle(probe).color;
  probe.remove();
  return value;
}

const hourAndMinute = (seconds, short) =>
  short ? clock(seconds * 1000) : clock(seconds * 1000).slice(0, 5);

/** @param figure  where it goes
 *  @param what    points [[s, v]], band {low, high}, lines [{at, name, colour}],
 *    cone {from, value, low, middle, high, limit}, y {min, max} (fixed),
 *    format(v), read(text) is told what stands under the pointer. */
export function plot(figure, what) {
  const xs = what.points.map(([at]) => at);
  const ys = what.points.map(([, value]) => value);
  const host = figure.appendChild(document.createElement("div"));
  host.className = "plot";
  const first = xs[0];
  const last = lastShown(xs, what.cone);
  const muted = colour("muted");
  const axis = {stroke: muted, font: "12px system-ui, sans-serif",
    grid: {stroke: colour("grid"), width: 1}, ticks: {show: false}};
  host.plot = new uPlot({
    width: host.clientWidth || 600, height: HEIGHT,
    legend: {show: false},
    padding: [10, 12, 0, 0],
    cursor: {sync: {key: "evidence"}, y: false, drag: {x: false, y: false},
      points: {size: 8}},
    scales: {x: {time: true, range: [first, last]},
      y: {range: what.y ? [what.y.min, what.y.max] : rangeOf(ys, what)}},
    axes: [
      {...axis, size: 26, space: 90, values: (_, splits) => splits.map((at) =>
        hourAndMinute(at, last - first < 600))},
      {...axis, size: 74, values: (_, splits) => splits.map(what.format)},
    ],
    series: [{}, {stroke: colour("accent"), width: 2, points: {show: false},
      spanGaps: false}],
    hooks: {
      drawClear: [(u) => band(u, what)],
      draw: [(u) => over(u, what)],
      setCursor: [(u) => what.read(u.cursor.idx === null ||
        u.cursor.idx === undefined || ys[u.cursor.idx] === null ? ""
        : `${clock(xs[u.cursor.idx] * 1000)}: ${what.format(ys[u.cursor.idx])}`)],
    },
  }, [xs, ys], host);
  sizes.observe(host);
}

/** The end of the axis: the whole cone, unless that would crush the points. */
function lastShown(xs, cone) {
  const end = xs.at(-1);
  if (!cone) return end;
  const air = (end - xs[0]) * 0.4;
  return Math.max(end, Math.min(cone.high, Math.max(cone.middle, end) + air));
}

/** Room for the points, the band and the lines, and a little air. */
function rangeOf(ys, what) {
  const all = [...ys, what.band?.low, what.band?.high,
    ...what.lines.map((line) => line.at)]
    .filter((value) => Number.isFinite(value));
  if (all.length === 0) return [0, 1];
  const low = Math.min(...all);
  const high = Math.max(...all);
  const air = (high - low || Math.abs(high) || 1) * 0.08;
  return [low >= 0 ? Math.max(0, low - air) : low - air, high + air];
}

function band(u, {band: usual}) {
  if (!usual || usual.low === null || usual.high === null) return;
  const {left, width} = u.bbox;
  const top = u.valToPos(usual.high, "y", true);
  const height = Math.max(3, u.valToPos(usual.low, "y", true) - top);
  u.ctx.save();
  u.ctx.fillStyle = colour("band");
  u.ctx.fillRect(left, top, width, height);
  u.ctx.restore();
}

function over(u, what) {
  const {ctx} = u;
  ctx.save();
  ctx.beginPath();
  ctx.rect(u.bbox.left, u.bbox.top, u.bbox.width, u.bbox.height);
  ctx.clip();
  what.lines.forEach((line, i) => level(u, line, i));
  if (what.cone) cone(u, what.cone);
  ctx.restore();
}

function level(u, line, place) {
  const {ctx} = u;
  const y = u.valToPos(line.at, "y", true);
  const ratio = devicePixelRatio;
  ctx.strokeStyle = ctx.fillStyle = colour(line.colour);
  ctx.lineWidth = 1.5 * ratio;
  ctx.setLineDash([6 * ratio, 4 * ratio]);
  ctx.beginPath();
  ctx.moveTo(u.bbox.left, y);
  ctx.lineTo(u.bbox.left + u.bbox.width, y);
  ctx.stroke();
  ctx.font = `${12 * ratio}px system-ui, sans-serif`;
  ctx.textAlign = "left";
  ctx.textBaseline = "alphabetic";
  // Above the line, below it where there is no room; lines that are close side
  // by side keep their names apart.
  const below = y - 5 * ratio < u.bbox.top + 12 * ratio;
  const left = u.bbox.left + (6 + 84 * place) * ratio;
  const bottom = below ? y + 15 * ratio : y - 4 * ratio;
  // The ground behind the name, so that no other line runs through it.
  ctx.fillStyle = colour("surface");
  ctx.fillRect(left - 3 * ratio, bottom - 11 * ratio,
    ctx.measureText(line.name).width + 6 * ratio, 14 * ratio);
  ctx.fillStyle = colour(line.colour);
  ctx.fillText(line.name, left, bottom);
}

function cone(u, {from, value, low, middle, high, limit}) {
  const {ctx} = u;
  const at = (x, y) => [u.valToPos(x, "x", true), u.valToPos(y, "y", true)];
  const shade = colour("bad");
  ctx.setLineDash([]);
  ctx.fillStyle = shade;
  ctx.globalAlpha = 0.16;
  ctx.beginPath();
  ctx.moveTo(...at(from, value));
  ctx.lineTo(...at(low, limit));
  ctx.lineTo(...at(high, limit));
  ctx.closePath();
  ctx.fill();
  ctx.globalAlpha = 1;
  ctx.strokeStyle = shade;
  ctx.lineWidth = 2 * devicePixelRatio;
  ctx.beginPath();
  ctx.moveTo(...at(from, value));
  ctx.lineTo(...at(middle, limit));
  ctx.stroke();
}
