// Live views: the overview, one list per kind, one resource in full.

import { ago, bytes, clock, h, heading, many, to } from "./dom.js";
import { chart } from "./plot.js";

/** Kinds by their key in the state: singular, title, description. */
export const KINDS = {
  executions: ["execution", "Executions", "Runs of a configuration; their lifecycle follows the clock of the mock."],
  deployments: ["deployment", "Deployments", "Configurations that are served."],
  schedules: ["schedule", "Schedules", "Cron expressions that start executions, in the time of the mock."],
  artifacts: ["artifact", "Artifacts", "Datasets, models and results, registered by clients or produced by executions."],
  configurations: ["configuration", "Configurations", "Executables with bound artifacts and parameters."],
  tracking: ["tracked execution", "Metrics", "Metrics of executions, plotted over their steps."],
  files: ["file", "Files", "Files of datasets."],
};

const STEPS = ["UNKNOWN", "PENDING", "RUNNING"];
const OVER = ["COMPLETED", "STOPPED", "DEAD"];

/** The start page: totals, active runs, changes since the page was opened. */
export function overview(state, offer, feed) {
  const runs = [...state.executions.map((e) => ["executions", e]), ...state.deployments.map((d) => ["deployments", d])];
  runs.sort((a, b) => b[1].created - a[1].created);
  const busy = runs.filter(([, e]) => !OVER.includes(e.status));
  const shown = (busy.length > 5 ? busy : runs).slice(0, 8);
  return [
    heading("Overview", [
      "A mock of a tenant at ", h("code", {}, `${location.origin}/v2/lm`), ", resource group ", h("strong", { class: "breaks" }, state.group), ".",
    ]),
    offer.mutant
      ? h("p", { class: "notice warn" }, "This mock has an intentional defect: ", h("code", {}, offer.mutant), ".")
      : null,
    h(
      "ul",
      { class: "tiles", "aria-label": "Totals" },
      Object.entries(KINDS).map(([kind, [, title]]) =>
        h("li", { "data-key": kind }, h("a", { href: to(kind), class: "tile" }, h("b", {}, state.totals[kind].toLocaleString("en")), h("span", {}, title))),
      ),
    ),
    h(
      "section",
      { "aria-labelledby": "runs" },
      h("h2", { id: "runs" }, busy.length ? "Active and recent runs" : "Recent runs"),
      shown.length ? h("ul", { class: "rows" }, shown.map(([kind, e]) => run(kind, e, state.now))) : start(offer),
    ),
    h(
      "section",
      { "aria-labelledby": "activity" },
      h("h2", { id: "activity" }, "Activity"),
      feed.length
        ? h(
            "ol",
            { class: "feed", role: "log", "aria-label": "Changes seen since this page was opened" },
            feed.map((entry) =>
              h(
                "li",
                { "data-key": entry.key },
                h("time", {}, clock(entry.when)),
                h("a", { href: to(entry.kind, entry.id), class: "mono" }, entry.id),
                entry.from ? [pill(entry.from), h("span", { "aria-label": "became" }, "→")] : h("span", { class: "quiet" }, "new"),
                entry.to ? pill(entry.to) : h("span", { class: "quiet" }, entry.words),
              ),
            ),
          )
        : h("p", { class: "quiet" }, "Changes are listed here while this page is open."),
    ),
  ];
}

/** What clients asked, and what they do wrong. */
export function heard(state) {
  return [
    heading("Requests", "The last requests to this mock, in all resource groups, and what their client should do otherwise."),
    h(
      "section",
      { "aria-labelledby": "advice" },
      h("h2", { id: "advice" }, "Advice"),
      state.advice.length
        ? h("ul", { class: "feed", "aria-label": "Advice" }, state.advice.map(({ text }) => h("li", { "data-key": text, class: "breaks" }, text)))
        : h("p", { class: "quiet" }, "None: the requests are as they should be."),
    ),
    h(
      "section",
      { "aria-labelledby": "log" },
      h("h2", { id: "log" }, "Log"),
      state.requests.length
        ? h("ol", { class: "feed", "aria-label": "Requests, the newest first" }, state.requests.map(({ when, line }) => h("li", {}, h("time", {}, clock(when)), h("code", { class: "breaks" }, line))))
        : h("p", { class: "empty" }, "None yet."),
    ),
  ];
}

