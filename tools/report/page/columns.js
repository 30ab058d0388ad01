/*
 * What is known of a job, under the names that list -o has: for the filter, for columns that are
 * computed, for groups, for axes and for CSV.
 */

/* How values are written; isWide: they differ by powers, and an axis of them is logarithmic. */
const kinds = {
	text: { format: t => format.text(t) },
	number: { format: n => n !== null && n !== 0 && Math.abs(n) < 0.01 ? n.toExponential(1) : format.number(n), isWide: true },
	seconds: { format: s => format.duration(s), isWide: true },
	bytes: { format: b => format.bytes(b), isWide: true },
	ratio: { format: r => format.ratio(r), isWide: true },
	chance: { format: p => format.probability(p) },
	time: { format: t => format.time(t) },
};

const columns = new Map();
/* What the same is called in other places. */
const aliases = { wall: "wall_s", duration: "wall_s", memory: "memory_bytes", cpu: "cpu_s", input: "input_bytes",
	ncpus: "cpus", ended: "end" };

function addColumn(name, kind, of, help)
{
	columns.set(name, { name, kind, of, help });
}
/* By name; those that the reader computes are in page.js. */
let computedColumns = new Map();
function columnNamed(name)
{
	return columns.get(name) ?? computedColumns.get(name) ?? columns.get(Object.hasOwn(aliases, name) ? aliases[name] : "") ?? null;
}

const weekdays = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

addColumn("job", "text", r => r.job, "job and step, as Slurm writes them");
addColumn("user", "text", r => r.user, "owner");
addColumn("account", "text", r => r.account, "account");
addColumn("partition", "text", r => r.partition, "partition");
addColumn("class", "text", r => r.class, "job class, declared or made from name and program");
addColumn("node", "text", r => r.node, "first node");
addColumn("state", "text", r => r.state, "how it ended");
addColumn("cpus", "number", r => r.cpu_count, "how many CPUs");
addColumn("start", "time", r => r.start_unix_s, "when it started; of findings");
addColumn("end", "time", r => r.end_unix_s, "when it ended");
addColumn("hour", "number", r => new Date(r.end_unix_s * 1000).getHours(), "the hour of the day when it ended");
addColumn("weekday", "text", r => weekdays[new Date(r.end_unix_s * 1000).getDay()], "the day of the week when it ended");
addColumn("input_bytes", "bytes", r => r.input_bytes, "declared input size");
for (const [name, m] of Object.entries(metrics)) {
	addColumn(name + "_" + m.suffix, m.unit, r => r.value[name], m.name);
	addColumn(name + "_verdict", "text", r => r.verdict[name], "high, low, normal or unjudged, of the " + m.name);
	addColumn(name + "_ratio", "ratio", r => r.ratio[name], m.name + " by its expectation");
	addColumn(name + "_expected_" + m.suffix, m.unit, r => r.judged?.[name]?.expected, "expected " + m.name + "; of findings, as all below");
	addColumn(name + "_high_" + m.suffix, m.unit, r => r.judged?.[name]?.high, "largest normal " + m.name);
	addColumn(name + "_score", "number", r => r.judged?.[name]?.score, "how far out the " + m.name + " is, and how surely");
	addColumn(name + "_p", "chance", r => r.judged?.[name]?.p_value, "the chance of a normal job's " + m.name + " to be as far out");
}
addColumn("what", "text", r => r.lead && metrics[r.metric].name, "the metric that is told first");
addColumn("why", "text", r => r.why, "what it did: took longer, did more work, waited ...");
addColumn("ratio", "ratio", r => r.lead ? r.lead.ratio : r.ratio.wall, "what is told first, by its expectation; of other jobs the wall time");
addColumn("score", "number", r => r.lead && Math.max(...r.highs.map(j => j.score)), "how far out it is, and how surely");
addColumn("p", "chance", r => r.chance, "the chance of a normal job to be as far out, or the share of its group's that were");
addColumn("core_hours", "number", r => r.core_hours, "what it took over the expected");
addColumn("weight", "number", r => r.weight, "core-hours over the expected, times certainty in powers of ten");
addColumn("certain", "text", r => r.lead && (r.is_certain ? "yes" : "no"), "whether it is certain, so that its owner may be mailed");
addColumn("differs", "text", r => r.differs, "in what it differs from its normal peers");

/* What jobs declared: numbers where all are.  A name that is taken is reached as "attr.NAME". */
function addAttributes(rows)
{
	const values = new Map();
	for (const row of rows)
		for (const [name, value] of Object.entries(row.attrs))
			(values.get(name) ?? values.set(name, new Set()).get(name)).add(value);
	for (const [name, set] of [...values].sort(([a], [b]) => a.localeCompare(b))) {
		const isNumber = [...set].every(v => v.trim() !== "" && isFinite(v));
		const of = r => Object.hasOwn(r.attrs, name) ? isNumber ? Number(r.attrs[name]) : r.attrs[name] : null;
		addColumn(columnNamed(name) ? "attr." + name : name, isNumber ? "number" : "text", of, "declared by jobs");
	}
}

/*
 * The value of a column as one that many rows share: numbers of many different values by doublings,
 * times by days.
 */
const DISTINCT_MAX = 12;
function binned(column, row)
{
	const value = column.of(row);
	if (value === null || value === undefined || value === "")
		return "";
	if (column.kind === "time")
		return format.day(value);
	if (column.kind === "text" || (column.kind === "number" && !isManyValued(column)) || !(value > 0))
		return kinds[column.kind].format(value);
	const low = 2 ** Math.floor(Math.log2(value));
	return kinds[column.kind].format(low) + " to " + kinds[column.kind].format(2 * low);
}
function isManyValued(column)
{
	return column.isMany ??= new Set(allRows().map(r => column.of(r))).size > DISTINCT_MAX;
}
