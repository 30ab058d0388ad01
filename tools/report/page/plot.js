/* The group's picture: input size against what a job took, and each node's pace. */
const dotSign = { high: "dot high", low: "dot low", unjudged: "dot unjudged" };

function dot(step, x, y, metric, on) {
  const circle = drawn("circle", { class: dotSign[step.verdict[metric]] ?? "dot", cx: x, cy: y, r: step.verdict[metric] === "high" ? 5 : 3.5 });
  const m = metrics[metric];
  tipOn(circle, () => step.job + "  " + format.short(step.user ?? "", 60) + "\n" + m.format(m.value(step)) +
    (step.input_bytes == null ? "" : " for " + format.bytes(step.input_bytes)) + ", " + format.time(step.end_unix_s) +
    (step.node ? ", " + format.short(step.node, 60) : ""));
  circle.onclick = () => on.choose(step);
  circle.step = step;
  return circle;
}
function selecting(frame, dots, on) {
  brush(frame, box => {
    for (const d of dots) d.classList.toggle("selected", !!box && within(+d.getAttribute("cx"), box.x) && within(+d.getAttribute("cy"), box.y));
    on.select(dots.filter(d => d.classList.contains("selected")).map(d => d.step));
  });
}
/* One entry of a legend, drawn with the plot's own classes. */
function key(text, ...marks) {
  return element("span", { className: "key" }, drawn("svg", { viewBox: "0 0 22 12", class: "sign" }, ...marks), text);
}
/* Of the kinds of dots that are there, the normal ones first. */
function keysOf(dots) {
  const kinds = { "": "a job", high: "high", low: "low", unjudged: "not judged" };
  return Object.entries(kinds).filter(([kind]) => dots.some(d => d.classList.contains(kind || "dot") && (kind || !/ /.test(d.getAttribute("class")))))
    .map(([kind, text]) => key(text, keyDot(kind)));
}
const keyDot = kind => drawn("circle", { class: "dot " + kind, cx: 11, cy: 6, r: kind === "high" ? 5 : 3.5 });

const isSized = group => group.steps.some(s => s.input_bytes > 0);

/* on: {choose(step), select(steps)}.  Returns the dots. */
function scatter(place, group, metric, on) {
  const m = metrics[metric], band = group[metric].band.filter(b => b[1] > 0);
  const steps = group.steps.filter(s => s.input_bytes > 0 && m.value(s) > 0);
  const rx = range(steps.map(s => s.input_bytes).concat(band.map(b => b[0])));
  const ry = range(steps.map(m.value).concat(band.flatMap(b => [b[1], b[3], Math.max(b[2], b[1] / 10)])));
  if (!rx || !ry || !steps.length) {
    place.replaceChildren(hint("No job of this group has both a declared input size and a " + m.name + "; below is its " + m.name + " over time."));
    return [];
  }
  const frame = frameOf(place, 400, m.name + " by input size"), { svg, bottom } = frame;
  const x = logScale(...rx, frame.left, frame.right, "bytes"), y = logScale(...ry, bottom, frame.top, m.unit);
  const point = (b, i) => x.at(b[0]) + "," + (b[i] > 0 ? Math.min(y.at(b[i]), bottom) : bottom);
  const dots = steps.map(s => dot(s, x.at(s.input_bytes), y.at(m.value(s)), metric, on));
  dots.sort((a, b) => a.classList.contains("high") - b.classList.contains("high"));

  if (band.length > 1) svg.append(drawn("polygon", { class: "band", points: band.map(b => point(b, 2)).concat([...band].reverse().map(b => point(b, 3))).join(" ") }));
  svg.append(axes(frame, x, y));
  if (band.length > 1) svg.append(drawn("polyline", { class: "curve", points: band.map(b => point(b, 1)).join(" ") }));
  svg.append(...dots);
  selecting(frame, dots, on);
  place.replaceChildren(svg, element("figcaption", { className: "hint" }, ...keysOf(dots), key("expected", drawn("line", { class: "curve", x1: 1, x2: 21, y1: 6, y2: 6 })),
    key("normal at this size", drawn("rect", { class: "band", width: 22, height: 12 })), element("span", {}, "input size \u2192 and " + m.name + " \u2191, both logarithmic")));
  return dots;
}

/* Each node's typical pace, the slow ones named. */
function nodePlot(place, nodes) {
  const list = nodes.filter(n => n.ratio > 0).sort((a, b) => a.node.localeCompare(b.node, "en", { numeric: true }));
  if (list.length < 2) return;
  const frame = frameOf(place, 170, "typical run time on each node"), { svg } = frame;
  const ry = range(list.map(n => n.ratio).concat(0.5, 2)), y = logScale(...ry, frame.bottom, frame.top, "ratio", true);
  const at = i => frame.left + 8 + i / (list.length - 1) * (frame.right - frame.left - 16);
  svg.append(axes(frame, { at, marks: [0, list.length - 1].map(i => [i, format.short(list[i].node, 20)]) }, y));
  svg.append(drawn("line", { class: "level", x1: frame.left, x2: frame.right, y1: y.at(1), y2: y.at(1) }));
  list.forEach((n, i) => {
    const circle = drawn("circle", { class: n.finding ? "dot high" : "dot", cx: at(i), cy: y.at(n.ratio), r: n.finding ? 5 : 3 });
    tipOn(circle, () => format.short(n.node, 80) + ": " + format.ratio(n.ratio) + " of what its groups took elsewhere, " + format.number(n.job_count) + " jobs");
    svg.append(circle);
    if (n.finding) svg.append(drawn("text", { x: at(i) + (at(i) > frame.right - 90 ? -9 : 9), y: y.at(n.ratio) + 4, "text-anchor": at(i) > frame.right - 90 ? "end" : "start" }, format.short(n.node, 20)));
  });
  place.replaceChildren(svg, element("figcaption", { className: "hint" }, key("a node", keyDot("")), key("slow for everybody", keyDot("high")),
    element("span", {}, "run times there as a multiple of what the same groups took on other nodes")));
}
