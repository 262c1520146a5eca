// Elements from code. Text enters the page by textContent alone, so that what
// an alert says is shown and never becomes markup.

/** An element: `attributes` by name (`class`, `onclick`, `hidden` ...), then
 * children: elements, strings, numbers; null and false are left out. */
export function h(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) {
      element.addEventListener(key.slice(2), value);
    } else {
      element.setAttribute(key, value === true ? "" : String(value));
    }
  }
  append(element, children);
  return element;
}

function append(element, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child instanceof Node ? child
      : document.createTextNode(String(child)));
  }
}

export const byId = (id) => document.getElementById(id);

/** Shows `children` in place of what `element` holds; who stood on an element
 * with an id stands on the one that took its place. */
export function fill(element, ...children) {
  const focused = element.contains(document.activeElement)
    ? document.activeElement.id : "";
  element.replaceChildren();
  append(element, children);
  if (focused) byId(focused)?.focus({preventScroll: true});
}
