/* Run time over calendar time: how many jobs took how many times what is expected, as colour. */
const SHADES = 7;

/* Counts differ by powers of ten, so shades are even in their logarithm. */
function shadeOf(count, most) {
  if (most === 1) return SHADES >> 1;
  return Math.min(SHADES - 1, Math.floor(SHADES * Math.log(count) / Math.log(most + 1)));
}

function cellsOf(map) {
  const list = [];
  for (let i = 0; i < map.cells.length; i += 2) {
    const column = map.cells[i] % map.columns, row = Math.floor(map.cells[i] / map.columns), high = map.high / map.low;
    const when = c => map.from_unix_s + c / map.columns * (map.to_unix_s - map.from_unix_s), ratio = r => map.low * high ** (r / map.rows);
    list.push({ count: map.cells[i + 1], from: when(column), to: when(column + 1), low: ratio(row), high: ratio(row + 1),
      isLowest: row === 0, isHighest: row === map.rows - 1 });
  }
  return list;
}
function cellText(cell, isShort) {
  const time = isShort ? format.clock : format.day, last = isShort ? cell.to : cell.to - 1;
  const span = time(cell.from) === time(last) ? time(cell.from) : time(cell.from) + " to " + time(last);
  const ratio = cell.isHighest ? "at least " + format.ratio(cell.low) : cell.isLowest ? "at most " + format.ratio(cell.high) : format.ratio(cell.low) + " to " + format.ratio(cell.high);
  return `${format.number(cell.count)} job${cell.count === 1 ? "" : "s"}, ${span}, ${ratio} of what is expected`;
}
function legend(most) {
  const bar = element("span", { className: "shades" }, "1 job ");
  if (most === 1) { bar.append(element("span", { className: "shade s" + shadeOf(1, 1) })); return bar; }
  for (let i = 0; i < SHADES; i++) bar.append(element("span", { className: "shade s" + i }));
  bar.append(" " + format.number(most));
  return bar;
}
/* The cells, axes and the line of the expected in a frame; returns it with its scales. */
function heatmap(place, map, height, name) {
  const frame = frameOf(place, height, name), cells = cellsOf(map), most = Math.max(...cells.map(c => c.count));
  const x = timeScale(map.from_unix_s, map.to_unix_s, frame.left, frame.right), y = logScale(map.low, map.high, frame.bottom, frame.top, "ratio", true);
  const isShort = map.to_unix_s - map.from_unix_s < 3 * 86400;
  frame.svg.append(axes(frame, x, y));
  for (const cell of cells) {
    const rect = drawn("rect", { class: "cell s" + shadeOf(cell.count, most), x: x.at(cell.from), y: y.at(cell.high),
      width: x.at(cell.to) - x.at(cell.from) - 0.5, height: y.at(cell.low) - y.at(cell.high) - 0.5 });
    tipOn(rect, () => cellText(cell, isShort));
    frame.svg.append(rect);
  }
  frame.svg.append(drawn("line", { class: "level", x1: frame.left, x2: frame.right, y1: y.at(1), y2: y.at(1) }));
  return { ...frame, x, y, most };
}

/* All jobs of the stretch; a drag selects findings: select(has), with null for all. */
function nightMap(place, map, high, select) {
  if (!map) { place.replaceChildren(hint("No job was judged.")); return; }
  const frame = heatmap(place, map, 300, "all jobs of the stretch: run time over what was expected"), { svg, x, y } = frame;
  const isShort = map.to_unix_s - map.from_unix_s < 3 * 86400;
  for (const cell of high ? cellsOf(high) : []) {
    const mark = drawn("circle", { class: "dot high", cx: (x.at(cell.from) + x.at(cell.to)) / 2, cy: (y.at(cell.low) + y.at(cell.high)) / 2, r: Math.min(9, 2 + Math.sqrt(cell.count)) });
    tipOn(mark, () => "high: " + cellText(cell, isShort));
    svg.append(mark);
  }
  brush(frame, box => {
    if (!box) return select(null);
    const time = [x.from(box.x[0]), x.from(box.x[1])], ratio = [y.from(box.y[1]), y.from(box.y[0])];
    /* the outermost rows hold what lies beyond them */
    if (box.y[0] <= frame.top + 8) ratio[1] = Infinity;
    select(f => within(f.end_unix_s, time) && within(f.ratio, ratio), time, ratio);
  });
  place.replaceChildren(svg, element("figcaption", { className: "hint" }, legend(frame.most), key("high", keyDot("high")),
    key("as expected", drawn("line", { class: "level", x1: 1, x2: 21, y1: 6, y2: 6 })),
    element("span", {}, "when a job ended \u2192, its run time as a multiple of what was expected \u2191. Drag over outliers to list them alone.")));
}

