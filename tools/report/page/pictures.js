/* What is drawn: all jobs of the stretch, a group's jobs by size and over time, and the nodes. */
const SHADES = 7, GRID_COLUMNS = 64, GRID_ROWS = 32, NAMES_MAX = 24;

/* Counts differ by powers of ten, so shades are even in their logarithm. */
function shadeOf(count, most)
{
	return most === 1 ? SHADES >> 1 : Math.min(SHADES - 1, Math.floor(SHADES * Math.log(count) / Math.log(most + 1)));
}

/* One entry of a legend. */
function key(text, sign)
{
	return element("span", { className: "key" }, element("span", { className: "sign " + sign }), text);
}
function shadesKey(most)
{
	const steps = most === 1 ? [shadeOf(1, 1)] : Array.from({ length: SHADES }, (_, i) => i);
	return element("span", { className: "key shades" }, "1 job ", ...steps.map(i => element("span", { className: "shade s" + i })), most > 1 ? " " + format.number(most) : "");
}
/* Of the kinds of dots that are there, the normal ones first. */
function signKeys(dots)
{
	const names = { "": "a job", high: "high", low: "low", unjudged: "not judged" };
	return Object.keys(names).filter(sign => dots.some(d => d.sign === sign && !d.color)).map(sign => key(names[sign], "dot " + sign));
}

/* An axis for the column's values in the rows; null: there are none. */
function axisFor(column, rows, more = [])
{
	if (column.kind === "text") {
		const counts = new Map();
		for (const r of rows)
			counts.set(column.of(r) ?? "", (counts.get(column.of(r) ?? "") ?? 0) + 1);
		const names = [...counts].sort((a, b) => b[1] - a[1]).slice(0, NAMES_MAX).map(([name]) => name).sort();
		const index = new Map(names.map((name, i) => [name, i]));
		return { kind: "text", names: names.map(n => n || "(none)"), range: [-0.6, Math.max(names.length - 0.4, 0.6)], of: r => index.get(column.of(r) ?? "") ?? null };
	}
	const of = r => known(numberOf(column.of(r))), values = rows.map(of).filter(v => v !== null).concat(more);
	if (!values.length)
		return null;
	let low = values.reduce((a, b) => Math.min(a, b)), high = values.reduce((a, b) => Math.max(a, b));
	const isLog = !!kinds[column.kind].isWide && low > 0 && (column.kind !== "number" || high / low > 50);
	const room = isLog ? Math.max(Math.log(high / low) * 0.05, 0.1) : Math.max((high - low) * 0.03, column.kind === "time" ? 600 : Math.abs(high) * 0.05 || 1);
	[low, high] = isLog ? [low * Math.exp(-room), high * Math.exp(room)] : [low - room, high + room];
	return { kind: column.kind, isLog, range: [low, high], of };
}
const numeric = list => list.filter(c => c.kind !== "text");

/* Colours for the values of what the findings are grouped by; null where that is nothing of its own. */
function coloring(rows)
{
	const by = groupColumns();
	if (state.by === defaults.by || !by.length)
		return null;
	const nameOf = r => by.map(c => binned(c, r)).join(", "), counts = new Map();
	for (const r of rows)
		counts.set(nameOf(r), (counts.get(nameOf(r)) ?? 0) + 1);
	const names = [...counts].sort((a, b) => b[1] - a[1]).slice(0, GROUP_COLORS).map(([name]) => name);
	const colorOf = r => names.includes(nameOf(r)) ? "--g" + names.indexOf(nameOf(r)) : "--gx";
	const keys = names.map((name, i) => key(format.short(name || "(none)", 40), "dot g" + i));
	return { colorOf, nameOf, keys: counts.size > names.length ? keys.concat(key("others", "dot gx")) : keys };
}

