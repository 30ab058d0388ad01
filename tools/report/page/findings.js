/* The findings: their columns, what makes one row of several, their detail, links and CSV. */

/* "1 in 2,000", or what the group has done before: "1 of 3 before". */
function oddsText(chance, finding)
{
	const judged = finding.surest;
	return judged?.like_count ? judged.like_count + " of " + format.number(judged.near_count) + " before" : format.odds(chance);
}
function amountText(value, finding)
{
	const m = metrics[finding.metric];
	return m.format(value) + (value === null ? "" : m.beside ?? "");
}
/* "memory (largest process)": what a metric is called where its amounts are not the usual measurement. */
function metricName(metric, measure)
{
	return metrics[metric].name + (measure ? " (" + measure + ")" : "");
}
const sum = (list, of) => list.reduce((total, r) => of(r) === null ? total : (total ?? 0) + of(r), null);
const largest = (list, of) => list.reduce((best, r) => of(r) !== null && (best === null || of(r) > best) ? of(r) : best, null);
const different = (list, of) => new Set(list.map(of)).size;
/* Of several rows the one to look at first tells what differs. */
const weightiest = list => list.reduce((best, r) => (r.weight ?? -1) > (best.weight ?? -1) ? r : best);

function groupColumns()
{
	return state.by.split(",").map(columnNamed).filter(Boolean);
}
/* What is like the findings, of the week before. */
function earlierOf(finding)
{
	return data.earlier.find(e => e.class === finding.class && e.why === finding.why);
}
/* "align: 14 jobs of 3 users since today", or, where there were some before, ", 23 since Tuesday" */
function groupLabel(list)
{
	const users = different(list, f => f.user), owner = users === 1 ? list[0].user ?? "nobody" : users + " users";
	const isClass = state.by === defaults.by, name = isClass ? list[0].class : groupColumns().map(c => binned(c, list[0]) || "none").join(", ");
	const before = isClass ? earlierOf(list[0]) : null, first = Math.min(before?.first_unix_s ?? Infinity, ...list.map(f => f.end_unix_s));
	return `${format.short(name ?? "", 80)}: ${format.number(list.length)} jobs of ${format.short(owner, 40)}` +
		(before ? `, ${format.number(list.length + before.step_count)}` : "") + ` since ${format.since(first, data.to_unix_s)}`;
}
function belowJob(finding)
{
	const before = earlierOf(finding), like = state.by === defaults.by && before ? `; ${format.number(before.step_count)} before, since ${format.since(before.first_unix_s, data.to_unix_s)}` : "";
	return format.short(finding.class ?? "", 80) + " of " + format.short(finding.user ?? "nobody", 40) + like;
}
/* What is not high stands in brackets. */
function ratioColumn(name)
{
	const highest = list => largest(list, f => f.judged[name]?.is_high ? f.judged[name].ratio : null);
	return { name: { wall: "time", memory: "memory", cpu: "CPU" }[name], width: "5.4%", tight: true, minor: true, help: metrics[name].name + " by its expectation, in brackets where that is normal: " + name + "_ratio",
		of: f => f.judged[name]?.ratio ?? null, format: (ratio, f) => f.judged[name]?.is_high ? format.ratio(ratio) : ratio ? "(" + format.ratio(ratio) + ")" : "",
		ofGroup: highest, formatGroup: (ratio, list) => ratio === null ? "" : list.length > 1 ? "\u2264 " + format.ratio(ratio) : format.ratio(ratio) };
}
const findingColumns = [
	{ name: "finding", width: "16%", isNeeded: true, help: "job, and the class and owner that it is of", of: f => f.job, below: belowJob, ofGroup: groupLabel, formatGroup: label => label },
	{ name: "why", width: "8%", help: "what it did", of: f => f.why, formatGroup: (why, list) => why ?? different(list, f => f.why) + " causes" },
	...Object.keys(metrics).map(ratioColumn),
	{ name: "took", width: "6.5%", minor: true, help: "of what is told first", of: f => f.lead.value, format: amountText, ofGroup: list => different(list, f => f.metric) === 1 ? largest(list, f => f.lead.value) : null, formatGroup: (v, list) => v === null ? "" : "\u2264 " + amountText(v, list[0]) },
	{ name: "normal up to", width: "6.5%", minor: true, help: "the largest that is normal", of: f => f.lead.high, format: amountText, ofGroup: list => different(list, f => f.metric) === 1 ? largest(list, f => f.lead.high) : null, formatGroup: (v, list) => v === null ? "" : "\u2264 " + amountText(v, list[0]) },
	{ name: "core-hours over", width: "6%", help: "what it took over the expected: core_hours. Of memory the hours of the processors that nobody could use beside it", of: f => f.core_hours, format: format.number, ofGroup: list => sum(list, f => f.core_hours), formatGroup: format.number },
	{ name: "odds", width: "7.5%", help: "one normal job in so many is as far out, or how many of its group's earlier jobs were: p", of: f => f.chance === null ? null : -f.chance, format: (v, f) => oddsText(f.chance, f),
		ofGroup: list => largest(list, f => f.chance === null ? null : -f.chance), formatGroup: (v, list) => v === null ? "" : oddsText(-v, list.find(f => f.chance === -v)) },
	{ name: "score", width: "4.5%", minor: true, help: "how far out it is, and how surely", of: f => Math.max(...f.highs.map(j => j.score)), format: format.number, ofGroup: list => largest(list, f => Math.max(...f.highs.map(j => j.score))), formatGroup: format.number },
	{ name: "weight", width: "5%", isNeeded: true, help: "core-hours over, times how sure it is in powers of ten: what to look at first", of: f => f.weight, format: format.number, ofGroup: list => sum(list, f => f.weight), formatGroup: format.number },
	{ name: "ended", width: "7.5%", minor: true, help: "of several the last", of: f => f.end_unix_s, format: format.time, ofGroup: list => largest(list, f => f.end_unix_s), formatGroup: format.time },
];
const differsColumn = { name: "what differs", words: true, minor: true, help: "from its normal peers", of: f => f.differs || null, ofGroup: list => common(list), formatGroup: text => text ?? "" };
function common(list)
{
	const all = different(list, f => f.differs) === 1, text = weightiest(list).differs;
	return !text ? null : all ? text : "e.g. " + text;
}