/* The jobs themselves over time, where nothing is known to compare them with. */
function timeline(place, group, metric, on) {
  const m = metrics[metric], steps = group.steps.filter(s => m.value(s) > 0), ry = range(steps.map(m.value));
  if (!ry) { place.replaceChildren(hint("Nothing to show.")); return []; }
  const times = steps.map(s => s.end_unix_s), first = Math.min(...times), room = Math.max(600, (Math.max(...times) - first) * 0.03);
  const frame = frameOf(place, 320, m.name + " over time"), { svg } = frame;
  const x = timeScale(first - room, Math.max(...times) + room, frame.left, frame.right), y = logScale(...ry, frame.bottom, frame.top, m.unit);
  const dots = steps.map(s => dot(s, x.at(s.end_unix_s), y.at(m.value(s)), metric, on));
  svg.append(axes(frame, x, y), ...dots);
  selecting(frame, dots, on);
  place.replaceChildren(svg, element("figcaption", { className: "hint" }, ...keysOf(dots),
    element("span", {}, "when a job ended \u2192, its " + m.name + " \u2191; what to expect of these jobs is not known")));
  return dots;
}

/* A group's months: each job as a multiple of what the same models expect of it, so that a moved level is a step. */
function calendar(place, group, metric, on) {
  const m = metrics[metric], map = group[metric].heat;
  if (!map) return timeline(place, group, metric, on);
  const frame = heatmap(place, map, 320, m.name + " over time"), { svg, x, y } = frame;
  const list = group.steps.filter(s => s.level_ratio[metric] > 0 && ["high", "low"].includes(s.verdict[metric]) && within(s.end_unix_s, [map.from_unix_s, map.to_unix_s]));
  const marks = list.map(s => dot(s, x.at(s.end_unix_s), y.at(Math.min(Math.max(s.level_ratio[metric], map.low), map.high)), metric, on));
  svg.append(...marks);
  const moved = group[metric].marks.filter(([since]) => within(since, [map.from_unix_s, map.to_unix_s]));
  moved.forEach(([since, ratio, isGradual], i) => {
    const at = x.at(since), isLeft = at > frame.width / 2;
    svg.append(drawn("line", { class: "drift", x1: at, x2: at, y1: frame.top, y2: frame.bottom }),
      drawn("text", { class: "drift-text", x: at + (isLeft ? -7 : 7), y: frame.top + 12 + i % 3 * 15, "text-anchor": isLeft ? "end" : "start" },
        format.ratio(ratio) + (isGradual ? ", little by little, since " : " since ") + format.day(since)));
  });
  selecting(frame, marks, on);
  place.replaceChildren(svg, element("figcaption", { className: "hint" }, legend(frame.most), ...keysOf(marks),
    ...(moved.length ? [key("level moved", drawn("line", { class: "drift", x1: 1, x2: 21, y1: 6, y2: 6 }))] : []),
    element("span", {}, "when a job ended \u2192, its " + m.name + " as a multiple of what is expected " + (isSized(group) ? "at its size " : "") + "by the jobs before " + format.day(group.judged_unix_s) + " \u2191")));
  return marks;
}
