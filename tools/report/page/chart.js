/*
 * What all plots have in common: uPlot's frame, axes and drag; dots, cells and lines in it; the
 * nearest of them under the pointer or by the arrow keys; zoom.
 *
 * A plot is a chart of
 *	name, height, x, y	axes: {kind, range: [low, high], title}, of ratios with isLog
 *	cells	{x: [from, to], y: [from, to], shade, text()}
 *	dots	{x, y, sign, color, row, text()}; sign: "", "high", "low", "unjudged"
 *	band	[x, low, high]; curve: [x, y]; levels: of y; marks: {x, text}
 *	choose(row), pick(area, dots within)
 *	keys	elements of its legend
 */
const MARK_ROOM = 70; /* pixels from one mark of the x axis to the next */
const MARGIN_X = 90, MARGIN_Y = 44; /* of a plot without its middle */
const REACH = 14;     /* pixels from the pointer to what it means */
const GROUP_COLORS = 7;

const ladders = {
	seconds: [0.001, 0.01, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14400, 28800, 43200]
		.concat([1, 2, 5, 10, 20, 50, 100].map(d => d * 86400)),
	bytes: Array.from({ length: 63 }, (_, i) => 2 ** i),
	ratio: [1 / 16, 1 / 8, 1 / 4, 1 / 2, 1, 2, 4, 8, 16, 32, 64],
};
const marksOf = {
	seconds: v => v >= 86400 ? v / 86400 + " d" : v >= 3600 ? +(v / 3600).toFixed(2) + " h" : v >= 60 ? +(v / 60).toFixed(2) + " min" : v >= 1 || v === 0 ? +v.toFixed(2) + " s" : +(v * 1000).toPrecision(3) + " ms",
	bytes: format.bytes,
	ratio: v => v > 0 && v < 1 && Number.isInteger(1 / v) ? "1/" + 1 / v + "\u00d7" : format.ratio(v),
	number: v => Math.abs(v) >= 1e6 || (v !== 0 && Math.abs(v) < 1e-3) ? v.toExponential(0) : String(+v.toPrecision(4)),
	chance: v => String(+v.toPrecision(2)),
};
/* Hours within a day, days within a month, else months. */
function timeMarks(splits, step)
{
	return splits.map(t => {
		const d = new Date(t * 1000), isMidnight = format.clock(t) === "00:00";
		if (step < 86400 && !isMidnight)
			return format.clock(t);
		const month = d.toLocaleString("en", { month: "short" });
		return step < 28 * 86400 ? d.getDate() + " " + month : step < 360 * 86400 ? month + " " + d.getFullYear() : String(d.getFullYear());
	});
}

const charts = new Set();
let inks = {};
const color = name => inks[name] ??= getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function axisOf(axis, isX)
{
	const isTime = axis.kind === "time", ladder = axis.isLog ? ladders[axis.kind] : null;
	const room = isX ? MARK_ROOM : axis.kind === "ratio" ? 18 : 34;
	return {
		scale: isX ? "x" : "y", side: isX ? 2 : 3, size: isX ? 34 : 66, space: room, gap: 4, font: "12px system-ui, sans-serif",
		stroke: () => color("--quiet"), grid: { stroke: () => color("--line"), width: 1 }, ticks: { stroke: () => color("--line"), width: 1, size: 5 },
		filter: (u, splits) => splits,
		...(ladder && { splits: (u, _, low, high) => thinned(ladder.filter(v => v >= low * 0.999 && v <= high * 1.001), isX ? u.width - MARGIN_X : u.height - MARGIN_Y, room, low, high) }),
		...(axis.names ? { splits: u => everyName(axis.names.length, isX ? (u.width - MARGIN_X) / 90 : (u.height - MARGIN_Y) / 16), values: (u, splits) => splits.map(i => format.short(axis.names[i], isX ? 14 : 9)) }
			: { values: (u, splits, _, space, step) => isTime ? timeMarks(splits, step) : splits.map(marksOf[axis.kind] ?? marksOf.number) }),
	};
}
function everyName(count, most)
{
	const every = Math.max(1, Math.ceil(count / most));
	return Array.from({ length: Math.ceil(count / every) }, (_, i) => i * every);
}
/* At most as many as there is room for. */
function thinned(list, pixels, room, low, high)
{
	const used = list.length > 1 ? pixels * Math.log(list.at(-1) / list[0]) / Math.log(high / low) : 0;
	const every = Math.max(1, Math.ceil((list.length - 1) * room / Math.max(used, 1)));
	return list.length > 1 ? list.filter((_, i) => i % every === 0) : list;
}
function scaleOf(axis, area)
{
	return { time: axis.kind === "time", auto: true, distr: axis.isLog ? 3 : 1, log: axis.kind === "bytes" ? 2 : 10, range: () => area() ?? axis.range };
}