/** The newest resources of one kind, and their number. */
export function list(kind, state) {
  const [word, title, description] = KINDS[kind];
  const items = state[kind];
  const total = state.totals[kind];
  return [
    heading(title, description),
    total > items.length
      ? h("p", { class: "quiet" }, `The newest ${items.length} of ${many(total, word)}; the API lists them all.`)
      : h("p", { class: "quiet" }, many(total, word), " in ", state.group, "."),
    items.length ? h("ul", { class: "rows" }, items.map((item) => ROWS[kind](item, state.now))) : h("p", { class: "empty" }, "None yet."),
  ];
}

/** One resource in full. */
export function detail(kind, id, state) {
  const [word] = KINDS[kind];
  const open = state.open?.kind === kind && state.open.id === id ? state.open : null;
  const summary = (state[kind] ?? []).find((item) => item.id === id);
  if (!open) return [heading(id, "…")];
  const resource = open.resource;
  const known = resource || open.charts;
  return [
    h("p", { class: "crumbs" }, h("a", { href: to(kind) }, KINDS[kind][1]), " / ", h("span", {}, word)),
    heading(resource?.name || resource?.configurationName || id, null, resource?.status ? [" ", pill(resource.status)] : null),
    resource?.name || resource?.configurationName ? h("p", { class: "mono quiet" }, id) : null,
    known ? null : h("p", { class: "notice" }, `There is no such ${word} in ${state.group}; it may have been deleted.`),
    summary && "submitted" in summary ? h("div", { class: "card" }, track(summary), summary.message ? h("p", { class: "notice bad" }, summary.message) : null) : null,
    open.charts
      ? h(
          "section",
          { "aria-labelledby": "metrics" },
          h("h2", { id: "metrics" }, "Metrics"),
          h("p", { class: "quiet" }, many(open.points, "point"), kind === "tracking" ? "" : [" · ", h("a", { href: to("tracking", id) }, "tracked execution")]),
          h("div", { class: "charts" }, open.charts.map(chart)),
          open.tags.length ? pairs("Tags", open.tags) : null,
          open.infos.length ? pairs("Custom info", open.infos) : null,
        )
      : null,
    resource
      ? h("section", { "aria-labelledby": "members" }, h("h2", { id: "members" }, "Response of the API"), h("div", { class: "card" }, members(resource)))
      : null,
    open.logs ? logs(open.logs) : null,
  ];
}

function run(kind, item, now) {
  return h(
    "li",
    { "data-key": `${kind} ${item.id}`, class: "row" },
    h(
      "div",
      { class: "who" },
      h("a", { href: to(kind, item.id), class: "name breaks" }, item.configuration || item.id),
      h("span", { class: "quiet" }, KINDS[kind][0], " ", h("span", { class: "mono" }, item.id)),
      h("span", { class: "quiet breaks" }, `${item.scenarioId} / ${item.executableId}`),
    ),
    track(item),
    h(
      "div",
      { class: "facts" },
      h("span", {}, ago(item.created, now)),
      item.points ? h("a", { href: to("tracking", item.id) }, many(item.points, "point")) : null,
      item.ttl ? h("span", {}, `ttl ${item.ttl}`) : null,
      item.target === "DELETED" ? h("span", {}, "being deleted") : null,
    ),
  );
}

/** The lifecycle as a row of steps. */
function track(item) {
  const end = OVER.includes(item.status) || item.status === "STOPPING" ? item.status : item.ttl === undefined || item.target === "COMPLETED" ? "COMPLETED" : null;
  const last = end ?? (item.target === "RUNNING" ? null : item.target);
  const steps = [...STEPS, ...(last && !STEPS.includes(last) && last !== "DELETED" ? [last] : [])];
  const reached = { UNKNOWN: item.created, PENDING: item.submitted, RUNNING: item.started, [last]: item.completed ?? (item.status === last ? item.modified : null) };
  const here = steps.indexOf(item.status);
  return h(
    "ol",
    { class: "track", "aria-label": `Status ${item.status}` },
    steps.map((step, number) => {
      const now = number === here;
      const been = !now && (number < here || here < 0) && reached[step] !== null;
      return h(
        "li",
        { class: `${now ? `now s-${step}` : been ? "been" : number < here ? "skipped" : "ahead"}`, "aria-current": now ? "step" : null },
        h("i", {}),
        h("span", {}, step),
      );
    }),
  );
}

