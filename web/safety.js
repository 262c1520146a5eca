// The kill switch: whether actions are stopped, and the button that does it.
import {post, read} from "./api.js";
import {confirm} from "./decide.js";
import {byId, fill, h} from "./dom.js";
import {ago} from "./words.js";

let shown = "";

/** The kill switch, for those who may see it. */
export const readSafety = (me) =>
  me.role === "admin" ? read("/api/v1/kill-switch") : null;

export function showSafety(state, me, refresh) {
  const key = JSON.stringify(state);
  if (key === shown && byId("safety").childElementCount > 0) return;
  shown = key;
  fill(byId("safety"), state === null ? null : state.on ? [
    h("span", {class: "switch on", role: "status"}, "Actions are stopped",
      state.reason && `: ${state.reason}`, state.since && ` (${ago(state.since)})`),
    h("button", {type: "button", id: "allow", onclick: () => allow(state, refresh)},
      "Allow actions…"),
  ] : [
    h("span", {class: "switch off", role: "status"}, "Actions are allowed"),
    h("button", {type: "button", id: "stop", class: "danger",
      onclick: () => stop(refresh)}, "Stop all actions…"),
  ]);
}

function stop(refresh) {
  confirm({
    title: "Stop all actions?",
    consequence: [
      "No new action starts anywhere, from within one second on.",
      "An action under way stops at its next step; what it did so far stays.",
      "Alerts are still received, judged and told to people.",
      "It lasts until somebody allows actions again, also over a restart.",
    ],
    button: "Stop all actions", danger: true, reason: "Why (others will read it)",
    send: (reason) => post("/api/v1/kill-switch", {on: true, reason}),
    done: refresh,
  });
}

function allow(state, refresh) {
  confirm({
    title: "Allow actions again?",
    consequence: [
      "Incidents that are open may be acted on at once: the evidence is read anew and every guard is asked first.",
      state.sources.includes("file")
        ? "The kill switch's file is set, too. It can't be cleared from here: actions stay stopped until the file is gone."
        : `It was set by: ${state.sources.join(", ")}.`,
    ],
    button: "Allow actions", reason: "Why (others will read it)",
    send: (reason) => post("/api/v1/kill-switch", {on: false, reason}),
    done: refresh,
  });
}