/* How many rows are in which cell of a grid over the axes. */
function gridOf(rows, x, y, text)
{
	const counts = new Map(), columns = x.names ? x.names.length : GRID_COLUMNS, lines = y.names ? y.names.length : GRID_ROWS;
	const placeIn = (axis, count) => {
		const to = axis.isLog ? Math.log : v => v, [low, high] = axis.names ? [-0.5, count - 0.5] : axis.range.map(to);
		return v => v === null ? -1 : Math.min(count - 1, Math.floor((to(v) - low) / (high - low) * count));
	};
	const edges = (axis, count) => {
		const to = axis.isLog ? Math.log : v => v, from = axis.isLog ? Math.exp : v => v, [low, high] = axis.names ? [-0.5, count - 0.5] : axis.range.map(to);
		return i => [from(low + i / count * (high - low)), from(low + (i + 1) / count * (high - low))];
	};
	const column = placeIn(x, columns), lineAt = placeIn(y, lines);
	for (const r of rows) {
		const i = column(x.of(r)), j = lineAt(y.of(r));
		if (i >= 0 && j >= 0)
			counts.set(j * columns + i, (counts.get(j * columns + i) ?? 0) + 1);
	}
	const most = [...counts.values()].reduce((a, b) => Math.max(a, b), 1), xs = edges(x, columns), ys = edges(y, lines);
	const cells = [...counts].map(([at, count]) => ({ x: xs(at % columns), y: ys(Math.floor(at / columns)), shade: shadeOf(count, most), count }));
	for (const c of cells)
		c.text = () => text(c);
	return { cells, most };
}
/* The same of a map that was counted when the page was made. */
function cellsOf(map, text)
{
	const list = [], most = map.cells.filter((_, i) => i % 2).reduce((a, b) => Math.max(a, b), 1);
	const when = c => map.from_unix_s + c / map.columns * (map.to_unix_s - map.from_unix_s), ratio = r => map.low * (map.high / map.low) ** (r / map.rows);
	for (let i = 0; i < map.cells.length; i += 2) {
		const column = map.cells[i] % map.columns, row = Math.floor(map.cells[i] / map.columns);
		const cell = { x: [when(column), when(column + 1)], y: [ratio(row), ratio(row + 1)], shade: shadeOf(map.cells[i + 1], most), count: map.cells[i + 1],
			isLowest: row === 0, isHighest: row === map.rows - 1 };
		cell.text = () => text(cell);
		list.push(cell);
	}
	return { cells: list, most };
}
function spanText(axis, [from, to], isShort)
{
	if (axis.names)
		return axis.names[Math.round((from + to) / 2)];
	const write = axis.kind === "time" && isShort ? format.clock : axis.kind === "time" ? format.day : kinds[axis.kind].format;
	const last = axis.kind === "time" && !isShort ? to - 1 : to;
	return write(from) === write(last) ? write(from) : write(from) + " to " + write(last);
}
function ratioText(c)
{
	return c.isHighest ? "at least " + format.ratio(c.y[0]) : c.isLowest ? "at most " + format.ratio(c.y[1]) : format.ratio(c.y[0]) + " to " + format.ratio(c.y[1]);
}
const jobsText = count => format.number(count) + (count === 1 ? " job" : " jobs");
const isShort = map => map.to_unix_s - map.from_unix_s < 3 * 86400;

function dotText(row, x, y)
{
	const extra = [x, y].filter(c => !["end", "input_bytes"].includes(c.name)).map(c => c.name + " " + kinds[c.kind].format(c.of(row)));
	return row.job + "  " + format.short(row.user ?? "", 60) + (row.class ? ", " + format.short(row.class, 60) : "") + (row.why ? ": " + row.why : "") + "\n" + extra.join(", ") +
		(row.input_bytes == null ? "" : ", for " + format.bytes(row.input_bytes)) + "\n" + format.time(row.end_unix_s) + (row.node ? ", " + format.short(row.node, 60) : "");
}

/*
 * All jobs that the filter leaves, as shades where there are many, and the findings as dots; by
 * what the findings are grouped by, each job is a dot in its group's colour.
 */