const ROWS = {
  executions: (item, now) => run("executions", item, now),
  deployments: (item, now) => run("deployments", item, now),
  schedules: (item, now) =>
    row(`s${item.id}`, to("schedules", item.id), item.name || item.id, [h("code", {}, item.cron), ` runs ${item.configuration}`], [
      pill(item.status),
      item.due ? h("span", {}, `next ${ago(item.due, now)}`) : null,
    ]),
  artifacts: (item) =>
    row(`a${item.id}`, to("artifacts", item.id), item.name || item.id, [h("code", { class: "breaks" }, item.url)], [
      tag(item.kind),
      item.executionId ? h("a", { href: to("executions", item.executionId), class: "mono" }, item.executionId) : null,
      h("span", {}, item.scenarioId),
    ]),
  configurations: (item) =>
    row(`c${item.id}`, to("configurations", item.id), item.name || item.id, [`${item.scenarioId} / ${item.executableId}`], [
      h("span", {}, many((item.inputArtifactBindings ?? []).length, "artifact")),
      h("span", {}, many((item.parameterBindings ?? []).length, "parameter")),
    ]),
  tracking: (item) =>
    row(`t${item.id}`, to("tracking", item.id), item.id, [], [
      h("span", {}, many(item.points, "point")),
      h("span", {}, many(item.tags, "tag")),
      h("span", {}, `${item.infos} custom info`),
    ]),
  files: (item) => row(`f${item.path}`, null, item.path, [], [h("span", {}, bytes(item.size))]),
};

function row(key, href, name, words, facts) {
  return h(
    "li",
    { "data-key": key, class: "row plain" },
    h("div", { class: "who" }, href ? h("a", { href, class: "name breaks" }, name) : h("span", { class: "name breaks" }, name), words.length ? h("span", { class: "quiet breaks" }, words) : null),
    h("div", { class: "facts" }, facts),
  );
}

/** A status as a coloured label; its text says the same as its colour. */
export function pill(status) {
  return h("span", { class: `pill s-${status}` }, status);
}

/** A short text in a box. */
export function tag(word) {
  return h("span", { class: "tag" }, word);
}

/** A JSON value as nested lists of members. */
export function members(value) {
  if (Array.isArray(value)) {
    if (!value.length) return h("span", { class: "quiet" }, "none");
    return h("ul", { class: "members" }, value.map((item) => h("li", {}, members(item))));
  }
  if (value === null || typeof value !== "object") {
    return h("span", { class: typeof value === "string" ? "breaks" : "mono" }, value === "" ? h("span", { class: "quiet" }, "empty") : String(value));
  }
  return h("dl", { class: "members" }, Object.entries(value).map(([name, member]) => h("div", {}, h("dt", { class: "breaks" }, name), h("dd", {}, members(member)))));
}

function pairs(title, items) {
  return h(
    "details",
    { open: true, class: "card" },
    h("summary", {}, `${title} (${items.length})`),
    h("dl", { class: "members" }, items.map((item) => h("div", {}, h("dt", { class: "breaks" }, item.name), h("dd", { class: "breaks" }, item.value)))),
  );
}

function logs(answer) {
  const lines = answer.data?.result ?? [];
  return h(
    "section",
    { "aria-labelledby": "logs" },
    h("h2", { id: "logs" }, "Logs, newest first"),
    lines.length
      ? h("pre", { class: "log", tabindex: "0", "aria-label": "Log lines" }, lines.map((line) => h("span", {}, h("b", {}, String(line.timestamp).slice(11, 23)), ` ${line.msg}\n`)))
      : h("p", { class: "quiet" }, "No log lines yet."),
  );
}

function start(offer) {
  return h(
    "div",
    { class: "empty" },
    h("p", {}, "Nothing was started in this resource group."),
    h(
      "p",
      {},
      "The terminal in which the mock was started shows its credentials and a curl command. You can also try the operations here: ",
      h("a", { href: to("api", "createArtifact") }, "an artifact"), ", ",
      h("a", { href: to("api", "createConfiguration") }, "a configuration"), ", then ",
      h("a", { href: to("api", "createExecution") }, "an execution"),
      `; it completes after four steps of ${offer.pace} s.`,
    ),
  );
}
