/* The group's picture: input size against what a job took, and run time over calendar time. */
const WIDTH = 900, HEIGHT = 420, LEFT = 84, BOTTOM = 40, TOP = 10, RIGHT = 12;

const ladders = {
  seconds: [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14400, 28800, 43200]
    .concat([1, 2, 5, 10, 20, 50, 100].map(d => d * 86400)),
  bytes: Array.from({ length: 63 }, (_, i) => 2 ** i),
};
const labels = {
  seconds: v => v >= 86400 ? v / 86400 + " d" : v >= 3600 ? v / 3600 + " h" : v >= 60 ? v / 60 + " min" : v + " s",
  bytes: format.bytes,
};

function logScale(low, high, from, to, unit) {
  const room = Math.max(Math.log(high / low) * 0.05, 0.1), a = Math.log(low) - room, b = Math.log(high) + room;
  const marks = ladders[unit].filter(v => Math.log(v) >= a && Math.log(v) <= b);
  const every = Math.ceil(marks.length / 8) || 1;
  return {
    at: v => from + (Math.log(v) - a) / (b - a) * (to - from),
    marks: marks.filter((_, i) => i % every === 0).map(v => [v, labels[unit](v)]),
  };
}
function timeScale(low, high, from, to) {
  const room = Math.max((high - low) * 0.03, 1800), a = low - room, b = high + room;
  const marks = [0.1, 0.3, 0.5, 0.7, 0.9].map(f => a + f * (b - a));
  return { at: v => from + (v - a) / (b - a) * (to - from), marks: marks.map(v => [v, high - low > 2 * 86400 ? format.day(v) : format.time(v)]) };
}
function axes(x, y) {
  const g = drawn("g", {});
  for (const [v, text] of x.marks) {
    g.append(drawn("line", { class: "axis", x1: x.at(v), x2: x.at(v), y1: TOP, y2: HEIGHT - BOTTOM }),
      drawn("text", { x: x.at(v), y: HEIGHT - BOTTOM + 18, "text-anchor": "middle" }, text));
  }
  for (const [v, text] of y.marks) {
    g.append(drawn("line", { class: "axis", x1: LEFT, x2: WIDTH - RIGHT, y1: y.at(v), y2: y.at(v) }),
      drawn("text", { x: LEFT - 8, y: y.at(v) + 4, "text-anchor": "end" }, text));
  }
  return g;
}
function range(values) {
  const ok = values.filter(v => v > 0 && isFinite(v));
  return ok.length ? [Math.min(...ok), Math.max(...ok)] : null;
}
function showTip(event, text) {
  const tip = document.getElementById("tip");
  tip.textContent = text;
  tip.hidden = false;
  tip.style.left = Math.min(event.clientX + 14, innerWidth - tip.offsetWidth - 8) + "px";
  tip.style.top = Math.min(event.clientY + 14, innerHeight - tip.offsetHeight - 8) + "px";
}
function hideTip() { document.getElementById("tip").hidden = true; }

function dot(step, x, y, metric, on) {
  const circle = drawn("circle", { class: "dot " + step.verdict[metric], cx: x, cy: y, r: step.verdict[metric] === "high" ? 5 : 3.5, tabindex: -1 });
  const m = metrics[metric];
  circle.onpointerenter = event => showTip(event, step.job + "  " + step.user + "\n" + m.format(m.value(step)) +
    (step.input_bytes == null ? "" : " for " + format.bytes(step.input_bytes)) + ", " + format.time(step.end_unix_s) + ", " + step.node);
  circle.onpointerleave = hideTip;
  circle.onclick = () => on.choose(step);
  circle.step = step;
  return circle;
}

/* on: {choose(step), select(steps)} */
function scatter(place, group, metric, on) {
  const m = metrics[metric], band = group[metric]?.band ?? [];
  const steps = group.steps.filter(s => s.input_bytes > 0 && m.value(s) > 0);
  const rx = range(steps.map(s => s.input_bytes).concat(band.map(b => b[0])));
  const ry = range(steps.map(m.value).concat(band.flatMap(b => b.slice(1))));
  if (!rx || !ry) {
    place.replaceChildren(element("p", { className: "hint", textContent: "No job of this group has both a declared input size and a " + m.name + "; below is its " + m.name + " over time." }));
    return [];
  }
  const x = logScale(...rx, LEFT, WIDTH - RIGHT, "bytes"), y = logScale(...ry, HEIGHT - BOTTOM, TOP, m.unit);
  const svg = drawn("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": m.name + " by input size" });
  const point = (b, i) => x.at(b[0]) + "," + (b[i] > 0 ? y.at(b[i]) : HEIGHT - BOTTOM);
  const dots = steps.map(s => dot(s, x.at(s.input_bytes), y.at(m.value(s)), metric, on));

  svg.append(axes(x, y));
  if (band.length > 1) svg.append(
    drawn("polygon", { class: "band", points: band.map(b => point(b, 2)).concat([...band].reverse().map(b => point(b, 3))).join(" ") }),
    drawn("polyline", { class: "curve", points: band.map(b => point(b, 1)).join(" ") }));
  svg.append(...dots);
  brush(svg, dots, on.select);
  place.replaceChildren(svg, element("figcaption", { className: "hint", textContent:
    "input size \u2192, " + m.name + " \u2191, both logarithmic; the line is what is expected, the band what is normal" }));
  return dots;
}