function chart(place, plot)
{
	const width = () => Math.max(280, Math.round(place.clientWidth) || 900);
	const dots = [...plot.dots ?? []].sort((a, b) => (a.sign === "high") - (b.sign === "high"));
	const cells = plot.cells ?? [];
	let zoom = null, focus = -1, chosen = null, picked = new Set(), area = null, wasDragged = false;
	const box = element("div", { className: "plot", tabIndex: 0 });
	box.setAttribute("role", "group");
	box.setAttribute("aria-roledescription", "plot");
	box.setAttribute("aria-label", plot.name + ". Arrow keys go from point to point, Enter opens one, plus and minus zoom, 0 shows all.");

	place.chart?.remove();
	place.replaceChildren(box);
	const u = new uPlot({
		width: width(), height: plot.height, legend: { show: false }, padding: [10, 24, 0, 0],
		scales: { x: scaleOf(plot.x, () => zoom?.x), y: scaleOf(plot.y, () => zoom?.y) },
		axes: [axisOf(plot.x, true), axisOf(plot.y, false)],
		series: [{}, { scale: "y", paths: () => null, points: { show: false } }],
		cursor: { x: false, y: false, points: { show: false }, drag: { x: true, y: true, setScale: false, dist: 4 }, bind: { dblclick: () => () => self.zoom(null) } },
		hooks: { draw: [draw], setCursor: [hover], setSelect: [dragged] },
	}, [plot.x.range, plot.y.range], box);

	const px = v => u.valToPos(v, "x", true), py = v => u.valToPos(v, "y", true);
	const isShown = d => within(d.x, [u.scales.x.min, u.scales.x.max]) && within(d.y, [u.scales.y.min, u.scales.y.max]);

	function draw()
	{
		const { ctx, bbox } = u, ratio = uPlot.pxRatio;
		ctx.save();
		ctx.beginPath();
		ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
		ctx.clip();
		for (const c of cells) {
			const x0 = px(c.x[0]), x1 = px(c.x[1]), y0 = py(c.y[1]), y1 = py(c.y[0]);
			ctx.fillStyle = color("--s" + c.shade);
			ctx.fillRect(x0, y0, Math.max(1, x1 - x0 - ratio / 2), Math.max(1, y1 - y0 - ratio / 2));
		}
		drawBand(ctx);
		drawLines(ctx, ratio);
		ctx.restore();
		for (const d of dots)
			if (isShown(d))
				drawDot(ctx, d, ratio);
		drawMarks(ctx, ratio);
	}
	function drawBand(ctx)
	{
		if (!plot.band?.length)
			return;
		const floor = v => py(v > 0 ? Math.max(v, u.scales.y.min / 1e3) : u.scales.y.min / 1e3);
		ctx.beginPath();
		for (const [x, low] of plot.band)
			ctx.lineTo(px(x), floor(low));
		for (const [x, , high] of [...plot.band].reverse())
			ctx.lineTo(px(x), floor(high));
		ctx.fillStyle = color("--band");
		ctx.fill();
	}
	function line(ctx, points, name, width, dash)
	{
		ctx.beginPath();
		for (const [x, y] of points)
			ctx.lineTo(x, y);
		ctx.strokeStyle = color(name);
		ctx.lineWidth = width;
		ctx.setLineDash(dash);
		ctx.stroke();
		ctx.setLineDash([]);
	}
	function drawLines(ctx, ratio)
	{
		const { left, width: wide, top, height } = u.bbox;
		for (const v of plot.levels ?? [])
			line(ctx, [[left, py(v)], [left + wide, py(v)]], "--curve", ratio, [2 * ratio, 3 * ratio]);
		line(ctx, (plot.curve ?? []).map(([x, y]) => [px(x), py(y)]), "--curve", 1.5 * ratio, []);
		for (const m of plot.marks ?? [])
			line(ctx, [[px(m.x), top], [px(m.x), top + height]], "--drift", 2 * ratio, [6 * ratio, 4 * ratio]);
	}
	/* What the lines say stands beside them. */
	function drawMarks(ctx, ratio)
	{
		ctx.font = `600 ${12 * ratio}px system-ui, sans-serif`;
		ctx.fillStyle = color("--drift");
		ctx.strokeStyle = color("--ground");
		ctx.lineWidth = 4 * ratio;
		(plot.marks ?? []).filter(m => within(m.x, [u.scales.x.min, u.scales.x.max])).forEach((m, i) => {
			const isLeft = px(m.x) > u.bbox.left + u.bbox.width / 2, at = [px(m.x) + (isLeft ? -7 : 7) * ratio, u.bbox.top + (14 + i % 3 * 15) * ratio];
			ctx.textAlign = isLeft ? "right" : "left";
			ctx.strokeText(m.text, ...at);
			ctx.fillText(m.text, ...at);
		});
	}
	function drawDot(ctx, d, ratio)
	{
		const isHigh = d.sign === "high", radius = (d.size ?? (isHigh ? 5 : 3.5)) * ratio, isChosen = d.row && d.row === chosen, isOn = isChosen || picked.has(d) || dots[focus] === d;
		const fill = color(d.color ?? (isHigh ? "--high" : d.sign === "low" ? "--low" : "--dot"));
		ctx.beginPath();
		ctx.arc(px(d.x), py(d.y), radius, 0, 2 * Math.PI);
		ctx.globalAlpha = d.sign ? 1 : 0.7;
		ctx.fillStyle = ctx.strokeStyle = fill;
		if (d.sign === "unjudged") {
			ctx.lineWidth = ratio;
			ctx.stroke();
		} else {
			ctx.fill();
		}
		ctx.globalAlpha = 1;
		if (isOn || isHigh) {
			ctx.strokeStyle = color(isOn ? "--text" : "--ground");
			ctx.lineWidth = (isChosen || dots[focus] === d ? 2.5 : isOn ? 1.5 : 1) * ratio;
			ctx.stroke();
		}
	}

	/* What is at a place in the plot: the nearest dot within reach, else a cell; null: nothing. */
	function hit(left, top)
	{
		let best = null, least = REACH ** 2;
		for (const d of dots) {
			const away = (u.valToPos(d.x, "x") - left) ** 2 + (u.valToPos(d.y, "y") - top) ** 2;
			if (away <= least && isShown(d))
				[best, least] = [d, away];
		}
		const x = u.posToVal(left, "x"), y = u.posToVal(top, "y");
		return best ?? cells.find(c => within(x, c.x) && within(y, c.y)) ?? null;
	}
	function tipAt(left, top, thing)
	{
		const r = u.over.getBoundingClientRect();
		showTip(r.left + left, r.top + top, thing.text());
	}
	function hover()
	{
		const { left, top } = u.cursor;
		const thing = left >= 0 && top >= 0 ? hit(left, top) : null;
		u.over.style.cursor = thing?.row && plot.choose ? "pointer" : plot.pick ? "crosshair" : "default";
		if (thing)
			tipAt(left, top, thing);
		else
			hideTip();
	}
	function dragged()
	{
		const { left, top, width: wide, height } = u.select;
		if (!plot.pick || wide < 4 || height < 4)
			return;
		wasDragged = true;
		/* the outermost cells hold what lies beyond them */
		const open = (v, isEnd, end) => plot.isOpen && isEnd ? end : v;
		plot.pick({
			x: [u.posToVal(left, "x"), u.posToVal(left + wide, "x")],
			y: [open(u.posToVal(top + height, "y"), top + height > u.over.clientHeight - 4, 0), open(u.posToVal(top, "y"), top < 8, Infinity)],
		});
	}
	u.over.addEventListener("click", event => {
		const r = u.over.getBoundingClientRect(), thing = hit(event.clientX - r.left, event.clientY - r.top);
		if (wasDragged)
			return;
		if (thing?.row)
			plot.choose?.(thing.row);
		else
			plot.pick?.(null);
	});
	box.addEventListener("mousedown", () => { wasDragged = false; }, true);
	box.onmouseleave = hideTip;
	box.onblur = () => {
		hideTip();
		focus = -1;
		u.redraw(false);
	};

	/* The next point in a direction: by x, or by y. */
	function step(key, by)
	{
		const list = dots.map((d, i) => [d, i]).filter(([d]) => isShown(d)).sort(([a], [b]) => a[key] - b[key] || a.y - b.y);
		const now = list.findIndex(([, i]) => i === focus), next = list[now < 0 ? (by > 0 ? 0 : list.length - 1) : Math.min(Math.max(now + by, 0), list.length - 1)];
		if (!next)
			return;
		focus = next[1];
		u.redraw(false);
		tipAt(u.valToPos(next[0].x, "x"), u.valToPos(next[0].y, "y"), next[0]);
	}
	function zoomBy(factor)
	{
		const between = (scale, axis, about) => {
			const to = axis.isLog ? Math.log : v => v, from = axis.isLog ? Math.exp : v => v, low = to(scale.min), high = to(scale.max);
			const center = about === undefined ? (low + high) / 2 : to(about), whole = axis.range.map(to);
			const half = (high - low) / 2 * factor;
			return [from(Math.max(center - half, whole[0])), from(Math.min(center + half, whole[1]))];
		};
		const d = dots[focus];
		self.zoom(area && factor < 1 ? area : { x: between(u.scales.x, plot.x, d?.x), y: between(u.scales.y, plot.y, d?.y) });
	}
	const keys = {
		ArrowRight: () => step("x", 1), ArrowLeft: () => step("x", -1), ArrowUp: () => step("y", 1), ArrowDown: () => step("y", -1),
		Enter: () => dots[focus]?.row && plot.choose?.(dots[focus].row), "+": () => zoomBy(0.5), "=": () => zoomBy(0.5), "-": () => zoomBy(2),
		0: () => self.zoom(null), Escape: () => { hideTip(); plot.pick?.(null); },
	};
	box.onkeydown = event => {
		if (event.ctrlKey || event.metaKey || event.altKey || !Object.hasOwn(keys, event.key))
			return;
		event.preventDefault();
		keys[event.key]();
	};

	const button = (text, run) => Object.assign(element("button", { type: "button", className: "small", textContent: text }), { onclick: run });
	const below = element("figcaption", { className: "hint" }, ...plot.keys ?? [],
		element("span", { className: "buttons" }, button("zoom in", () => zoomBy(0.5)), button("zoom out", () => zoomBy(2)), button("all", () => self.zoom(null))));
	place.append(below);

	const self = {
		plot, u, dots, cells, box,
		get picked() { return [...picked]; },
		get focused() { return dots[focus] ?? null; },
		zoom(next)
		{
			zoom = next && { x: next.x, y: next.y.map((v, i) => Number.isFinite(v) && (v > 0 || !plot.y.isLog) ? v : plot.y.range[i]) };
			u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
			u.setData(u.data, true);
		},
		/* Mark the row's dot, and the area with the dots in it, which are returned. */
		mark(row, next)
		{
			chosen = row;
			area = next;
			picked = new Set(next ? dots.filter(d => within(d.x, next.x) && within(d.y, next.y)) : []);
			if (next) {
				const left = u.valToPos(next.x[0], "x"), right = u.valToPos(next.x[1], "x");
				const top = Number.isFinite(next.y[1]) ? u.valToPos(next.y[1], "y") : 0, bottom = next.y[0] > 0 || !plot.y.isLog ? u.valToPos(next.y[0], "y") : u.over.clientHeight;
				u.setSelect({ left, top, width: right - left, height: bottom - top }, false);
			} else {
				u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
			}
			u.redraw(false);
			return [...picked].map(d => d.row).filter(Boolean);
		},
		resize(to = width())
		{
			if (u.width !== to) {
				u.setSize({ width: to, height: plot.height });
				self.mark(chosen, area);
			}
		},
		redraw() { u.redraw(false); },
		remove()
		{
			charts.delete(self);
			u.destroy();
		},
	};
	place.chart = self;
	charts.add(self);
	return self;
}

/* Plots are as wide as their place, follow the reader's theme, and are on white paper in print. */
const PAPER_WIDTH = 680;
addEventListener("resize", () => charts.forEach(c => c.resize()));
function repaint()
{
	inks = {};
	charts.forEach(c => c.redraw());
}
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint);
function onPaper(isOn)
{
	document.documentElement.classList.toggle("paper", isOn);
	charts.forEach(c => c.resize(isOn ? PAPER_WIDTH : undefined));
	repaint();
}
addEventListener("beforeprint", () => onPaper(true));
addEventListener("afterprint", () => onPaper(false));

function showTip(left, top, text)
{
	const tip = at("tip");
	tip.textContent = text;
	tip.hidden = false;
	tip.style.left = Math.max(4, Math.min(left + 14, innerWidth - tip.offsetWidth - 8)) + "px";
	tip.style.top = Math.max(4, Math.min(top + 14, innerHeight - tip.offsetHeight - 8)) + "px";
}
function hideTip()
{
	at("tip").hidden = true;
}
