/* Puts the night's data on the page, as the address asks for it. */
const NAME_MAX = 120; /* of a name in a choice or a heading */

/* What the address asks for, where it is there: a finding, a group, a metric. */
const openFinding = () => data.findings.find(f => f.job === state.job) ?? null;
const first = data.findings.find(f => f.group !== null) ?? null;
function groupShown()
{
	const named = state.group ? data.groups.findIndex(g => g.name === state.group) : -1;
	return data.groups[named >= 0 ? named : openFinding() ? openFinding().group ?? -1 : first?.group ?? 0] ?? null;
}
function metricShown()
{
	return columnNamed(state.metric) || metrics[state.metric] ? state.metric : (openFinding() ?? first)?.metric ?? "wall";
}

/* What of the state is not as it was when it was last drawn. */
const drawn = {};
function hasChanged(what, ...parts)
{
	const now = JSON.stringify(parts), before = drawn[what];
	drawn[what] = now;
	return before !== now;
}

function option(value, text)
{
	return element("option", { value, textContent: format.short(text, NAME_MAX) });
}
function setOptions(select, list, value)
{
	if (!list.some(([v]) => v === value))
		list = [[value, value], ...list];
	select.replaceChildren(...list.map(([v, text]) => option(v, text)));
	select.value = value;
}
/* Those that jobs have, too, not findings alone. */
function jobColumns()
{
	const jobs = (data.jobs?.steps ?? []).concat(groupShown()?.steps ?? []);
	return [...columns.values(), ...computedColumns.values()].filter(c => jobs.some(r => (c.of(r) ?? "") !== ""));
}
function setChoices()
{
	const by = ["user", "account", "partition", "class", "node", "why", "what", "state", "certain", "weekday", "hour"];
	const declared = [...columns.values()].filter(c => c.help === "declared by jobs").map(c => c.name);
	setOptions(at("by"), [["class,why", "class and cause"], ["", "each finding"], ...by.concat(declared, [...computedColumns.keys()]).map(name => [name, name])], state.by);
	const list = jobColumns().map(c => [c.name, c.name]);
	setOptions(at("x"), list, state.x);
	setOptions(at("y"), list, state.y);
	const others = numeric(jobColumns()).filter(c => c.name !== "end").map(c => [c.name, c.name]);
	setOptions(at("metric-choice"), Object.entries(metrics).map(([name, m]) => [name, m.name]).concat(others), metricShown());
}

function setComputed()
{
	computedColumns = new Map();
	for (const text of state.add.split(";").filter(t => t.trim())) {
		const column = computed(text);
		computedColumns.set(column.name, column);
	}
}
const searched = new Map(); /* by finding, its text in lower case */
function textOf(row)
{
	if (!searched.has(row))
		searched.set(row, [row.job, row.user, row.account, row.partition, row.class, row.node, row.why, row.differs, ...Object.entries(row.attrs).map(p => p.join("="))].join(" ").toLowerCase());
	return searched.get(row);
}

/* What is wrong in a filter or a column is told, and everything else shown. */
function attempt(run, otherwise)
{
	try {
		return run();
	} catch (error) {
		if (!(error instanceof QueryError))
			throw error;
		at("wrong").textContent = error.message + ".";
		at("wrong").hidden = false;
		return otherwise;
	}
}

const findings = table(document.querySelector("#findings .table"), {
	caption: "Findings, the weightiest first",
	sort: defaults.sort,
	onSort: sort => go({ sort }),
	choose: f => go(state.job === f.job ? { job: "", dot: "", pick: "" } : { job: f.job, dot: "", pick: "", group: "", metric: "" }),
	isOpen: f => f.job === state.job,
	detail,
	faint: f => !f.is_certain,
	none: data.findings.length ? "No finding is like that." : "No job was out of the normal.",
});

function detail(finding)
{
	const rows = details.map(([name, of]) => [name, of(finding)]);
	if (finding.group === null)
		rows.push(["picture", "its group is not on this page; 'sjoboutliers plot -j " + finding.job + "' draws it"]);
	return element("div", { className: "opened" }, factList(rows), ...(finding.group === null ? [] : [picture]));
}
const picture = at("picture");
/* The group's plots are where its finding is open, else in a place of their own. */
function placePicture()
{
	if (!picture.isConnected || !openFinding() || openFinding().group === null)
		at("group").append(picture);
	at("group-elsewhere").hidden = at("group").contains(picture);
	charts.forEach(c => c.resize());
}

