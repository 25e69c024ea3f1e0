// Charts of metrics over steps, as SVG.

import { h, many, s } from "./dom.js";

const WIDTH = 440;
const HEIGHT = 200;
const LEFT = 56;
const RIGHT = 14;
const TOP = 12;
const BOTTOM = 30;

/** A figure of one chart: `{name, lines: [{label, count, points: [[step, value]]}], more}`. */
export function chart({ name, lines, more }) {
  const points = lines.flatMap((line) => line.points);
  const total = lines.reduce((sum, line) => sum + line.count, 0);
  const x = scale(points.map((p) => p[0]), LEFT, WIDTH - RIGHT, false);
  const y = scale(points.map((p) => p[1]), HEIGHT - BOTTOM, TOP, true);
  const last = lines[0].points.at(-1);
  const summary = `${name} over steps ${short(x.low)} to ${short(x.high)}, from ${short(y.least)} to ${short(y.most)}`;
  const drawing = s(
    "svg",
    { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "plot", role: "img", "aria-label": summary, "data-chart": name },
    y.ticks.map((tick) => [
      s("line", { class: "grid", x1: LEFT, x2: WIDTH - RIGHT, y1: y.at(tick), y2: y.at(tick) }),
      s("text", { class: "tick", x: LEFT - 8, y: y.at(tick) + 4, "text-anchor": "end" }, short(tick)),
    ]),
    x.ticks.map((tick) => s("text", { class: "tick", x: x.at(tick), y: HEIGHT - 10, "text-anchor": "middle" }, short(tick))),
    lines.map((line, number) => drawLine(line, number, x, y)),
  );
  return h(
    "figure",
    { class: "chart", "data-key": `chart ${name}` },
    h(
      "figcaption",
      {},
      h("strong", { class: "breaks" }, name),
      h("span", { class: "quiet" }, lines.length === 1 ? `last ${short(last[1])} · ` : "", many(total, "point")),
    ),
    drawing,
    lines.length > 1 || lines[0].label
      ? h("ul", { class: "legend" }, lines.map((line, n) => h("li", {}, h("i", { class: `swatch c${n}` }), line.label || "without labels")))
      : null,
    more ? h("p", { class: "quiet" }, `${many(more, "more line")} not drawn`) : null,
    h("details", {}, h("summary", {}, "Values"), table(lines)),
  );
}

function drawLine({ points, label }, number, x, y) {
  const at = points.map(([step, value]) => [x.at(step), y.at(value)]);
  const path = at.map(([px, py], i) => `${i ? "L" : "M"}${px.toFixed(1)} ${py.toFixed(1)}`).join("");
  const ground = HEIGHT - BOTTOM;
  const dots = points.length <= 30 ? points : [points.at(-1)];
  return s(
    "g",
    { class: `line c${number}` },
    number === 0 && at.length > 1
      ? s("path", { class: "area", d: `${path}L${at.at(-1)[0].toFixed(1)} ${ground}L${at[0][0].toFixed(1)} ${ground}Z` })
      : null,
    s("path", { class: "stroke", d: path }),
    dots.map(([step, value]) =>
      s("circle", { cx: x.at(step).toFixed(1), cy: y.at(value).toFixed(1), r: 3.5 },
        s("title", {}, `${label ? `${label}, ` : ""}step ${short(step)}: ${short(value)}`)),
    ),
  );
}

function table(lines) {
  const rows = lines.flatMap((line) => line.points.map(([step, value]) => [line.label, step, value]));
  return h(
    "div",
    { class: "scroll", tabindex: "0", role: "region", "aria-label": "Values" },
    h(
      "table",
      {},
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "Step"), h("th", { scope: "col" }, "Value"), h("th", { scope: "col" }, "Labels"))),
      h("tbody", {}, rows.slice(0, 200).map(([label, step, value]) => h("tr", {}, h("td", {}, String(step)), h("td", {}, String(value)), h("td", {}, label)))),
    ),
  );
}

function scale(values, from, end, padded) {
  const least = Math.min(...values);
  const most = Math.max(...values);
  let low = least;
  let high = most;
  const room = high - low || Math.abs(high) || 1;
  if (padded || low === high) {
    low -= room * 0.06;
    high += room * 0.06;
  }
  const at = (value) => from + ((value - low) / (high - low)) * (end - from);
  return { low: least, high: most, least, most, at, ticks: ticks(low, high, padded ? 5 : 6, !padded) };
}

function ticks(low, high, wanted, whole) {
  const rough = (high - low) / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  let step = [1, 2, 5, 10].map((n) => n * power).find((n) => n >= rough) ?? rough;
  if (whole) step = Math.max(1, step);
  if (!Number.isFinite(step) || step <= 0) return [low];
  const found = [];
  for (let tick = Math.ceil(low / step) * step; tick <= high + step * 1e-9 && found.length < 12; tick += step) {
    found.push(Math.abs(tick) < step * 1e-9 ? 0 : tick);
  }
  return found;
}

/** A number in about seven characters. */
export function short(number) {
  if (number === 0) return "0";
  const size = Math.abs(number);
  if (size >= 1e6 || size < 1e-3) return number.toExponential(2).replace("e+", "e");
  return String(Number(number.toPrecision(4)));
}
