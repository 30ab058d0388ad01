/* What the plots have in common: a frame as wide as its place, scales with marks, a tip, and selecting with a drag. */
const LEFT = 62, RIGHT = 14, TOP = 14, BOTTOM = 30;

const ladders = {
  seconds: [0.001, 0.01, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14400, 28800, 43200]
    .concat([1, 2, 5, 10, 20, 50, 100].map(d => d * 86400)),
  bytes: Array.from({ length: 63 }, (_, i) => 2 ** i),
  ratio: [1 / 16, 1 / 8, 1 / 4, 1 / 2, 1, 2, 4, 8, 16],
};
const labels = {
  seconds: v => v >= 86400 ? v / 86400 + " d" : v >= 3600 ? v / 3600 + " h" : v >= 60 ? v / 60 + " min" : v >= 1 || v === 0 ? v + " s" : v * 1000 + " ms",
  bytes: format.bytes,
  ratio: v => (v < 1 ? "1/" + 1 / v : v) + "\u00d7",
};

function frameOf(place, height, name) {
  const width = Math.max(300, Math.round(place.clientWidth) || 900);
  return { width, height, left: LEFT, right: width - RIGHT, top: TOP, bottom: height - BOTTOM,
    svg: drawn("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": name }) };
}
/* At most as many marks as there is room for. */
function thinned(marks, from, to, room) {
  const every = Math.ceil(marks.length * room / Math.abs(to - from)) || 1;
  return marks.filter((_, i) => i % every === 0);
}
function logScale(low, high, from, to, unit, isExact) {
  const room = isExact ? 0 : Math.max(Math.log(high / low) * 0.05, 0.1), a = Math.log(low) - room, b = Math.log(high) + room;
  const marks = ladders[unit].filter(v => Math.log(v) >= a - 1e-9 && Math.log(v) <= b + 1e-9);
  return {
    at: v => from + (Math.log(v) - a) / (b - a) * (to - from),
    from: p => Math.exp(a + (p - from) / (to - from) * (b - a)),
    marks: thinned(marks, from, to, unit === "ratio" ? 16 : Math.abs(to - from) > 450 ? 70 : 36).map(v => [v, labels[unit](v)]),
  };
}
/* Marks on full hours, days or months of the reader's clock. */
function timeMarks(low, high, most) {
  const hour = 3600, day = 86400, span = high - low;
  const step = [300, 900, 1800, hour, 2 * hour, 3 * hour, 6 * hour, 12 * hour, day, 2 * day, 7 * day, 14 * day].find(s => span / s <= most);
  const marks = [], start = new Date(low * 1000), name = { month: "short" };
  if (step) {
    start.setHours(0, 0, 0, 0);
    for (let t = start.getTime() / 1000; t <= high; t += step) {
      const d = new Date(t * 1000), isMidnight = format.clock(t) === "00:00";
      if (t >= low) marks.push([t, step < day && !isMidnight ? format.clock(t) : d.getDate() + " " + d.toLocaleString("en", name)]);
    }
  } else {
    const months = [1, 2, 3, 6, 12, 24, 60].find(m => span / (30 * day) / m <= most) ?? 120;
    for (const d = new Date(start.getFullYear(), 0, 1); d.getTime() / 1000 <= high; d.setMonth(d.getMonth() + months))
      if (d.getTime() / 1000 >= low) marks.push([d.getTime() / 1000, months >= 12 ? "" + d.getFullYear() : d.toLocaleString("en", name) + " " + d.getFullYear()]);
  }
  return marks;
}
function timeScale(low, high, from, to) {
  const a = low, b = Math.max(high, low + 1);
  return { at: v => from + (v - a) / (b - a) * (to - from), from: p => a + (p - from) / (to - from) * (b - a),
    marks: timeMarks(a, b, (to - from) / 85) };
}
function axes(frame, x, y) {
  const g = drawn("g", {}), { left, right, top, bottom } = frame;
  for (const [v, text] of x.marks) g.append(drawn("line", { class: "axis", x1: x.at(v), x2: x.at(v), y1: top, y2: bottom + 4 }),
    drawn("text", { x: x.at(v), y: bottom + 18, "text-anchor": x.at(v) > right - 24 ? "end" : "middle" }, text));
  for (const [v, text] of y.marks) g.append(drawn("line", { class: "axis", x1: left - 4, x2: right, y1: y.at(v), y2: y.at(v) }),
    drawn("text", { x: left - 8, y: y.at(v) + 4, "text-anchor": "end" }, text));
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
  tip.style.left = Math.max(4, Math.min(event.clientX + 14, innerWidth - tip.offsetWidth - 8)) + "px";
  tip.style.top = Math.max(4, Math.min(event.clientY + 14, innerHeight - tip.offsetHeight - 8)) + "px";
}
function hideTip() { document.getElementById("tip").hidden = true; }
function tipOn(mark, text) {
  mark.onpointerenter = event => showTip(event, text());
  mark.onpointerleave = hideTip;
}

/* A drag over the frame calls select({x: [low, high], y: [low, high]}) in its own points; a mere click, with null. */
function brush(frame, select) {
  const { svg } = frame;
  let start = null, box = null;
  const place = event => {
    const r = svg.getBoundingClientRect();
    return [(event.clientX - r.left) / r.width * frame.width, (event.clientY - r.top) / r.height * frame.height];
  };
  const between = (a, b) => [Math.min(a, b), Math.max(a, b)];
  svg.onpointerdown = event => {
    if (event.target.step || event.button !== 0) return;
    start = place(event);
    svg.querySelector(".brush")?.remove();
    box = drawn("rect", { class: "brush" });
    svg.append(box);
    svg.setPointerCapture(event.pointerId);
  };
  svg.onpointermove = event => {
    if (!start) return;
    const now = place(event), [x0, x1] = between(start[0], now[0]), [y0, y1] = between(start[1], now[1]);
    for (const [key, value] of Object.entries({ x: x0, y: y0, width: x1 - x0, height: y1 - y0 })) box.setAttribute(key, value);
  };
  svg.onpointercancel = () => { start = null; box.remove(); };
  svg.onpointerup = event => {
    if (!start) return;
    const now = place(event), x = between(start[0], now[0]), y = between(start[1], now[1]);
    start = null;
    if (x[1] - x[0] < 4 && y[1] - y[0] < 4) { box.remove(); select(null); } else select({ x, y });
  };
}
const within = (v, [low, high]) => v >= low && v <= high;