function allJobsChart(place, jobs, found, isFiltered)
{
	const x = columnNamed(state.x) ?? columnNamed("end"), y = columnNamed(state.y) ?? columnNamed("wall_ratio"), rows = jobs.concat(found);
	const isWhole = !isFiltered && data.night && x.name === "end" && y.name === "wall_ratio", colors = coloring(rows);
	const ax = isWhole ? { kind: "time", range: [data.night.from_unix_s, data.night.to_unix_s], of: r => r.end_unix_s } : axisFor(x, rows);
	const ay = isWhole ? { kind: "ratio", isLog: true, range: [data.night.low, data.night.high], of: r => known(numberOf(r.ratio.wall)) } : axisFor(y, rows);
	if (!ax || !ay || !rows.length) {
		place.chart?.remove();
		place.chart = undefined;
		place.replaceChildren(hint(rows.length ? "No job has both of them." : data.night ? "No job is like that." : "No job was judged."));
		return null;
	}
	const inMap = v => v === null ? null : Math.min(Math.max(v, ay.range[0]), ay.range[1]);
	const dotOf = (r, sign) => ({ x: ax.of(r), y: isWhole ? inMap(ay.of(r)) : ay.of(r), sign, row: r, color: colors?.colorOf(r), text: () => (colors ? colors.nameOf(r) + "\n" : "") + dotText(r, x, y) });
	const dots = found.map(r => dotOf(r, "high")).concat(colors ? jobs.map(r => dotOf(r, "")) : []).filter(d => d.x !== null && d.y !== null);
	const grid = colors ? { cells: [] } : isWhole ? cellsOf(data.night, c => `${jobsText(c.count)}, ${spanText(ax, c.x, isShort(data.night))}, ${ratioText(c)} of what is expected`)
		: gridOf(jobs, ax, ay, c => `${jobsText(c.count)}, ${spanText(ax, c.x, ax.range[1] - ax.range[0] < 3 * 86400)}, ${spanText(ay, c.y)}`);
	return chart(place, {
		name: `All jobs: ${y.name} by ${x.name}`, height: 320, x: ax, y: ay, dots, cells: grid.cells, levels: ay.kind === "ratio" ? [1] : [], isOpen: isWhole,
		choose: r => r.lead && go({ job: r.job }), pick: area => go({ area: areaText(area) }),
		keys: [...colors?.keys ?? [], ...grid.cells.length ? [shadesKey(grid.most)] : [], ...signKeys(dots), ...ay.kind === "ratio" ? [key("as expected", "level")] : [],
			element("span", {}, `${x.name} \u2192 and ${y.name} \u2191`)],
	});
}

/* The columns that a group's plots are of: a metric's amounts, or any other column. */
function pictured()
{
	const m = metrics[metricShown()];
	return m ? { m, column: columnNamed(metricShown() + "_" + m.suffix) } : { m: null, column: columnNamed(metricShown()) ?? columnNamed("wall_s") };
}
function groupDots(group, x, y, columnX, columnY, colors, of = y.of)
{
	return group.steps.map(s => ({ x: x.of(s), y: of(s), sign: metrics[metricShown()] ? { high: "high", low: "low", unjudged: "unjudged" }[s.verdict[metricShown()]] ?? "" : "",
		row: s, color: colors?.colorOf(s), text: () => (colors ? colors.nameOf(s) + "\n" : "") + dotText(s, columnX, columnY) })).filter(d => d.x !== null && d.y !== null && (!y.isLog || d.y > 0));
}
const isSized = group => group.steps.some(s => s.input_bytes > 0);

/* Input size against what a job took. */
function sizesChart(place, group, on)
{
	const { m, column } = pictured(), sized = group.steps.filter(s => s.input_bytes > 0 && numberOf(column.of(s)) > 0);
	const band = m ? group[metricShown()].band.filter(b => b[1] > 0) : [], bytes = columnNamed("input_bytes"), colors = coloring(sized);
	const x = axisFor(bytes, sized, band.map(b => b[0])), y = axisFor(column, sized, band.flatMap(b => [b[1], b[3], Math.max(b[2], b[1] / 10)]));
	if (!sized.length) {
		place.chart?.remove();
		place.chart = undefined;
		place.replaceChildren(hint(`No job of this group has both a declared input size and ${column.name}; below it is over time.`));
		return null;
	}
	const dots = groupDots({ steps: sized }, x, y, bytes, column, colors);
	return chart(place, {
		name: column.name + " by input size", height: 380, x, y, dots, band: band.length > 1 ? band.map(b => [b[0], b[2], b[3]]) : [], curve: band.length > 1 ? band.map(b => [b[0], b[1]]) : [],
		choose: on.choose, pick: area => on.pick("size", area),
		keys: [...colors?.keys ?? [], ...signKeys(dots), ...band.length > 1 ? [key("expected", "curve"), key("normal at this size", "band")] : [],
			element("span", {}, `input size \u2192 and ${m ? m.name : column.name} \u2191`)],
	});
}

