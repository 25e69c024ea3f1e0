// Routing between the views, and polling of the state once a second while the page is visible.

import { clock, h, morph, to } from "./dom.js";
import { Api, index, operation, schemas } from "./docs.js";
import { KINDS, detail, heard, list, overview } from "./live.js";
import { capabilities, groups, scenarios, switches } from "./offered.js";

const EVERY = 1000;
const MAX_FEED = 40;
const OFFERED = { scenarios: "Scenarios", capabilities: "Capabilities", switches: "Switches", groups: "Resource groups" };
const main = document.getElementById("main");
const nav = document.getElementById("nav");
const pulse = document.getElementById("pulse");
const chooser = document.getElementById("group");
const page = { state: null, offer: null, api: null, group: "", feed: [], seen: null, shown: "", live: false, stale: false };

function route() {
  const [view = "", ...rest] = location.hash.slice(2).split("/");
  return { view, name: rest.map(decode).join("/") };
}

function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The nodes of the view at this address; a view that is not live is rendered only once. */
function view({ view, name }) {
  const { state, offer, api, feed } = page;
  if (view in KINDS) return { live: true, nodes: name ? detail(view, name, state) : list(view, state) };
  if (view === "requests") return { live: true, nodes: heard(state) };
  if (view === "groups") return { live: true, nodes: groups(state) };
  if (view === "scenarios") return { nodes: scenarios(offer) };
  if (view === "capabilities") return { nodes: capabilities(offer) };
  if (view === "switches") return { nodes: switches(offer) };
  if (view === "api") return { nodes: name ? operation(api, name, offer, state) : index(api, offer) };
  if (view === "schemas") return { nodes: schemas(api, name) };
  return { live: true, nodes: overview(state, offer, feed) };
}

function render() {
  if (!page.state) return;
  const address = location.hash || "#/";
  const moved = address !== page.shown;
  if (moved || page.stale) {
    const { live, nodes } = view(route());
    main.replaceChildren(...h("main", {}, nodes).childNodes);
    page.live = live;
    const title = main.querySelector("h1")?.textContent.trim();
    document.title = title ? `${title} · lmconform mock` : "lmconform mock";
  } else if (page.live) {
    morph(main, h("main", { id: "main", tabindex: "-1" }, view(route()).nodes));
  }
  if (moved && page.shown) {
    main.focus({ preventScroll: true });
    scrollTo(0, 0);
  }
  page.shown = address;
  page.stale = false;
  morph(nav, h("nav", { "aria-label": "Main", id: "nav" }, menu()));
  if (moved) nav.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
}

function menu() {
  const here = route();
  const link = (path, text, number) => {
    const current = here.view === path || (path === "api" && here.view === "schemas");
    return h("li", {}, h("a", { href: path ? to(path) : "#/", "aria-current": current ? "page" : null }, text, number === undefined ? null : [" ", h("span", { class: "count" }, number)]));
  };
  const part = (title, items) => [h("h2", { id: `nav ${title}` }, title), h("ul", { "aria-labelledby": `nav ${title}` }, items)];
  return [
    part("State", [link("", "Overview"), ...Object.entries(KINDS).map(([kind, [, title]]) => link(kind, title, page.state.totals[kind].toLocaleString("en"))), link("requests", "Requests")]),
    part("Documentation", [link("api", "API", page.api.operations.size)]),
    part("Offered", Object.entries(OFFERED).map(([path, title]) => link(path, title))),
  ];
}

/** Add the changes since the previous state to the activity feed. */
function updateFeed(state) {
  const seen = new Map();
  const found = [];
  const before = page.seen?.group === state.group ? page.seen.items : null;
  if (!before) page.feed = [];
  for (const kind of ["executions", "deployments", "schedules", "artifacts", "configurations"]) {
    // Sorted from newest to oldest: all resources after a known one are older.
    let newer = true;
    for (const { id, status = "", modified } of state[kind]) {
      const key = `${kind} ${id}`;
      seen.set(key, status);
      newer &&= !before?.has(key);
      const when = modified ?? state.now;
      if (before?.has(key) && before.get(key) !== status) found.push({ kind, id, from: before.get(key), to: status, when });
      else if (before && newer) found.push({ kind, id, to: status, words: KINDS[kind][0], when });
    }
  }
  found.sort((a, b) => a.when - b.when);
  for (const entry of found) page.feed.unshift({ ...entry, key: `${entry.kind} ${entry.id} ${entry.to} ${entry.when}` });
  page.feed.length = Math.min(page.feed.length, MAX_FEED);
  page.seen = { group: state.group, items: seen };
}

let asked = 0;
async function poll() {
  const number = ++asked;
  const { view: kind, name } = route();
  const query = new URLSearchParams({ group: page.group });
  if (kind in KINDS && name) {
    query.set("kind", kind);
    query.set("id", name);
  }
  try {
    const answer = await fetch(`/-/state?${query}`, { signal: AbortSignal.timeout(10_000) });
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    const state = await answer.json();
    // The view changed meanwhile, and a newer request is pending.
    if (number !== asked) return;
    page.state = state;
    page.group = state.group;
    updateFeed(state);
    setPulse("live", `live · ${clock(state.now)}`);
    choices();
    render();
  } catch (error) {
    if (!(error instanceof TypeError) && error.name !== "TimeoutError") console.error(error);
    setPulse("lost", "The mock does not answer; retrying.");
    render();
  }
}

function setPulse(state, text) {
  pulse.className = `pulse ${state}`;
  // Screen readers announce only a lost connection.
  pulse.setAttribute("aria-live", state === "lost" ? "polite" : "off");
  if (pulse.textContent !== text) pulse.textContent = text;
}

function choices() {
  const wanted = h("select", { id: "group" }, page.state.groups.map((g) => h("option", { value: g.name, "data-key": g.name }, g.name)));
  morph(chooser, wanted);
  if (document.activeElement !== chooser) chooser.value = page.state.group;
}

let timer = 0;
async function beat() {
  clearTimeout(timer);
  if (document.visibilityState === "visible") {
    await poll();
    clearTimeout(timer);
    timer = setTimeout(beat, EVERY);
  }
}

function choose(name) {
  page.group = name;
  // Forms that were filled for the previous group are rendered again.
  page.stale = true;
  beat();
}

async function begin() {
  try {
    const [offer, document_] = await Promise.all(["/-/offer", "/-/openapi.json"].map(async (path) => (await fetch(path)).json()));
    page.offer = offer;
    page.api = new Api(document_);
  } catch {
    setPulse("lost", "The mock does not answer; retrying.");
    setTimeout(begin, EVERY);
    return;
  }
  addEventListener("hashchange", () => {
    // Poll before rendering, so that forms are filled from the current state.
    if (location.hash.startsWith("#/") || !location.hash) beat();
  });
  document.addEventListener("visibilitychange", beat);
  chooser.addEventListener("change", () => choose(chooser.value));
  main.addEventListener("click", (event) => {
    const name = event.target.closest?.("[data-group]")?.dataset.group;
    if (name) choose(name);
  });
  document.querySelector(".skip").addEventListener("click", (event) => {
    event.preventDefault();
    main.focus();
  });
  beat();
}

begin();
