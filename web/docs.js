// The OpenAPI document as a page.
import {read} from "./api.js";
import {byId, fill, h} from "./dom.js";

let document_ = null;

const resolve = (node) => node?.$ref
  ? node.$ref.slice(2).split("/").reduce((at, key) => at[key], document_) : node;

/** "a `b` c" -> text with code in it. */
const prose = (text) => String(text || "").split("`").map((part, i) =>
  i % 2 ? h("code", {}, part) : part);

function typeOf(schema) {
  if (schema.$ref) {
    const name = schema.$ref.split("/").at(-1);
    return h("a", {href: "#schema-" + name}, name);
  }
  const any = schema.oneOf || schema.anyOf;
  if (any) {
    return any.filter((one) => one.maxLength !== 0).map((one, i) =>
      [i > 0 && " or ", typeOf(one)]);
  }
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.type === "array") return ["list of ", typeOf(schema.items)];
  const type = [schema.type].flat().join(" or ");
  return schema.format ? `${type} (${schema.format})`
    : schema.enum ? `${type}: ${schema.enum.filter(Boolean).join(", ")}` : type;
}

const rows = (pairs) => h("table", {}, h("tbody", {}, pairs.map(([name, ...cells]) =>
  h("tr", {}, h("th", {scope: "row"}, name),
    cells.map((cell) => h("td", {}, cell))))));

function who(security) {
  if (security.length === 0) return "anyone";
  return security.map((one) => Object.keys(one)[0]
    ?.replace(/(Token|Signature)$/, (word) => " " + word.toLowerCase()) || "anyone by auth.public_pages").join(" or ");
}

function operation(path, method, op) {
  const [type, body] = Object.entries(op.requestBody?.content || {})[0] || [];
  return h("section", {class: "card", id: op.operationId},
    h("h3", {}, h("span", {class: "method " + method}, method.toUpperCase()),
      h("code", {}, path)),
    h("p", {}, prose(op.summary)), op.description && h("p", {}, prose(op.description)),
    h("p", {class: "hint"}, "For: ", who(op.security)),
    op.parameters && [h("h4", {}, "Parameters"), rows(op.parameters.map((one) =>
      [one.name, [typeOf(one.schema), ` in ${one.in}. `, prose(one.description)]]))],
    body && [h("h4", {}, "Body"), h("p", {}, h("code", {}, type), " ",
      typeOf(body.schema))],
    h("h4", {}, "Answers"),
    rows(Object.entries(op.responses).map(([code, answer]) => {
      const {description, content} = resolve(answer);
      const kind = Object.entries(content || {})[0];
      return [code, [prose(description), kind && [" ", h("code", {}, kind[0]), " ",
        typeOf(kind[1].schema)]]];
    })));
}

/** Fields of a schema, those inside it below "a.b". */
function fields(schema, prefix = "") {
  return Object.entries(schema.properties || {}).flatMap(([name, field]) => {
    const inner = field.type === "array" ? field.items
      : field.oneOf ? field.oneOf[0] : field;
    const row = [prefix + name, [inner.properties ? "object" : typeOf(field), " ",
      prose(field.description)]];
    return inner.properties
      ? [row, ...fields(inner, `${prefix}${name}${field.type === "array" ? "[]" : ""}.`)]
      : [row];
  });
}

function schemaCard([name, schema]) {
  return h("section", {class: "card", id: "schema-" + name}, h("h3", {}, name),
    schema.description && h("p", {}, prose(schema.description)),
    schema.properties ? rows(fields(schema)) : h("p", {}, typeOf(schema)));
}

function show() {
  const all = Object.entries(document_.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, op]) => ({path, method, op})));
  const groups = document_.tags.map((tag) => ({...tag,
    all: all.filter(({op}) => op.tags.includes(tag.name))}));
  fill(byId("content"),
    h("nav", {"aria-label": "Contents"}, groups.map((group) => [
      h("strong", {}, group.name), h("ul", {}, group.all.map(({path, method, op}) =>
        h("li", {}, h("a", {href: "#" + op.operationId},
          `${method.toUpperCase()} ${path}`))))])),
    h("div", {}, h("p", {}, prose(document_.info.description)),
      groups.map((group) => [h("h2", {}, group.name), h("p", {}, group.description),
        group.all.map(({path, method, op}) => operation(path, method, op))]),
      h("h2", {}, "schemas"),
      Object.entries(document_.components.schemas).map(schemaCard)));
  if (location.hash) byId(location.hash.slice(1))?.scrollIntoView();
}

try {
  document_ = await read("/api/openapi.json");
  show();
} catch (error) {
  fill(byId("content"), h("p", {class: "problem"},
    `The document can't be read: ${error.message}.`));
}
