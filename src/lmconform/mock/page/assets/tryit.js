// A form that sends one request. The client secret is kept in memory, and sent only to the token endpoint.

import { h } from "./dom.js";

const LONGEST = 100_000;
const session = { secret: "", token: "", until: 0 };

/** The form of an operation, filled from the state of the mock. */
export function form(api, operation, body, offer, state) {
  const known = knowledge(operation, offer, state);
  const fields = operation.parameters.filter((p) => p.name !== "Authorization").map((p) => field(p, known));
  const types = Object.keys(body?.content ?? {});
  const json = types.find((type) => type.includes("json"));
  const type = json ?? (types.length ? "application/octet-stream" : null);
  const example = json ? JSON.stringify(sample(api, body.content[json].schema, known), null, 2) : "some text";
  const text = type && h("textarea", { id: "try-body", rows: Math.min(16, example.split("\n").length + 1), spellcheck: "false" });
  if (text) text.value = example;
  const secret = h("input", { id: "try-secret", type: "password", autocomplete: "off", placeholder: "shown in the terminal of the mock" });
  secret.value = session.secret;
  const result = h("div", { class: "result", role: "status" });
  const send = h("button", { type: "submit", class: "primary" }, "Send");
  return h(
    "form",
    {
      class: "card try",
      onsubmit: async (event) => {
        event.preventDefault();
        send.disabled = true;
        result.replaceChildren(h("p", { class: "quiet" }, "…"));
        try {
          const token = await bearer(offer.clientId, secret.value);
          result.replaceChildren(...(await request(operation, fields, type, text?.value, token)));
        } catch (error) {
          result.replaceChildren(h("p", { class: "notice bad" }, error.message));
        }
        send.disabled = false;
      },
    },
    h("div", { class: "field" }, h("label", { for: "try-secret" }, "Client secret"), secret),
    fields.map(({ parameter, input }) => h("div", { class: "field" }, h("label", { for: input.id }, parameter.name, parameter.required ? "" : h("span", { class: "quiet" }, " (optional)")), input)),
    text ? h("div", { class: "field" }, h("label", { for: "try-body" }, "Body ", h("span", { class: "quiet" }, type)), text) : null,
    h("p", {}, send),
    result,
  );
}

function field(parameter, known) {
  const input = h("input", { id: `try-${parameter.in}-${parameter.name}`, type: "text", autocomplete: "off", spellcheck: "false" });
  if (parameter.required || ["AI-Resource-Group", "executionIds"].includes(parameter.name)) input.value = known[parameter.name] ?? "";
  return { parameter, input };
}

async function bearer(client, secret) {
  if (!secret) throw new Error("The client secret is missing; the terminal of the mock shows it.");
  if (secret !== session.secret || Date.now() > session.until) {
    const body = new URLSearchParams({ grant_type: "client_credentials", client_id: client, client_secret: secret });
    const answer = await fetch("/oauth/token", { method: "POST", body });
    if (!answer.ok) throw new Error(`The token endpoint answers ${answer.status}: check the client secret.`);
    const { access_token, expires_in } = await answer.json();
    Object.assign(session, { secret, token: access_token, until: Date.now() + expires_in * 900 });
  }
  return session.token;
}

async function request(operation, fields, type, text, token) {
  const headers = { Authorization: `Bearer ${token}` };
  const query = new URLSearchParams();
  let path = `/v2${operation.path}`;
  for (const { parameter, input } of fields) {
    if (parameter.in === "path") {
      const encoded = encodeURIComponent(input.value);
      path = path.replace(`{${parameter.name}}`, () => (parameter["x-lm-slashes"] ? encoded.replaceAll("%2F", "/") : encoded));
    } else if (input.value && parameter.in === "query") query.set(parameter.name, input.value);
    else if (input.value) headers[parameter.name] = input.value;
  }
  if (type) headers["Content-Type"] = type;
  const url = query.size ? `${path}?${query}` : path;
  const began = performance.now();
  const answer = await fetch(url, { method: operation.method, headers, body: type ? text : undefined });
  const took = performance.now() - began;
  const body = await answer.text();
  return [
    h("p", {}, h("span", { class: `status k${String(answer.status)[0]}` }, answer.status), ` ${answer.statusText} `, h("span", { class: "quiet" }, `${took.toFixed(0)} ms · `, h("code", { class: "breaks" }, `${operation.method} ${url}`))),
    h("details", {}, h("summary", {}, "Headers"), h("pre", { tabindex: "0" }, [...answer.headers].map(([n, v]) => `${n}: ${v}`).join("\n"))),
    body ? h("pre", { tabindex: "0", "aria-label": "Body of the answer" }, pretty(body)) : h("p", { class: "quiet" }, "No body."),
    h("details", {}, h("summary", {}, "As curl"), h("pre", { tabindex: "0" }, curl(operation.method, url, headers, type && text))),
  ];
}

