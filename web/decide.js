// One dialog for everything that changes something: the consequence first,
// then the reason, then a button that names what it does.
import {byId, fill, h} from "./dom.js";

/** @param what  title, consequence (sentences), facts ([name, text]), reason
 *   (the label), button, danger, send(reason), done(). */
export function confirm(what) {
  const dialog = byId("dialog");
  const opener = document.activeElement;
  const reason = h("input", {id: "reason", maxlength: 1000, autocomplete: "off"});
  const problem = h("p", {class: "problem", role: "alert"});
  const button = h("button", {type: "submit", id: "confirm",
    class: what.danger ? "danger" : "main"}, what.button);
  const form = h("form", {method: "dialog", onsubmit: async (event) => {
    event.preventDefault();
    button.disabled = true;
    try {
      await what.send(reason.value.trim());
      dialog.close();
      what.done();
    } catch (error) {
      // Without a clear no it may have been done all the same.
      const refused = error.status >= 400 && error.status < 500;
      problem.textContent = refused ? `Nothing was changed: ${error.message}.`
        : `Whether it was done is not known: ${error.message}. ` +
          "Go back and look at what stands there now.";
      button.disabled = !refused;
      if (!refused) what.done();
    }
  }},
  h("h2", {id: "dialog-title"}, what.title),
  h("ul", {class: "consequence"}, what.consequence.map((text) => h("li", {}, text))),
  what.facts && h("dl", {class: "facts"}, what.facts.map(([name, text]) =>
    [h("dt", {}, name), h("dd", {}, text)])),
  h("label", {for: "reason"}, what.reason), reason, problem,
  h("div", {class: "buttons"},
    h("button", {type: "button", id: "back", onclick: () => dialog.close()}, "Go back"),
    button));
  fill(dialog, form);
  dialog.onclose = () => (document.contains(opener) ? opener : byId("content")).focus();
  dialog.showModal();
  reason.focus();
}