let shownFindings = data.findings;
function showFindings(has, isFiltered)
{
	const x = columnNamed(state.x), y = columnNamed(state.y), area = areaOf(state.area);
	const inArea = f => !area || (within(known(numberOf(x?.of(f))), area.x) && within(known(numberOf(y?.of(f))), area.y));
	const extra = [...computedColumns.values()].map(c => ({ name: c.name, of: c.of, format: kinds[c.kind].format, help: c.help, width: "7%", ofGroup: c.kind === "text" ? undefined : list => median(list.map(c.of).filter(v => v !== null)) ?? null, formatGroup: c.kind === "text" ? undefined : v => v === null ? "" : "~ " + kinds[c.kind].format(v) }));
	const by = groupColumns();
	shownFindings = data.findings.filter(f => has(f) && inArea(f));
	findings.show({ rows: shownFindings, columns: [...findingColumns, ...extra, differsColumn], sort: state.sort, keyOf: by.length ? f => JSON.stringify(by.map(c => binned(c, f))) : null });
	at("clear").hidden = !isFiltered && !area;
	at("shown").textContent = isFiltered || area ? `${format.number(shownFindings.length)} of ${format.number(data.findings.length)} findings` + (area ? ", of what is chosen in the plot" : "") : "";
}

function showJobs(has, isFiltered)
{
	const jobs = (data.jobs?.steps ?? []).filter(has), found = data.findings.filter(has), area = areaOf(state.area);
	if (hasChanged("jobs", state.q, state.add, state.x, state.y, state.by))
		allJobsChart(at("jobs-plot"), jobs, found, isFiltered);
	const plot = at("jobs-plot").chart;
	plot?.mark(openFinding(), area);
	const x = columnNamed(state.x), y = columnNamed(state.y), inArea = r => area && within(known(numberOf(x?.of(r))), area.x) && within(known(numberOf(y?.of(r))), area.y);
	const names = new Set(found.map(f => f.job)), all = found.concat(jobs.filter(j => !names.has(j.job)));
	showDifferences(at("jobs-differ"), all.filter(inArea), all, "Drag over jobs in the plot: their findings are listed alone, and what sets these jobs apart from the others stands here.");
	const all_count = data.jobs?.step_count ?? 0, drawn_count = data.jobs?.steps.length ?? 0;
	at("drawn").textContent = drawn_count < all_count ? `${format.number(drawn_count)} drawn evenly from ${format.number(all_count)} jobs, and the findings` : "";
}

const choices = {
	choose: step => go({ dot: step.job }),
	pick: (plot, area) => go({ pick: area ? plot + "," + areaText(area) : "" }),
};
function showGroup()
{
	const group = groupShown(), metric = metricShown(), m = metrics[metric];
	at("group").hidden = !group;
	if (!group)
		return;
	const index = data.groups.indexOf(group), words = m ? metricName(metric, group[metric].measure) : metric;
	at("group-choice").value = index;
	if (hasChanged("group", index, metric, state.by, state.add)) {
		const found = data.findings.filter(f => f.group === index && (!m || f.judged[metric]?.is_high)).length;
		at("group-facts").replaceChildren(element("bdi", { textContent: format.short(group.name, 300) }), ": " + jobsText(group.step_count) +
			(group.steps.length < group.step_count ? ", the newest " + group.steps.length + " as dots" : "") +
			(m && group[metric].history_count ? "; judged against " + format.number(group[metric].history_count) : "") + "; " + (found || "no") + " finding" + (found === 1 ? "" : "s"));
		at("sizes-title").textContent = words + " by input size";
		at("times-title").textContent = words + " over time";
		/* without sizes the place is the one over time */
		at("sizes-title").hidden = at("sizes").hidden = !isSized(group);
		if (isSized(group))
			sizesChart(at("sizes"), group, choices);
		timeChart(at("times"), group, choices);
	}
	const step = group.steps.find(s => s.job === (state.dot || state.job)) ?? null, [where, ...numbers] = state.pick.split(","), area = areaOf(numbers.join(","));
	let chosen = [];
	for (const [name, place] of [["size", at("sizes")], ["time", at("times")]])
		if (!place.hidden && place.chart)
			chosen = chosen.concat(place.chart.mark(step, name === where ? area : null));
	showDifferences(at("differs"), chosen, group.steps, "Drag over jobs in a plot to ask what sets them apart.");
	showStep(state.dot || !openFinding() ? step : null, group);
}
function showStep(step, group)
{
	at("facts-title").textContent = step ? format.short("Job " + step.job, NAME_MAX) : "Job";
	if (!step)
		return at("facts").replaceChildren(hint("Choose a point for its job's facts."));
	const rows = [["user", step.user], ["state", step.state], ["ended", format.time(step.end_unix_s)], ["input", format.bytes(step.input_bytes)],
		...Object.entries(metrics).map(([name, m]) => [metricName(name, group[name].measure), m.format(m.value(step))]), ["node", step.node], ["CPUs", step.cpu_count],
		...Object.entries(metrics).filter(([name]) => step.verdict[name]).map(([name, m]) => [m.name + " is", step.verdict[name] + (step.ratio[name] ? ", " + format.ratio(step.ratio[name]) + " of what was expected" : "")]),
		...Object.entries(step.attrs), ["all of it", "sjoboutliers show " + step.job]];
	at("facts").replaceChildren(factList(rows));
}

