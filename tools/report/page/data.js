/* The night's data, whose rows are as short as can be; report/html.c writes them in the same order. */
const data = JSON.parse(document.getElementById("data").textContent, (_, value) => typeof value === "string" ? visible(value) : value);
const wordOf = index => index === null ? null : data.words[index];

/* Characters that would turn or hide what stands beside them are shown by their number: those of
 * spank/common/utf8.c. */
function visible(text) {
	return text.replace(
		/[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e0fff}]/gu,
		c => "\\u" + c.codePointAt(0).toString(16).padStart(4, "0"));
}
function stepOf([job, user, node, state, end_unix_s, input_bytes, cpu_count, ...rest], names) {
  const step = { job, user: wordOf(user), node: wordOf(node), state: wordOf(state), end_unix_s, input_bytes,
    cpu_count, value: {}, verdict: {}, ratio: {}, level_ratio: {} };
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
	const [is_high, is_certain, measure, ratio, value, expected, core_hours, p_value, score,
	       near_count, like_count] = row;
	return { is_high, is_certain, measure, ratio, value, expected, core_hours, p_value, score, near_count, like_count };
}
/* A step, with what is told first of it (metric, lead), and what is high (highs). */
function findingOf([
	group, metric, job, user, partition, class_name, node, end_unix_s, differs, cause, ...rows
])
{
	const judged = Object.fromEntries(Object.keys(metrics).map((name, i) => [name, judgedOf(rows[i])]));
	const highs = Object.values(judged).filter(j => j?.is_high);
	return {
		group,
		metric : wordOf(metric),
		job,
		user : wordOf(user),
		partition : wordOf(partition),
		class : wordOf(class_name),
		node : wordOf(node),
		end_unix_s,
		differs : wordOf(differs),
		cause : wordOf(cause),
		judged,
		lead : judged[wordOf(metric)],
		ratio : judged[wordOf(metric)].ratio,
		highs,
		is_certain : highs.some(j => j.is_certain)
	};
}

/* A chance below this is not known of any history: VERDICT_ODDS_MAX. */
const CHANCE_MIN = 1e-6;

/*
 * How sure a verdict is, in powers of ten: by the chance of a normal job to be as far out, and by
 * what its group has done before at this size, which is no matter of chance.
 */
function sureOf(judged)
{
	if (judged.p_value === null)
		return null;
	const before = judged.like_count ? judged.like_count / judged.near_count : 0;
	return -Math.log10(Math.max(judged.p_value, before, CHANCE_MIN));
}
/* The surest of what is high of a step, and how sure that is. */
function surest(finding)
{
	return finding.highs.reduce((best, j) => (sureOf(j) ?? -1) > (sureOf(best) ?? -1) ? j : best);
}
function certaintyOf(finding) { return sureOf(surest(finding)); }
/* Of a run time; where that is not high, of CPU time, which lies within it. */
function costOf(finding)
{
	return finding.highs.find(j => j.core_hours !== null)?.core_hours ?? null;
}
/* Cost times certainty: what is looked at first. */
function weightOf(finding)
{
	const certainty = certaintyOf(finding), cost = costOf(finding);
	return cost === null || certainty === null ? null : cost * certainty;
}

data.findings = data.findings.map(findingOf);
for (const g of data.groups) g.steps = g.steps.map(row => stepOf(row, g.attr_names));
