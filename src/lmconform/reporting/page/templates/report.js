"use strict";
// Everything that a target may have said is set as text, never as markup.
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const field = document.getElementById("query");
  const body = document.querySelector("#rows tbody");
  const more = document.getElementById("more");
  const found = document.getElementById("found");
  const PAGE = 100;
  let shown = PAGE, open = "";
  const rows = data.rows.map(([id, outcome, operation, requirements, seconds, said]) => {
    const named = requirements.map((number) => data.requirements[number]);
    return {
      id, seconds, said: said || {}, named, outcome: data.outcomes[outcome][0], word: data.outcomes[outcome][1],
      op: data.operations[operation], rank: outcome,
      kinds: named.map(([, , kind]) => kind.replaceAll(" ", "_").toLowerCase()),
      all: [id, ...named.map(([name, text]) => name + " " + text), ...Object.values(said || {})].join(" ").toLowerCase(),
    };
  });
  const tests = {
    outcome: (row, value) => row.outcome.toLowerCase() === value,
    op: (row, value) => row.op.toLowerCase() === value,
    kind: (row, value) => row.kinds.includes(value),
    req: (row, value) => row.named.some(([name]) => name.toLowerCase().includes(value)),
  };
  function matches(row, tokens) {
    return tokens.every((token) => {
      const no = token.startsWith("-") && token.length > 1;
      const word = no ? token.slice(1) : token;
      const at = word.indexOf(":"), test = at > 0 ? tests[word.slice(0, at)] : undefined;
      return (test ? test(row, word.slice(at + 1)) : row.all.includes(word)) !== no;
    });
  }
  function cell(row, tag, text) {
    const made = document.createElement(tag);
    made.textContent = text;
    row.append(made);
    return made;
  }
  function detail(row) {
    const line = document.createElement("tr"), wide = cell(line, "td", "");
    wide.colSpan = 4;
    const list = document.createElement("dl");
    list.className = "fields";
    for (const [name, text] of row.named) { cell(list, "dt", name); cell(list, "dd", text); }
    for (const [name, text] of Object.entries(row.said)) { cell(list, "dt", name); cell(list, "dd", text); }
    wide.append(list);
    return line;
  }
  function draw() {
    const tokens = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    const chosen = rows.filter((row) => matches(row, tokens)).sort((a, b) => a.rank - b.rank);
    if (open) {
      const at = chosen.findIndex((row) => row.id === open);
      if (at >= shown) shown = at + 1;
    }
    body.replaceChildren();
    for (const row of chosen.slice(0, shown)) {
      const line = document.createElement("tr");
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = row.id;
      button.setAttribute("aria-expanded", String(row.id === open));
      button.addEventListener("click", () => { open = open === row.id ? "" : row.id; remember(); draw(); });
      cell(line, "td", "").append(button);
      const badge = document.createElement("span");
      badge.className = "badge " + row.outcome;
      badge.textContent = row.outcome;
      badge.title = row.word;
      cell(line, "td", "").append(badge);
      cell(line, "td", row.op);
      cell(line, "td", row.seconds.toFixed(2));
      body.append(line);
      if (row.id === open) { line.className = "open"; body.append(detail(row)); }
    }
    found.textContent = `${chosen.length} of ${rows.length} results`;
    more.hidden = chosen.length <= shown;
  }
  function remember() {
    const parts = [];
    if (field.value) parts.push("q=" + encodeURIComponent(field.value));
    if (open) parts.push("item=" + encodeURIComponent(open));
    history.replaceState(null, "", "#" + (parts.join("&") || "items"));
  }
  function recall() {
    const parts = new URLSearchParams(location.hash.slice(1).replaceAll("+", "%2B"));
    if (!parts.has("q") && !parts.has("item")) return;
    field.value = parts.get("q") || "";
    open = parts.get("item") || "";
    shown = PAGE;
    draw();
    const target = document.querySelector("tr.open") || document.getElementById("items");
    target.scrollIntoView({ block: "start" });
  }
  field.addEventListener("input", () => { shown = PAGE; open = ""; remember(); draw(); });
  document.getElementById("filter").addEventListener("submit", (event) => event.preventDefault());
  more.addEventListener("click", () => { shown += PAGE; draw(); });
  addEventListener("hashchange", recall);
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button.copy");
    if (!button) return;
    const done = () => { button.textContent = "copied"; setTimeout(() => { button.textContent = "copy"; }, 1500); };
    if (navigator.clipboard) { navigator.clipboard.writeText(button.dataset.copy).then(done, () => select(button)); }
    else select(button);
  });
  // A page that was opened from a file may have no clipboard: the text is selected instead.
  function select(button) { getSelection().selectAllChildren(button.previousElementSibling); }
  document.getElementById("theme").addEventListener("click", () => {
    const root = document.documentElement, dark = matchMedia("(prefers-color-scheme: dark)").matches;
    const now = root.dataset.theme || (dark ? "dark" : "light");
    root.dataset.theme = now === "dark" ? "light" : "dark";
  });
  document.addEventListener("keydown", (event) => {
    if (event.target === field) { if (event.key === "Escape") { field.value = ""; field.dispatchEvent(new Event("input")); field.blur(); } return; }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "/") { event.preventDefault(); field.focus(); return; }
    if (event.key !== "j" && event.key !== "k") return;
    const causes = [...document.querySelectorAll("#findings > .cause")];
    const at = causes.indexOf(document.activeElement.closest(".cause"));
    const next = causes[Math.max(0, Math.min(causes.length - 1, at + (event.key === "j" ? 1 : -1)))];
    if (next) { next.focus(); next.scrollIntoView({ block: "start" }); }
  });
  draw();
  recall();
})();
