// What the mock offers: scenarios with executables, capabilities, switches, resource groups.

import { ago, h, heading, many, span, to } from "./dom.js";
import { tag } from "./live.js";

/** Scenarios and their executables. */
export function scenarios(offer) {
  return [
    heading("Scenarios", "Scenarios with the executables of their configurations; the same in every resource group."),
    offer.problems.map((text) => h("p", { class: "notice warn breaks" }, "Left out: ", text)),
    offer.scenarios.map((scenario) =>
      h(
        "section",
        { class: "card", "aria-labelledby": `scenario ${scenario.id}` },
        h("h2", { id: `scenario ${scenario.id}`, class: "breaks" }, scenario.name),
        h("p", { class: "quiet" }, h("code", { class: "breaks" }, scenario.id), scenario.versions.map((v) => [" ", tag(`version ${v}`)])),
        scenario.description ? h("p", { class: "breaks" }, scenario.description) : null,
        scenario.labels.length ? h("p", {}, scenario.labels.map((l) => [tag(`${l.key}=${l.value}`), " "])) : null,
        scenario.executables.map(executable),
      ),
    ),
  ];
}

function executable(item) {
  return h(
    "details",
    { class: "inner", "data-key": item.id },
    h(
      "summary",
      {},
      h("span", { class: "mono breaks" }, item.id),
      " ",
      tag(item.deployable ? "for deployments" : "for executions"),
      item.bulk ? [" ", tag("bulk updates")] : null,
    ),
    item.description ? h("p", { class: "breaks" }, item.description) : null,
    slots("Input artifacts", item.inputArtifacts, (i) => i.kind ?? ""),
    slots("Parameters", item.parameters, (p) => (p.default === undefined ? "required" : `default “${p.default}”`)),
    slots("Output artifacts", item.outputArtifacts, (o) => o.kind ?? ""),
  );
}

function slots(title, items, note) {
  if (!items.length) return null;
  return [
    h("h3", {}, title),
    h("ul", { class: "plainlist" }, items.map((item) =>
      h("li", { class: "breaks" }, h("code", {}, item.name), " ", h("span", { class: "quiet" }, note(item)), item.description ? ` — ${item.description}` : ""))),
  ];
}

/** Capabilities, durations, version. */
export function capabilities(offer) {
  return [
    heading("Capabilities", [
      `lmconform ${offer.version}, description ${offer.description}, dialect ${offer.dialect}. `,
      `One step of a lifecycle takes ${span(offer.pace)}, one hour of ttl and cron ${span(offer.hour)}.`,
    ]),
    h(
      "ul",
      { class: "rows" },
      offer.capabilities.map((item) =>
        h(
          "li",
          { class: "row plain" },
          h("div", { class: "who" }, h("span", { class: "name" }, item.name),
            item.operations.length
              ? h("span", { class: "quiet ops" }, item.operations.map((id) => [h("a", { href: to("api", id) }, id), " "]))
              : h("span", { class: "quiet" }, "the member ttl of deployments")),
          h("div", { class: "facts" }, h("span", { class: `pill ${item.offered ? "s-COMPLETED" : "s-STOPPED"}` }, item.offered ? "offered" : "withheld")),
        ),
      ),
    ),
  ];
}

/** The switches, those that differ from their defaults first. */
export function switches(offer) {
  const changed = offer.switches.filter((s) => s.chosen !== s.values[0]);
  const rest = offer.switches.filter((s) => s.chosen === s.values[0]);
  return [
    heading("Switches", "Behaviour that the published description leaves open. Set a value with --switch NAME=VALUE when starting the mock."),
    h("h2", {}, changed.length ? `Changed (${changed.length})` : "All switches have their default values"),
    changed.length ? h("ul", { class: "rows" }, changed.map(choice)) : null,
    h("h2", {}, `Default values (${rest.length})`),
    h("ul", { class: "rows" }, rest.map(choice)),
  ];
}

function choice(item) {
  return h(
    "li",
    { class: "row plain", "data-key": item.name },
    h("div", { class: "who" }, h("span", { class: "name mono breaks" }, item.name), h("span", { class: "quiet" }, `${item.text} (fact ${item.source})`)),
    h("div", { class: "facts" }, item.values.map((value) =>
      value === item.chosen ? h("strong", { class: "tag chosen" }, value, h("span", { class: "unseen" }, " (chosen)")) : h("span", { class: "tag" }, value))),
  );
}

/** The resource groups with the number of their resources. */
export function groups(state) {
  return [
    heading("Resource groups", "A group cannot see the resources of another group. POST /v2/admin/resourceGroups creates a group."),
    h(
      "ul",
      { class: "rows" },
      state.groups.map((group) =>
        h(
          "li",
          { class: "row plain", "data-key": group.name },
          h("div", { class: "who" },
            h("button", { type: "button", class: "link name breaks", "data-group": group.name }, group.name),
            h("span", { class: "quiet" }, group.own ? "built in" : `created ${ago(group.created, state.now)}`),
            group.labels.length ? h("span", {}, group.labels.map((l) => [tag(`${l.key}=${l.value}`), " "])) : null),
          h("div", { class: "facts" }, summary(group.totals)),
        ),
      ),
    ),
  ];
}

function summary(totals) {
  const words = { executions: "execution", deployments: "deployment", schedules: "schedule", artifacts: "artifact", configurations: "configuration", files: "file" };
  const some = Object.entries(words).filter(([kind]) => totals[kind]);
  return some.length ? some.map(([kind, word]) => h("span", {}, many(totals[kind], word))) : h("span", {}, "empty");
}
