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
function findingOf([
	group, metric, job, user, partition, class_name, node, ratio, value, expected, core_hours,
	end_unix_s, differs, measure, p_value, score, is_certain, near_count, like_count
])
{
	return {
		group,
		metric : wordOf(metric),
		job,
		user : wordOf(user),
		partition : wordOf(partition),
		class : wordOf(class_name),
		node : wordOf(node),
		ratio,
		value,
		expected,
		core_hours,
		end_unix_s,
		differs : wordOf(differs),
		measure,
		p_value,
		score,
		is_certain,
		near_count,
		like_count
	};
}

/* A chance below this is not known of any history: VERDICT_ODDS_MAX. */
const CHANCE_MIN = 1e-6;

/*
 * How sure it is, in powers of ten: by the chance of a normal job to be as far out, and by what its
 * group has done before at this size, which is no matter of chance.
 */
function certaintyOf(finding)
{
	if (finding.p_value === null)
		return null;
	const before = finding.like_count ? finding.like_count / finding.near_count : 0;
	return -Math.log10(Math.max(finding.p_value, before, CHANCE_MIN));
}
/* Cost times certainty: what is looked at first. */
function weightOf(finding)
{
	const certainty = certaintyOf(finding);
	return finding.core_hours === null || certainty === null ? null
								   : finding.core_hours * certainty;
}

data.findings = data.findings.map(findingOf);
for (const g of data.groups) g.steps = g.steps.map(row => stepOf(row, g.attr_names));
