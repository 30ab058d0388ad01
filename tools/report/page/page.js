/* Puts the night's data on the page. */
const at = id => document.getElementById(id);
const NAME_MAX = 120; /* of a name in a choice or a heading */
let group = null, metric = "wall", dots = [];

function facts(title, rows) {
  at("facts-title").textContent = format.short(title, NAME_MAX);
  at("facts").replaceChildren(element("dl", {}, ...rows.filter(([, v]) => v !== "" && v != null)
    .flatMap(([k, v]) => [element("dt", { textContent: k }), element("dd", { textContent: v })])));
}
function factsOf(step) {
	const rows = [
		[ "user", step.user ], [ "state", step.state ],
		[ "ended", format.time(step.end_unix_s) ],
		[ "input", format.bytes(step.input_bytes) ],
		...Object.entries(metrics).map(([name, m]) => [metricName(name, group[name].measure), m.format(m.value(step))]),
		[ "node", step.node ], [ "CPUs", step.cpu_count ]
	];
	for (const [name, m] of Object.entries(metrics))
		if (step.verdict[name])
			rows.push([
				m.name + " is",
				step.verdict[name] +
					(step.ratio[name] ? ", " + format.ratio(step.ratio[name]) +
								    " of what was expected"
							  : "")
			]);
	return rows.concat(Object.entries(step.attrs),
			   [ [ "all of it", "sjoboutliers show " + step.job ] ]);
}
function choose(step, more = []) {
  facts("Job " + step.job, factsOf(step).concat(more));
  for (const d of dots) d.classList.toggle("chosen", d.step === step);
}
function drawGroup() {
  /* without sizes the place is the one over time */
  at("scatter-title").hidden = at("scatter").hidden = !isSized(group);
  const on = { choose, select: steps => showDifferences(at("differs"), steps, group) };
  dots = (isSized(group) ? scatter(at("scatter"), group, metric, on) : []).concat(calendar(at("calendar"), group, metric, on));
}
function showGroup(index, nextMetric) {
  group = data.groups[index];
  metric = nextMetric;
  at("group-choice").value = index;
  at("metric-choice").value = metric;
  const g = group[metric], found = data.findings.filter(f => f.group === index && f.judged[metric]?.is_high).length;
  at("group-facts").replaceChildren(element("bdi", { textContent: format.short(group.name, 300) }), ": " + format.number(group.step_count) + " jobs" +
    (group.steps.length < group.step_count ? ", the newest " + group.steps.length + " as dots" : "") +
    (g.history_count ? "; judged against " + format.number(g.history_count) : "") + "; " + (found || "no") + " finding" + (found === 1 ? "" : "s"));
  at("scatter-title").textContent = metricName(metric, g.measure) + " by input size";
  at("calendar-title").textContent = metricName(metric, g.measure) + " over time";
  at("facts-title").textContent = "Job";
  at("facts").replaceChildren(hint("Click a point or a finding for the job's facts."));
  drawGroup();
  showDifferences(at("differs"), [], group);
}
/* The address names the finding that is open, so that it can be passed on: report.html#job=4711.0 */
function openAsked() {
  const job = decodeURIComponent(location.hash).match(/^#job=(.+)$/)?.[1], finding = data.findings.find(f => f.job === job);
  if (finding) openFinding(finding);
}
/* A finding's job may be too old for its group's picture, or the group not on the page: the finding itself says something, too. */
function openFinding(finding) {
	const own = [
		[ "user", finding.user ], [ "class", finding.class ],
		[ "partition", finding.partition ], [ "node", finding.node ],
		[ "ended", format.time(finding.end_unix_s) ],
		...Object.entries(metrics).filter(([name]) => finding.judged[name]).map(([name, m]) => judgedFact(m, finding.judged[name])),
		[ "why", finding.cause ], [ "how rare", howRare(null, finding) ], [ "differs", finding.differs ],
		[ "all of it", "sjoboutliers show " + finding.job ]
	];
	if (finding.group !== null) {
		showGroup(finding.group, finding.metric);
		const step = group.steps.find(s => s.job === finding.job);
		if (step)
			choose(step, [ [ "why", finding.cause ], [ "differs", finding.differs ] ]);
		else
			facts("Job " + finding.job, own);
  } else {
    facts("Job " + finding.job, own.concat([["picture", "its group is not on this page; 'sjoboutliers plot -j " + finding.job + "' draws it"]]));
  }
  history.replaceState(null, "", "#job=" + encodeURIComponent(finding.job));
  at("group").scrollIntoView();
}
function openMoved(moved) {
  if (moved.group !== null) showGroup(moved.group, moved.metric);
  facts("Moved level", [["class", moved.class], ["user", moved.user], ["partition", moved.partition], ["since", format.time(moved.since_unix_s)],
    ["level", format.ratio(moved.ratio) + " " + moved.direction], ["jobs since", format.number(moved.step_count)], ["began with it", moved.differs],
    ["picture", moved.group === null ? "its group is not on this page" : "below, over time"]]);
  at("group").scrollIntoView();
}
/* "1 in 2,000", or what the group has done before: "1 of 3 before". */
function howRare(_, finding) {
  const judged = surest(finding);
  return judged.like_count ? judged.like_count + " of " + format.number(judged.near_count) + " before" : format.odds(judged.p_value);
}
function asMetric(value, finding) {
  const m = metrics[finding.metric];
  return m.format(value) + (value === null ? "" : m.beside ?? "");
}
/* What is not high stands in brackets. */
function ratioIn(name) {
  return { name: metrics[name].name, of: f => f.judged[name]?.ratio, format: (ratio, f) => f.judged[name]?.is_high ? format.ratio(ratio) : ratio ? "(" + format.ratio(ratio) + ")" : "" };
}
function judgedFact(m, judged) {
  return [m.name + (judged.measure ? " (" + judged.measure + ")" : ""), m.format(judged.value) + ", " + format.ratio(judged.ratio) + " of the expected " + m.format(judged.expected)];
}

/* What a drag over the night's map chose: the findings alone, and what they have in common. */
function showSelection(has, time, ratio) {
  findings.only(has);
  if (!has) { at("night-selection").replaceChildren(hint("Drag over the map to list findings of a time and a height alone, and to see what they have in common.")); return; }
  const chosen = data.findings.filter(has), others = data.findings.filter(f => !has(f));
  const attributes = f => ({ user: f.user, partition: f.partition, class: f.class, node: f.node });
  const clear = element("button", { type: "button", className: "more", textContent: "all findings" });
  clear.onclick = () => { document.querySelector("#night .brush")?.remove(); showSelection(null); };
  at("night-selection").replaceChildren(element("p", { textContent: `${format.time(time[0])} to ${format.time(time[1])}, ${format.ratio(ratio[0])} ` +
    (isFinite(ratio[1]) ? `to ${format.ratio(ratio[1])}` : "and more") + `: ${format.number(chosen.length)} of ${format.number(data.findings.length)} findings` }),
  ...(chosen.length && others.length ? [differenceList(differences(chosen.map(attributes), others.map(attributes), "findings"))] : []), clear);
}

document.title = data.title;
at("title").textContent = data.title;
at("period").textContent = "jobs that ended from " + format.time(data.from_unix_s) + " to " + format.time(data.to_unix_s);
at("advice").textContent = data.advice ?? "";
at("advice").hidden = !data.advice;
at("made").textContent = "joboutliers " + data.version + ", " + format.time(data.made_unix_s) + ". The page loads nothing from anywhere.";
at("tiles").replaceChildren(...data.tiles.map(([label, value]) => element("div", { className: "tile" }, element("b", { textContent: /^\d{4,}/.test(value) ? format.number(+value) : value }), element("span", { textContent: label }))));

const findings = table(
	document.querySelector("#findings .table"), data.findings,
	[
		{name : "job", of : f => f.job},
		{name : "user", of : f => f.user},
		{name : "class", of : f => f.class},
		{name : "partition", of : f => f.partition, spare : true},
		...Object.keys(metrics).map(ratioIn),
		{name : "why", of : f => f.cause},
		{name : "what", of : f => metricName(f.metric, f.lead.measure), spare : true},
		{name : "took", of : f => f.lead.value, format : asMetric},
		{name : "expected", of : f => f.lead.expected, format : asMetric, minor : true},
		{name : "core-hours over", of : costOf, format : format.number},
		{name : "how rare", of : certaintyOf, format : howRare},
		{name : "certain", of : f => f.is_certain ? "certain" : "high alone", minor : true},
		{name : "score", of : f => Math.max(...f.highs.map(j => j.score)), format : format.number, spare : true},
		{name : "weight", of : weightOf, format : format.number},
		{name : "ended", of : f => f.end_unix_s, format : format.time, minor : true},
		{name : "node", of : f => f.node, spare : true},
		{name : "what differs", of : f => f.differs, words : true, minor : true},
	],
	{
		sort : "weight",
		choose : openFinding,
		faint : f => !f.is_certain,
		none : "No job was out of the normal.",
		note : "Run time, memory and CPU time are multiples of what was expected, in brackets where that is normal. The weight is core-hours over, times how rare that is in powers of ten. What is not certain is faint, and nobody is mailed about it." +
			(data.findings.length < data.finding_count
			       ? ` These are the ${
					 format.number(data.findings.length)} most surprising of ${
					 format.number(
						 data.finding_count)} findings; 'sjoboutliers list' has all.`
			       : "")
	});

table(document.querySelector("#moved .table"), data.moved, [
  { name: "class", of: m => m.class }, { name: "user", of: m => m.user }, { name: "partition", of: m => m.partition, minor: true },
  { name: "what", of: m => metrics[m.metric].name, minor: true }, { name: "level", of: m => m.ratio, format: (r, m) => format.ratio(r) + " " + m.direction },
  { name: "since", of: m => m.since_unix_s, format: (s, m) => format.day(s) + (m.is_gradual ? ", little by little" : "") },
  { name: "until", of: m => m.until_unix_s, format: s => s === null ? "" : format.day(s), minor: true }, { name: "jobs since", of: m => m.step_count, format: format.number },
  { name: "core-hours over", of: m => m.core_hours, format: format.number, minor: true }, { name: "what began with it", of: m => m.differs, words: true },
], { sort: "since", choose: openMoved, none: "No group's level moved." });
table(document.querySelector("#nodes .table"), data.nodes, [
  { name: "node", of: n => n.node }, { name: "model", of: n => n.model, minor: true }, { name: "jobs", of: n => n.job_count, format: format.number },
  { name: "groups", of: n => n.group_count, format: format.number, minor: true }, { name: "typical ratio", of: n => n.ratio, format: format.ratio },
  { name: "p", of: n => n.p_value, format: format.probability }, { name: "finding", of: n => n.finding, words: true },
], { sort: "p", ascending: true, none: "No node ran judged jobs.", mark: n => n.finding });
const why = c => c.reasons.map(([word, count]) => format.number(count) + " " + word.replaceAll("-", " ")).join(", ");
table(document.querySelector("#coverage .table"), data.coverage, [
  { name: "partition", of: c => c.partition }, { name: "jobs' steps", of: c => c.step_count, format: format.number },
  { name: "judged", of: c => c.step_count ? c.judged_count / c.step_count : null, format: format.share, bar: true },
  { name: "with a declared size", of: c => c.step_count ? c.sized_count / c.step_count : null, format: format.share, bar: true },
  { name: "why not judged", of: why, words: true },
], { sort: "jobs' steps", none: "No step ended in this stretch." });
table(document.querySelector("#health .table"), data.health, [
  { name: "what", of: h => h.what }, { name: "state", of: h => h.state }, { name: "detail", of: h => h.detail, words: true },
], { none: "Nothing to report.", mark: h => h.is_trouble });

for (const [name, m] of Object.entries(metrics)) at("metric-choice").append(element("option", { value: name, textContent: m.name }));
data.groups.forEach((g, i) => at("group-choice").append(element("option", { value: i, textContent: format.short(g.name, NAME_MAX) })));
if (data.groups.length < data.group_count)
  at("group-choice").after(element("span", { className: "hint", textContent: ` the ${data.groups.length} of ${data.group_count} groups with the most surprising findings` }));
at("group-choice").onchange = () => showGroup(+at("group-choice").value, metric);
at("metric-choice").onchange = () => showGroup(data.groups.indexOf(group), at("metric-choice").value);

/* Plots are as wide as their place, so that their letters stay readable. */
let drawnWidth = 0;
function drawAll() {
  drawnWidth = document.body.clientWidth;
  nightMap(at("night"), data.night, data.night_high, showSelection);
  nodePlot(at("node-plot"), data.nodes);
  if (group) drawGroup();
}
addEventListener("resize", () => { if (document.body.clientWidth !== drawnWidth) drawAll(); });

/* The weightiest finding, which is the first of the table, has its group shown. */
const first = data.findings.filter(f => f.group !== null).sort((a, b) => (weightOf(b) ?? 0) - (weightOf(a) ?? 0))[0];
if (data.groups.length) showGroup(first?.group ?? 0, first?.metric ?? "wall");
else at("group").hidden = true;
showSelection(null);
drawAll();
openAsked();
