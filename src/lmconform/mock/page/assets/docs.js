// Documentation of the API, rendered from the OpenAPI description that the mock validates requests against.

import { h, heading, many, to } from "./dom.js";
import { tag } from "./live.js";
import { form } from "./tryit.js";

const METHODS = ["get", "post", "put", "patch", "delete"];

/** The OpenAPI description: operations by id, and resolution of `$ref`. */
export class Api {
  constructor(document) {
    this.document = document;
    this.operations = new Map();
    for (const [path, item] of Object.entries(document.paths)) {
      for (const method of METHODS) {
        if (!item[method]) continue;
        const node = item[method];
        const parameters = [...(item.parameters ?? []), ...(node.parameters ?? [])].map((p) => this.resolve(p));
        this.operations.set(node.operationId, { ...node, id: node.operationId, method: method.toUpperCase(), path, parameters });
      }
    }
  }

  resolve(node) {
    while (node?.$ref) {
      node = node.$ref.slice(2).split("/").reduce((at, part) => at[part.replaceAll("~1", "/").replaceAll("~0", "~")], this.document);
    }
    return node;
  }

  tags() {
    const named = (this.document.tags ?? []).map((t) => t.name);
    const used = [...this.operations.values()].flatMap((o) => o.tags ?? ["Other"]);
    return [...new Set([...named, ...used])].map((name) => ({
      name,
      description: (this.document.tags ?? []).find((t) => t.name === name)?.description,
      operations: [...this.operations.values()].filter((o) => (o.tags ?? ["Other"]).includes(name)),
    }));
  }
}

/** All operations, with a search field. */
export function index(api, offer) {
  const field = h("input", { type: "search", id: "find", placeholder: "execution, $count, PATCH …", autocomplete: "off" });
  const found = h("p", { class: "quiet", role: "status" });
  const sections = api.tags().map((group) => {
    const rows = group.operations.map((o) => [o, entry(o, offer)]);
    return [h("section", { "aria-labelledby": `tag ${group.name}` },
      h("h2", { id: `tag ${group.name}` }, group.name, " ", h("small", {}, group.description)),
      h("ul", { class: "rows tight" }, rows.map(([, row]) => row))), rows];
  });
  const look = () => {
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    let number = 0;
    for (const [section, rows] of sections) {
      let some = false;
      for (const [o, row] of rows) {
        const text = `${o.method} /v2${o.path} ${o.id} ${o.summary ?? ""} ${(o.tags ?? []).join(" ")}`.toLowerCase();
        row.hidden = !words.every((word) => text.includes(word));
        if (!row.hidden) [some, number] = [true, number + 1];
      }
      section.hidden = !some;
    }
    found.textContent = many(number, "operation");
  };
  field.addEventListener("input", look);
  look();
  return [
    heading("API", ["All operations of the contract, rendered from the description that the mock validates requests against: ", h("a", { href: "/-/openapi.json" }, "openapi.json"), "."]),
    h("details", { class: "card" }, h("summary", {}, "Tokens and further endpoints"),
      h("p", {}, "Every request needs ", h("code", {}, "Authorization: Bearer …"), ", with a token from ", h("code", {}, "POST /oauth/token"),
        " for the client id and the client secret (grant_type=client_credentials); most requests also need ", h("code", {}, "AI-Resource-Group"), ". The terminal in which the mock was started shows the secret."),
      h("p", {}, "Client id: ", h("code", { class: "breaks" }, offer.clientId)),
      h("p", {}, "Further endpoints that need a token: ", ["GET /v2/lm/healthz", "GET /v2/lm/meta/versions", "GET and POST /v2/admin/resourceGroups", "GET and DELETE /v2/admin/resourceGroups/{name}"].map((words) => [h("code", {}, words), " "]))),
    h("div", { class: "find" }, h("label", { for: "find" }, "Find operations"), field, found),
    sections.map(([section]) => section),
    h("p", {}, h("a", { href: to("schemas") }, "All schemas")),
  ];
}