function render()
{
	at("wrong").hidden = true;
	attempt(setComputed);
	const has = attempt(() => filterOf(state.q, textOf), () => true), isFiltered = state.q.trim() !== "";
	if (document.activeElement !== at("filter"))
		at("filter").value = state.q;
	if (document.activeElement !== at("add"))
		at("add").value = state.add;
	if (hasChanged("choices", state.add, state.by, state.x, state.y, groupShown()?.name, metricShown()))
		setChoices();
	showFindings(has, isFiltered);
	if (hasChanged("opened", state.job) && openFinding())
		findings.reveal(openFinding());
	placePicture();
	showJobs(has, isFiltered);
	showGroup();
}

/* What stands on the page whatever is asked for. */
function simpleTable(id, caption, rows, list, options)
{
	const place = document.querySelector("#" + id + " .table"), shown = table(place, { caption, ...options });
	shown.show({ rows, columns: list });
}
function openMoved(moved)
{
	if (moved.group === null)
		return;
	go({ job: "", dot: "", pick: "", group: data.groups[moved.group].name, metric: moved.metric });
	at("group").scrollIntoView();
}
function showFixed()
{
	document.title = data.title;
	at("title").textContent = data.title;
	at("period").textContent = "jobs that ended from " + format.time(data.from_unix_s) + " to " + format.time(data.to_unix_s);
	at("advice").textContent = data.advice ?? "";
	at("advice").hidden = !data.advice;
	at("made").textContent = "joboutliers " + data.version + ", " + format.time(data.made_unix_s) + ". The page loads nothing from anywhere.";
	at("tiles").replaceChildren(...data.tiles.map(([label, value]) => element("div", { className: "tile" }, element("b", { textContent: /^\d{4,}/.test(value) ? format.number(+value) : value }), element("span", { textContent: label }))));
	at("explained").textContent = "Time, memory and CPU are multiples of what was expected, in brackets where that is normal. The weight is core-hours over, times how rare it is in powers of ten: the weightiest come first. What is not certain is faint, and nobody is mailed about it." +
		(data.findings.length < data.finding_count ? ` These are the ${format.number(data.findings.length)} weightiest of ${format.number(data.finding_count)} findings; 'sjoboutliers list' has all.` : "");
	at("names").lastElementChild.replaceChildren(
		element("p", { textContent: "A filter is words that a finding has, or NAME:VALUE with * for any letters and commas between values, or a comparison of two expressions, such as ratio>3, wall_s>=2h, input<40G, end>2026-11-28T06:00; \u201c-\u201d before it turns it round. An expression is names, numbers with units, + - * / ^, brackets, and " + Object.keys(functions).join(", ") + ". A column is an expression or \u201cNAME = EXPRESSION\u201d; several are separated by \u201c;\u201d. Names are those of \u201csjoboutliers list -o\u201d:" }),
		factList([...columns.values()].map(c => [c.name, c.help])));

	simpleTable("moved", "Groups whose level moved", data.moved, [
		{ name: "class", of: m => m.class, width: "16%" }, { name: "user", of: m => m.user }, { name: "partition", of: m => m.partition, minor: true },
		{ name: "what", of: m => metrics[m.metric].name, minor: true }, { name: "level", of: m => m.ratio, format: (r, m) => format.ratio(r) + " " + m.direction },
		{ name: "since", of: m => m.since_unix_s, format: (s, m) => format.day(s) + (m.is_gradual ? ", little by little" : "") },
		{ name: "until", of: m => m.until_unix_s, format: s => s === null ? "" : format.day(s), minor: true }, { name: "jobs since", of: m => m.step_count, format: format.number, minor: true },
		{ name: "core-hours over", of: m => m.core_hours, format: format.number, minor: true }, { name: "what began with it", of: m => m.differs, words: true, width: "28%" },
	], { sort: "-since", choose: openMoved, none: "No group's level moved." });
	simpleTable("nodes", "Nodes", data.nodes, [
		{ name: "node", of: n => n.node }, { name: "model", of: n => n.model, minor: true }, { name: "jobs", of: n => n.job_count, format: format.number },
		{ name: "groups", of: n => n.group_count, format: format.number, minor: true }, { name: "typical ratio", of: n => n.ratio, format: format.ratio },
		{ name: "p", of: n => n.p_value, format: format.probability }, { name: "finding", of: n => n.finding, words: true, width: "35%" },
	], { sort: "p", none: "No node ran judged jobs.", mark: n => n.finding });
	const why = c => c.reasons.map(([word, count]) => format.number(count) + " " + word.replaceAll("-", " ")).join(", ");
	simpleTable("coverage", "How much could be judged", data.coverage, [
		{ name: "partition", of: c => c.partition }, { name: "jobs' steps", of: c => c.step_count, format: format.number },
		{ name: "judged", of: c => c.step_count ? c.judged_count / c.step_count : null, format: format.share, bar: true },
		{ name: "with a declared size", of: c => c.step_count ? c.sized_count / c.step_count : null, format: format.share, bar: true },
		{ name: "why not judged", of: why, words: true, width: "35%" },
	], { sort: "-jobs' steps", none: "No step ended in this stretch." });
	simpleTable("health", "Health", data.health, [
		{ name: "what", of: h => h.what, width: "18%" }, { name: "state", of: h => h.state, width: "14%" }, { name: "detail", of: h => h.detail, words: true },
	], { none: "Nothing to report.", mark: h => h.is_trouble });
	nodesChart(at("node-plot"), data.nodes);

	at("group-choice").replaceChildren(...data.groups.map((g, i) => option(i, g.name)));
	if (data.groups.length < data.group_count)
		at("group-choice").after(element("span", { className: "hint", textContent: ` the ${data.groups.length} of ${data.group_count} groups with the weightiest findings` }));
}
/* What the reader does goes into the address, and from there onto the page. */
function listen()
{
	at("filter").oninput = () => go({ q: at("filter").value, area: "" }, true);
	at("add").onchange = () => go({ add: at("add").value });
	at("by").onchange = () => go({ by: at("by").value });
	for (const name of ["x", "y"])
		at(name).onchange = () => go({ [name]: at(name).value, area: "" });
	at("group-choice").onchange = () => go({ group: data.groups[+at("group-choice").value].name, job: "", dot: "", pick: "" });
	at("metric-choice").onchange = () => go({ metric: at("metric-choice").value, pick: "" });
	at("clear").onclick = () => go({ q: "", area: "" });
	at("csv").onclick = () => download("findings.csv", csvOf(shownFindings));
	/* The address is the state's, so that a part's name does not stand there. */
	for (const link of document.querySelectorAll("nav a"))
		link.onclick = event => {
			event.preventDefault();
			document.querySelector(link.getAttribute("href")).scrollIntoView();
		};
}

document.documentElement.classList.add("scripted");
showFixed();
listen();
state = readAddress();
render();
if (openFinding())
	document.querySelector("#findings tr.chosen")?.scrollIntoView();
