/* Puts the night's data on the page. */
const data = JSON.parse(document.getElementById("data").textContent);
const at = id => document.getElementById(id);
for (const g of data.groups) g.steps = g.steps.map(row => stepOf(row, g.attr_names));
let group = null, metric = "wall", dots = [];

/* A step's row is as short as can be, as most of the page is made of them; report/html.c writes it. */
function stepOf([job, user, node, state, end_unix_s, input_bytes, wall_s, mem_bytes, cpu_count, wall, memory, ...values], names) {
  return { job, user, node, state, end_unix_s, input_bytes, wall_s, mem_bytes, cpu_count,
    verdict: { wall: wall?.[0] ?? "", memory: memory?.[0] ?? "" }, ratio: { wall: wall?.[1], memory: memory?.[1] },
    attrs: Object.fromEntries(names.map((name, i) => [name, values[i]]).filter(([, v]) => v != null)) };
}
function factsOf(step) {
  const rows = [["job", step.job], ["user", step.user], ["state", step.state], ["ended", format.time(step.end_unix_s)],
    ["input", format.bytes(step.input_bytes)], ["wall time", format.duration(step.wall_s)], ["memory", format.bytes(step.mem_bytes)],
    ["node", step.node], ["CPUs", step.cpu_count]];
  for (const [key, m] of Object.entries(metrics))
    if (step.verdict[key]) rows.push([m.name + " is", step.verdict[key] + (step.ratio?.[key] ? ", " + format.ratio(step.ratio[key]) + " of what is expected" : "")]);
  return rows.concat(Object.entries(step.attrs ?? {})).filter(([, v]) => v !== "" && v != null);
}
function choose(step) {
  at("facts-title").textContent = "Job " + step.job;
  at("facts").replaceChildren(element("dl", {}, ...factsOf(step).flatMap(([k, v]) => [element("dt", { textContent: k }), element("dd", { textContent: v })])));
  for (const d of dots) d.classList.toggle("chosen", d.step === step);
}
function showGroup(index, nextMetric) {
  group = data.groups[index];
  metric = nextMetric;
  at("group-choice").value = index;
  at("metric-choice").value = metric;
  const g = group[metric] ?? {};
  at("group-facts").textContent = group.name + ": " + group.steps.length + " of " + group.step_count + " jobs shown" +
    (g.history_count ? "; judged against " + g.history_count : "") +
    (g.since_unix_s ? "; level " + format.ratio(g.since_ratio) + " since " + format.day(g.since_unix_s) : "");
  const on = { choose, select: steps => showDifferences(at("differs"), steps, group) };
  dots = scatter(at("scatter"), group, metric, on).concat(calendar(at("calendar"), group, metric, on));
  showDifferences(at("differs"), [], group);
}
function openFinding(finding) {
  if (finding.group == null) return;
  showGroup(finding.group, finding.metric);
  const step = group.steps.find(s => s.job === finding.job);
  if (step) choose(step);
  at("group").scrollIntoView();
}

document.title = data.title;
at("title").textContent = data.title;
at("period").textContent = "jobs that ended from " + format.time(data.from_unix_s) + " to " + format.time(data.to_unix_s);
at("made").textContent = "joboutliers " + data.version + ", " + format.time(data.made_unix_s) + ". The page loads nothing from anywhere.";
at("tiles").replaceChildren(...data.tiles.map(([label, value]) => element("div", { className: "tile" }, element("b", { textContent: value }), element("span", { textContent: label }))));

table(document.querySelector("#findings .table"), data.findings, [
  { name: "job", of: f => f.job }, { name: "user", of: f => f.user }, { name: "partition", of: f => f.partition },
  { name: "class", of: f => f.class }, { name: "what", of: f => metrics[f.metric].name }, { name: "ratio", of: f => f.ratio, format: format.ratio },
  { name: "took", of: f => f.value, format: asMetric }, { name: "expected", of: f => f.expected, format: asMetric },
  { name: "core-hours over", of: f => f.core_hours, format: format.number }, { name: "ended", of: f => f.end_unix_s, format: format.time },
  { name: "node", of: f => f.node }, { name: "what differs", of: f => f.differs, words: true },
], { sort: 5, choose: openFinding, none: "No job was out of the normal." });
table(document.querySelector("#nodes .table"), data.nodes, [
  { name: "node", of: n => n.node }, { name: "model", of: n => n.model }, { name: "jobs", of: n => n.job_count, format: format.number },
  { name: "groups", of: n => n.group_count, format: format.number }, { name: "typical ratio", of: n => n.ratio, format: format.ratio },
  { name: "p", of: n => n.p_value, format: format.probability }, { name: "finding", of: n => n.finding, words: true },
], { sort: 5, ascending: true, none: "No node ran judged jobs." });
table(document.querySelector("#coverage .table"), data.coverage, [
  { name: "partition", of: c => c.partition }, { name: "steps", of: c => c.step_count, format: format.number },
  { name: "with declared size", of: c => c.sized_share, format: share }, { name: "judged", of: c => c.judged_share, format: share },
  { name: "why not", of: c => c.reasons, words: true },
], { sort: 1 });
table(document.querySelector("#health .table"), data.health, [
  { name: "what", of: h => h.what }, { name: "state", of: h => h.state }, { name: "detail", of: h => h.detail, words: true },
], { none: "Nothing to report." });

function asMetric(value, finding) { return metrics[finding.metric].format(value); }
function share(s) { return s == null ? "" : (100 * s).toFixed(0) + " %"; }

data.groups.forEach((g, i) => at("group-choice").append(element("option", { value: i, textContent: g.name })));
at("group-choice").onchange = () => showGroup(+at("group-choice").value, metric);
at("metric-choice").onchange = () => showGroup(data.groups.indexOf(group), at("metric-choice").value);
const first = data.findings.find(f => f.group != null);
if (data.groups.length) showGroup(first?.group ?? 0, first?.metric ?? "wall");
else at("group").hidden = true;