function entry(operation, offer) {
  return h(
    "li",
    {},
    h(
      "a",
      { href: to("api", operation.id), class: "operation" },
      method(operation.method),
      h("span", { class: "mono breaks" }, `/v2${operation.path}`),
      h("span", { class: "quiet" }, operation.summary ?? "", operation.deprecated ? " · deprecated" : "", offer.withheld.includes(operation.id) ? " · withheld" : ""),
    ),
  );
}

function method(word) {
  return h("span", { class: `method m-${word}` }, word);
}

/** One operation: parameters, body, responses, and a form to send a request. */
export function operation(api, id, offer, state) {
  const o = api.operations.get(id);
  if (!o) return [heading("No such operation", h("a", { href: to("api") }, "All operations"))];
  const body = o.requestBody && api.resolve(o.requestBody);
  return [
    h("p", { class: "crumbs" }, h("a", { href: to("api") }, "API"), ` / ${(o.tags ?? []).join(", ")}`),
    heading(o.summary ?? id, null),
    h("p", { class: "signature" }, method(o.method), h("code", { class: "breaks" }, `/v2${o.path}`)),
    h("p", {}, o.description, " ", h("span", { class: "quiet" }, "operationId "), h("code", {}, id), " ", o["x-lm-effect"] ? tag(`effect: ${o["x-lm-effect"]}`) : null),
    o.deprecated ? h("p", { class: "notice warn" }, "Deprecated.") : null,
    offer.withheld.includes(id) ? h("p", { class: "notice warn" }, "This mock does not offer it: its capability was taken away with --without.") : null,
    o.parameters.length
      ? h("section", { "aria-labelledby": "parameters" }, h("h2", { id: "parameters" }, "Parameters"), h("dl", { class: "defs card" }, o.parameters.map((p) => parameter(api, p))))
      : null,
    body
      ? h("section", { "aria-labelledby": "body" }, h("h2", { id: "body" }, "Body ", body.required ? tag("required") : null),
          body.description ? h("p", {}, body.description) : null, content(api, body.content))
      : null,
    h("section", { "aria-labelledby": "answers" }, h("h2", { id: "answers" }, "Responses"),
      Object.entries(o.responses).map(([status, raw]) => answer(api, status, api.resolve(raw)))),
    h("section", { "aria-labelledby": "try" }, h("h2", { id: "try" }, "Try it"), form(api, o, body, offer, state)),
  ];
}

function parameter(api, p) {
  return h("div", {},
    h("dt", {}, h("code", { class: "breaks" }, p.name), " ", tag(p.in), p.required ? tag("required") : null, p["x-lm-beyond"] ? tag("beyond the published description") : null),
    h("dd", {}, h("p", {}, p.description), schema(api, p.schema, 0)));
}

function content(api, media) {
  const entries = Object.entries(media ?? {});
  if (!entries.length) return h("p", { class: "quiet" }, "No body.");
  return entries.map(([type, value]) => h("div", { class: "card" }, h("p", { class: "quiet" }, h("code", {}, type), value["x-lm-beyond"] ? ` — ${value["x-lm-beyond"]}` : ""), schema(api, value.schema ?? {}, 0)));
}

function answer(api, status, node) {
  const headers = Object.entries(node.headers ?? {}).map(([name, value]) => [name, api.resolve(value)]);
  return h(
    "details",
    { class: "inner answer", open: status.startsWith("2") },
    h("summary", {}, h("span", { class: `status k${status[0]}` }, status), " ", node.description, node["x-lm-beyond"] ? [" ", tag("beyond the published description")] : null),
    node["x-lm-beyond"] ? h("p", { class: "quiet" }, `Sent by real targets: ${node["x-lm-beyond"]}.`) : null,
    headers.length ? h("dl", { class: "defs" }, headers.map(([name, header]) => h("div", {}, h("dt", {}, h("code", {}, name), " ", tag("header")), h("dd", {}, h("p", {}, header.description), schema(api, header.schema ?? {}, 0))))) : null,
    content(api, node.content),
  );
}

