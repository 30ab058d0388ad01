/* The night's data, whose rows are as short as can be; report/html.c writes them in the same order. */
const data = JSON.parse(document.getElementById("data").textContent, (_, value) => typeof value === "string" ? visible(value) : value);
const wordOf = index => index === null ? null : data.words[index];

/* Characters that would turn or hide what stands beside them are shown by their number: those of
 * spank/common/utf8.c. */
function visible(text)
{
	return text.replace(
		/[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e0fff}]/gu,
		c => "\\u" + c.codePointAt(0).toString(16).padStart(4, "0"));
}
function stepOf([job, user, account, partition, class_name, node, state, end_unix_s, input_bytes, cpu_count, ...rest], names)
{
	const step = { job, user: wordOf(user), account: wordOf(account), partition: wordOf(partition), class: wordOf(class_name),
		node: wordOf(node), state: wordOf(state), end_unix_s, input_bytes, cpu_count, value: {}, verdict: {}, ratio: {}, level_ratio: {} };
	for (const m in metrics) {
		const [value, verdict, ratio, level_ratio] = rest.splice(0, 4);
		step.value[m] = value;
		step.verdict[m] = wordOf(verdict) ?? "";
		step.ratio[m] = ratio;
		step.level_ratio[m] = level_ratio;
	}
	step.attrs = Object.fromEntries(names.map((name, i) => [name, wordOf(rest[i])]).filter(([, v]) => v !== null));
	return step;
}
/* What was judged of one metric; null where nothing was. */
function judgedOf(row)
{
	if (row === null)
		return null;
	const [is_high, is_certain, measure, ratio, value, expected, high, core_hours, p_value, score, near_count, like_count] = row;
	return { is_high, is_certain, measure, ratio, value, expected, high, core_hours, p_value, score, near_count, like_count };
}
const byMetric = of => Object.fromEntries(Object.keys(metrics).map((name, i) => [name, of(name, i)]));

/* A step, with what is told first of it (metric, lead), and what is high (highs). */
function findingOf([group, metric, job, job_id, user, account, cluster, partition, class_name, node, state, start_unix_s, end_unix_s,
	input_bytes, cpu_count, attrs, why, core_hours, chance, surest, weight, differs, ...rows])
{
	const judged = byMetric((_, i) => judgedOf(rows[i])), name = wordOf(metric);
	const highs = Object.values(judged).filter(j => j?.is_high);
	const finding = {
		group, metric: name, job, job_id, user: wordOf(user), account: wordOf(account), cluster: wordOf(cluster),
		partition: wordOf(partition), class: wordOf(class_name), node: wordOf(node), state: wordOf(state), start_unix_s, end_unix_s,
		input_bytes, cpu_count, core_hours, chance, weight, differs: wordOf(differs), judged, highs,
		why: wordOf(why),
		lead: judged[name],
		surest: judged[wordOf(surest)],
		value: byMetric(m => judged[m]?.value ?? null),
		ratio: byMetric(m => judged[m]?.ratio ?? null),
		verdict: byMetric(m => judged[m] ? judged[m].is_high ? "high" : "not high" : ""),
		is_certain: highs.some(j => j.is_certain),
	};
	finding.attrs = Object.fromEntries(attrs.flatMap((name, i) => i % 2 ? [] : [[wordOf(name), wordOf(attrs[i + 1])]]));
	return finding;
}

data.findings = data.findings.map(findingOf);
for (const g of data.groups.concat(data.jobs ?? []))
	g.steps = g.steps.map(row => stepOf(row, g.attr_names));
const allRows = () => data.findings.concat(data.groups.flatMap(g => g.steps), data.jobs?.steps ?? []);
addAttributes(allRows());