function brush(svg, dots, select) {
  let start = null, box = null;
  const place = event => {
    const r = svg.getBoundingClientRect();
    return [(event.clientX - r.left) / r.width * WIDTH, (event.clientY - r.top) / r.height * HEIGHT];
  };
  svg.onpointerdown = event => {
    if (event.target.step || event.button !== 0) return;
    start = place(event);
    box = drawn("rect", { class: "brush" });
    svg.append(box);
    svg.setPointerCapture(event.pointerId);
  };
  svg.onpointermove = event => {
    if (!start) return;
    const now = place(event);
    for (const [key, value] of Object.entries({ x: Math.min(start[0], now[0]), y: Math.min(start[1], now[1]),
      width: Math.abs(start[0] - now[0]), height: Math.abs(start[1] - now[1]) })) box.setAttribute(key, value);
  };
  svg.onpointerup = svg.onpointercancel = event => {
    if (!start) return;
    const now = place(event), inside = (v, a, b) => v >= Math.min(a, b) && v <= Math.max(a, b);
    for (const d of dots)
      d.classList.toggle("selected", inside(+d.getAttribute("cx"), start[0], now[0]) && inside(+d.getAttribute("cy"), start[1], now[1]));
    box.remove();
    start = null;
    select(dots.filter(d => d.classList.contains("selected")).map(d => d.step));
  };
}

/* Calendar time against the ratio to what is expected at each job's size: drift is a step in it. */
function calendar(place, group, metric, on) {
  const m = metrics[metric], steps = group.steps.filter(s => m.value(s) > 0);
  const relative = s => s.ratio?.[metric] ?? null;
  const rows = steps.every(s => relative(s) === null) ? null : steps.filter(s => relative(s) > 0);
  const of = rows ? relative : m.value, list = rows ?? steps;
  const ry = range(list.map(of));
  if (!ry || !list.length) { place.replaceChildren(element("p", { className: "hint", textContent: "Nothing to show." })); return []; }
  const times = list.map(s => s.end_unix_s), x = timeScale(Math.min(...times), Math.max(...times), LEFT, WIDTH - RIGHT);
  const y = rows ? { ...logScale(Math.min(ry[0], 0.5), Math.max(ry[1], 2), HEIGHT - BOTTOM, TOP, "seconds") } : logScale(...ry, HEIGHT - BOTTOM, TOP, m.unit);
  if (rows) y.marks = [0.1, 0.2, 0.5, 1, 1.5, 2, 3, 5, 10, 20, 50].filter(v => v >= Math.min(ry[0], 0.5) && v <= Math.max(ry[1], 2)).map(v => [v, v + "\u00d7"]);
  const svg = drawn("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": m.name + " over time" });
  svg.append(axes(x, y), heat(list, of, x, y, ry));
  const since = group[metric]?.since_unix_s;
  if (since) svg.append(drawn("line", { class: "drift", x1: x.at(since), x2: x.at(since), y1: TOP, y2: HEIGHT - BOTTOM }),
    drawn("text", { x: x.at(since) - 6, y: TOP + 14, "text-anchor": "end" }, format.ratio(group[metric].since_ratio) + " since " + format.day(since)));
  const dots = list.map(s => dot(s, x.at(s.end_unix_s), y.at(of(s)), metric, on));
  svg.append(...dots);
  place.replaceChildren(svg, element("figcaption", { className: "hint", textContent:
    (rows ? m.name + " as a multiple of what is expected at each job's size" : m.name) + ", over calendar time; the shade is how many jobs" }));
  return dots;
}

/* 60 by 24 cells under the dots, the darker the more jobs. */
function heat(list, of, x, y, ry) {
  const w = (WIDTH - RIGHT - LEFT) / 60, h = (HEIGHT - BOTTOM - TOP) / 24, cells = new Map();
  for (const s of list) {
    const key = Math.floor((x.at(s.end_unix_s) - LEFT) / w) + "," + Math.floor((y.at(of(s)) - TOP) / h);
    cells.set(key, (cells.get(key) ?? 0) + 1);
  }
  const most = Math.max(...cells.values());
  return drawn("g", {}, ...[...cells].map(([key, n]) => {
    const [i, j] = key.split(",").map(Number);
    return drawn("rect", { x: LEFT + i * w, y: TOP + j * h, width: w, height: h, fill: "var(--dot)", "fill-opacity": 0.35 * n / most });
  }));
}