/** All schemas by name, or one. */
export function schemas(api, name) {
  const all = api.document.components.schemas;
  if (name && all[name]) {
    return [h("p", { class: "crumbs" }, h("a", { href: to("schemas") }, "Schemas"), " /"), heading(name), h("div", { class: "card" }, schema(api, all[name], 0))];
  }
  return [heading("Schemas", `The ${Object.keys(all).length} schemas of the contract.`),
    h("ul", { class: "rows tight" }, Object.entries(all).map(([key, value]) => h("li", {}, h("a", { href: to("schemas", key), class: "operation" }, h("span", { class: "mono" }, key), h("span", { class: "quiet" }, value.description)))))];
}

/** A schema as text and members; nested levels are folded. */
export function schema(api, node, depth, seen = []) {
  if (typeof node === "boolean") return h("p", { class: "quiet" }, node ? "anything" : "nothing");
  const name = node.$ref?.split("/").at(-1);
  const value = api.resolve(node);
  const again = name && seen.includes(name);
  const path = name ? [...seen, name] : seen;
  const parts = [
    h("p", { class: "type" }, h("span", { class: "kind" }, kind(api, value)), name ? [" ", h("a", { href: to("schemas", name) }, name)] : null,
      constraints(value).map((words) => [" ", h("code", { class: "limit breaks" }, words)])),
    depth || name ? (value.description ? h("p", { class: "quiet" }, value.description) : null) : null,
  ];
  if (again) return [...parts, h("p", { class: "quiet" }, "recursive, as above")];
  if (value.properties) parts.push(properties(api, value, depth, path));
  const item = value.items;
  if (item) parts.push(fold(depth, "each item", () => schema(api, item, depth + 1, path)));
  for (const word of ["oneOf", "anyOf", "allOf"]) {
    const choices = (value[word] ?? []).filter((c) => c.type !== "null");
    if (choices.length) parts.push(h("div", { class: "choices" }, choices.map((c) => schema(api, c, depth + 1, path))));
  }
  if (typeof value.additionalProperties === "object") parts.push(fold(depth, "other members", () => schema(api, value.additionalProperties, depth + 1, path)));
  return h("div", { class: "schema" }, parts);
}

function properties(api, value, depth, seen) {
  const required = value.required ?? [];
  return fold(depth, many(Object.keys(value.properties).length, "member"), () =>
    h("dl", { class: "defs" }, Object.entries(value.properties).map(([name, member]) =>
      h("div", {}, h("dt", {}, h("code", {}, name), " ", required.includes(name) ? tag("required") : null), h("dd", {}, schema(api, member, depth + 1, seen))))));
}

/** Content that is rendered when it is opened; the first level is always visible. */
function fold(depth, words, make) {
  if (depth < 1) return make();
  const box = h("details", { class: "fold" }, h("summary", {}, words));
  box.addEventListener("toggle", () => box.childElementCount === 1 && box.append(...[make()].flat(9)), { once: true });
  return box;
}

function kind(api, value) {
  if (value.const !== undefined) return JSON.stringify(value.const);
  const choices = value.anyOf ?? value.oneOf ?? value.allOf;
  if (choices && !value.type) {
    const words = choices.map((c) => (c.type === "null" ? "null" : kind(api, api.resolve(c))));
    return [...new Set(words)].join(value.allOf ? " and " : " or ");
  }
  const types = [value.type ?? "anything"].flat();
  return types.map((t) => (t === "array" ? "array" : t)).join(" or ") + (value.format ? ` (${value.format})` : "");
}

function constraints(value) {
  const words = [];
  if (value.enum) words.push(value.enum.map((v) => JSON.stringify(v)).join(" | "));
  if (value.pattern) words.push(value.pattern);
  for (const [name, text] of [["minLength", "at least % characters"], ["maxLength", "at most % characters"], ["minItems", "at least % items"], ["maxItems", "at most % items"], ["minimum", "≥ %"], ["maximum", "≤ %"]]) {
    if (value[name] !== undefined) words.push(text.replace("%", value[name]));
  }
  if (value.default !== undefined) words.push(`default ${JSON.stringify(value.default)}`);
  return words;
}