/*
 * A group's months: each job as a multiple of what the same models expect of it, so that a moved
 * level is a step; where nothing is known to compare with, the jobs themselves.
 */
function timeChart(place, group, on)
{
	const { m, column } = pictured(), map = m ? group[metricShown()].heat : null, end = columnNamed("end"), colors = coloring(group.steps);
	const marks = m ? group[metricShown()].marks.map(([since, ratio, isGradual]) => ({ x: since, text: format.ratio(ratio) + (isGradual ? ", little by little, since " : " since ") + format.day(since) })) : [];
	let x, y, dots, grid = { cells: [] }, say;
	if (map) {
		x = { kind: "time", range: [map.from_unix_s, map.to_unix_s], of: s => s.end_unix_s };
		y = { kind: "ratio", isLog: true, range: [map.low, map.high] };
		grid = cellsOf(map, c => `${jobsText(c.count)}, ${spanText(x, c.x, isShort(map))}, ${ratioText(c)} of what is expected`);
		dots = groupDots({ steps: colors ? group.steps : group.steps.filter(s => ["high", "low"].includes(s.verdict[metricShown()])) }, x, y, end, column, colors,
			s => s.level_ratio[metricShown()] > 0 ? Math.min(Math.max(s.level_ratio[metricShown()], map.low), map.high) : null).filter(d => within(d.x, x.range));
		say = `when a job ended \u2192, its ${m.name} as a multiple of what is expected ${isSized(group) ? "at its size " : ""}by the jobs before ${format.day(group.judged_unix_s)} \u2191`;
	} else {
		x = axisFor(end, group.steps);
		y = axisFor(column, group.steps);
		if (!x || !y) {
			place.chart?.remove();
			place.chart = undefined;
			place.replaceChildren(hint("Nothing to show."));
			return null;
		}
		dots = groupDots(group, x, y, end, column, colors);
		say = `when a job ended \u2192, its ${m ? m.name : column.name} \u2191${m ? "; what to expect of these jobs is not known" : ""}`;
	}
	return chart(place, {
		name: column.name + " over time", height: 320, x, y, dots, cells: grid.cells, levels: map ? [1] : [], marks: marks.filter(k => within(k.x, x.range)),
		choose: on.choose, pick: area => on.pick("time", area),
		keys: [...colors?.keys ?? [], ...grid.cells.length ? [shadesKey(grid.most)] : [], ...signKeys(dots), ...marks.length ? [key("level moved", "drift")] : [], element("span", {}, say)],
	});
}

/* Each node's typical pace. */
function nodesChart(place, nodes)
{
	const list = nodes.filter(n => n.ratio > 0).sort((a, b) => a.node.localeCompare(b.node, "en", { numeric: true }));
	if (list.length < 2)
		return;
	const ratios = list.map(n => n.ratio).concat(0.5, 2), index = new Map(list.map((n, i) => [n, i]));
	chart(place, {
		name: "typical run time on each node", height: 190,
		x: { kind: "text", names: list.map(n => n.node), range: [-0.6, list.length - 0.4] },
		y: { kind: "ratio", isLog: true, range: [ratios.reduce((a, b) => Math.min(a, b)) * 0.95, ratios.reduce((a, b) => Math.max(a, b)) * 1.05] },
		dots: list.map(n => ({ x: index.get(n), y: n.ratio, sign: n.finding ? "high" : "", size: n.finding ? 5 : 3,
			text: () => format.short(n.node, 80) + ": " + format.ratio(n.ratio) + " of what its groups took elsewhere, " + jobsText(n.job_count) })),
		levels: [1],
		keys: [key("a node", "dot"), key("slow for everybody", "dot high"), element("span", {}, "run times there as a multiple of what the same groups took on other nodes")],
	});
}