function pretty(text) {
  try {
    text = JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    // Not JSON: shown unchanged.
  }
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}\n…` : text;
}

function curl(method, url, headers, text) {
  const quote = (word) => `'${String(word).replaceAll("'", "'\\''")}'`;
  const parts = [`curl -sS -X ${method} ${quote(location.origin + url)}`, '-H "Authorization: Bearer $TOKEN"'];
  for (const [name, value] of Object.entries(headers)) if (name !== "Authorization") parts.push(`-H ${quote(`${name}: ${value}`)}`);
  if (text) parts.push(`--data-binary ${quote(text)}`);
  return parts.join(" \\\n  ");
}

/** An example value of a schema: the required members, with ids that exist. */
function sample(api, node, known, name = "", depth = 0) {
  const value = api.resolve(node);
  if (known[name] !== undefined) return known[name];
  if (value.enum) return value.enum.includes("STOPPED") ? "STOPPED" : value.enum[0];
  const choices = value.oneOf ?? value.anyOf;
  if (choices && !value.properties) return sample(api, choices.find((c) => c.type !== "null"), known, name, depth + 1);
  const type = [value.type].flat()[0];
  if (type === "object" || value.properties) {
    const wanted = Object.keys(value.properties ?? {}).filter((key) => (value.required ?? []).includes(key) || USEFUL.has(key));
    return Object.fromEntries(wanted.map((key) => [key, sample(api, value.properties[key], known, key, depth + 1)]));
  }
  if (type === "array") return depth > 6 ? [] : [sample(api, value.items ?? {}, known, "", depth + 1)];
  if (type === "integer" || type === "number") return value.minimum ?? 0.5;
  if (type === "boolean") return true;
  return value.format === "date-time" ? new Date().toISOString() : (WORDS[name] ?? "text");
}

// Optional members that a first request usually needs.
const USEFUL = new Set(["inputArtifactBindings", "parameterBindings", "metrics", "step", "targetStatus", "status", "executions", "deployments"]);
const WORDS = { name: "example", url: "ai://default/data", cron: "0 3 * * *", key: "key", value: "value" };

/** Values with which a first request succeeds, by the name of the parameter or member. */
function knowledge(operation, offer, state) {
  const serves = operation.id.includes("Deployment");
  const executables = offer.scenarios.flatMap((s) => s.executables).filter((e) => e.deployable === serves);
  const [last] = state.artifacts.filter((a) => !a.executionId).concat(state.artifacts);
  const executable = executables.find((e) => e.scenarioId === last?.scenarioId) ?? executables[0];
  const usable = state.configurations.find((c) => executables.some((e) => e.id === c.executableId));
  const ids = { id: (serves ? state.deployments : state.executions)[0]?.id };
  return {
    "AI-Resource-Group": state.group,
    scenarioId: executable?.scenarioId,
    executableId: executable?.id,
    versionId: executable?.versionId,
    inputArtifactBindings: executable?.inputArtifacts.map((slot) => ({ key: slot.name, artifactId: last?.id ?? "an artifact's id" })),
    parameterBindings: executable?.parameters.filter((p) => p.default === undefined).map((p) => ({ key: p.name, value: "text" })),
    artifactId: last?.id,
    configurationId: usable?.id,
    executionId: state.executions[0]?.id,
    executionIds: state.tracking[0]?.id,
    deploymentId: state.deployments[0]?.id,
    executionScheduleId: state.schedules[0]?.id,
    path: state.files[0]?.path ?? "folder/file.txt",
    ...(operation.method === "PATCH" ? ids : {}),
  };
}