/* What stands in braces in the addresses of links out: those of tools/conf/link.c. */
const placeholders = {
	job: f => f.job.replace(/\..*$/, ""), jobid: f => f.job_id, user: f => f.user, account: f => f.account, cluster: f => f.cluster, partition: f => f.partition,
	class: f => f.class, node: f => f.node, start: f => f.start_unix_s, end: f => f.end_unix_s,
	start_ms: f => f.start_unix_s === null ? null : f.start_unix_s * 1000, end_ms: f => f.end_unix_s * 1000,
};
const escaped = text => encodeURIComponent(String(text).toWellFormed?.() ?? text).replace(/[!'()*]/g, c => "%" + c.charCodeAt(0).toString(16).toUpperCase());
/* The address for a finding; null where something in it is not known, or it is no address of the web. */
function linkFor(address, finding)
{
	let isKnown = true;
	const filled = address.replace(/\{(\w+)\}/g, (_, name) => {
		const value = Object.hasOwn(placeholders, name) ? placeholders[name](finding) : null;
		isKnown &&= value !== null && value !== undefined && value !== "";
		return escaped(value);
	});
	return isKnown && URL.canParse(filled) && /^https?:$/.test(new URL(filled).protocol) ? filled : null;
}
function links(finding)
{
	return data.links.map(([name, address]) => [name, linkFor(address, finding)]).filter(([, href]) => href)
		.map(([name, href]) => element("a", { href, textContent: name, target: "_blank", rel: "noopener noreferrer" }));
}

/* What stands in the detail of a finding, each where it is known: name and text or element. */
const details = [
	["user", f => f.user], ["account", f => f.account], ["class", f => f.class], ["partition", f => f.partition], ["node", f => f.node], ["state", f => f.state],
	["started", f => format.time(f.start_unix_s)], ["ended", f => format.time(f.end_unix_s)], ["input", f => format.bytes(f.input_bytes)], ["CPUs", f => f.cpu_count],
	...Object.keys(metrics).map(name => [metrics[name].name, f => f.judged[name] && judgedText(name, f.judged[name])]),
	["why", f => f.why], ["odds", f => oddsText(f.chance, f) + (f.is_certain ? ", certain" : ", not certain: nobody is mailed about it")],
	["what differs", f => f.differs],
	["declared", f => Object.entries(f.attrs).map(([k, v]) => k + "=" + v).join(", ")],
	["see also", f => data.links.length ? element("span", { className: "links" }, ...links(f)) : null],
	["all of it", f => element("code", { textContent: "sjoboutliers show " + f.job })],
];
function judgedText(name, j)
{
	const m = metrics[name];
	return `${m.format(j.value)}${j.measure ? " (" + j.measure + ")" : ""}, ${format.ratio(j.ratio)} of the expected ${m.format(j.expected)}; normal up to ${m.format(j.high)}` +
		(j.is_high ? ` (score ${format.number(j.score)}, p ${format.probability(j.p_value)})` : "");
}
function factList(rows)
{
	return element("dl", {}, ...rows.filter(([, v]) => v !== "" && v !== null && v !== undefined).flatMap(([k, v]) => [element("dt", { textContent: k }), element("dd", {}, v)]));
}

/* What a spreadsheet would take for a formula begins with an apostrophe. */
function csvCell(value)
{
	if (typeof value === "number")
		return String(value);
	const text = String(value ?? ""), safe = /^[=+\-@\t\r]/.test(text) ? "'" + text : text;
	return /[",\r\n]/.test(safe) ? '"' + safe.replaceAll('"', '""') + '"' : safe;
}
function csvOf(rows)
{
	const list = [...columns.values(), ...computedColumns.values()].filter(c => rows.some(r => (c.of(r) ?? "") !== ""));
	return [list.map(c => csvCell(c.name)), ...rows.map(r => list.map(c => csvCell(c.kind === "time" && c.of(r) !== null ? new Date(c.of(r) * 1000).toISOString().slice(0, 19) + "Z" : c.of(r))))]
		.map(cells => cells.join(",") + "\r\n").join("");
}
function download(name, text)
{
	const link = element("a", { href: URL.createObjectURL(new Blob([text], { type: "text/csv" })), download: name });
	link.click();
	setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
