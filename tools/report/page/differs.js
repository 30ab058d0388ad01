/*
 * What sets selected jobs apart from the others of their group: Fisher's exact
 * test for words, the rank test of Mann and Whitney (1947) for numbers, and
 * Holm's bound (1979) over all of them, so that looking at many things at once
 * does not find one by chance.
 */
const SIGNIFICANT = 0.05;

function logFactorials(n) {
  const list = [0];
  for (let i = 1; i <= n; i++) list.push(list[i - 1] + Math.log(i));
  return list;
}
/* P(at least `both` of `chosen` have it | `having` of `all` have it) */
function fisher(both, chosen, having, all) {
  const f = logFactorials(all), choose = (n, k) => f[n] - f[k] - f[n - k];
  let p = 0;
  for (let k = both; k <= Math.min(chosen, having); k++)
    if (chosen - k <= all - having) p += Math.exp(choose(having, k) + choose(all - having, chosen - k) - choose(all, chosen));
  return Math.min(1, p);
}
function normalTail(z) {
  /* Abramowitz and Stegun (1964), 7.1.26: |error| < 1.5e-7 */
  const x = z / Math.SQRT2, t = 1 / (1 + 0.3275911 * x);
  return 0.5 * t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429)))) * Math.exp(-x * x);
}
function mannWhitney(a, b) {
  const all = a.map(v => [v, 1]).concat(b.map(v => [v, 0])).sort((l, r) => l[0] - r[0]), n = all.length;
  let ranks = 0, ties = 0;
  for (let i = 0, j; i < n; i = j) {
    for (j = i; j < n && all[j][0] === all[i][0]; j++);
    for (let k = i; k < j; k++) ranks += all[k][1] * (i + j + 1) / 2;
    ties += (j - i) ** 3 - (j - i);
  }
  const u = ranks - a.length * (a.length + 1) / 2, mean = a.length * b.length / 2;
  const variance = a.length * b.length / 12 * (n + 1 - ties / (n * (n - 1)));
  return variance > 0 ? 2 * normalTail(Math.max(0, Math.abs(u - mean) - 0.5) / Math.sqrt(variance)) : 1;
}
function median(list) {
  const s = [...list].sort((a, b) => a - b), h = s.length >> 1;
  return s.length % 2 ? s[h] : (s[h - 1] + s[h]) / 2;
}

/* The facts of a job, by name: numbers where all are. */
function attributesOf(job)
{
	const d = new Date(job.end_unix_s * 1000);
	return { node: job.node, user: job.user, account: job.account, class: job.class, partition: job.partition, state: job.state, CPUs: job.cpu_count,
		hour: d.getHours(), weekday: weekdays[d.getDay()], ...job.attrs };
}

/* a and b are lists of attributes by name: of what was selected, and of the others, which are `things`. */
function differences(a, b, things) {
  const found = [], known = v => v !== undefined && v !== null && v !== "";
  for (const name of new Set(a.concat(b).flatMap(Object.keys))) {
    const x = a.map(o => o[name]), y = b.map(o => o[name]);
    const numbers = list => list.filter(known).map(Number);
    if (x.concat(y).filter(known).every(v => isFinite(Number(v)))) {
      const p = numbers(x), q = numbers(y);
      if (p.length && q.length && new Set(p.concat(q)).size > 1)
        found.push({ p: mannWhitney(p, q), text: `${name} was ${format.number(median(p))}; in the other ${b.length} ${things} it was ${format.number(median(q))}` });
    } else for (const value of new Set(x.filter(known))) {
      const inX = x.filter(v => v === value).length, inY = y.filter(v => v === value).length;
      found.push({ p: fisher(inX, x.length, inX + inY, x.length + y.length),
        text: `${name} was ${format.short(value, 200)} in ${inX} of the ${x.length}; in ${inY} of the other ${y.length}` });
    }
  }
  found.sort((l, r) => l.p - r.p);
  let floor = 0;
  found.forEach((f, i) => { floor = Math.max(floor, Math.min(1, f.p * (found.length - i))); f.holm = floor; });
  return { tried: found.length, list: found.filter(f => f.holm <= SIGNIFICANT).slice(0, 8) };
}
function differenceList(d) {
  return d.list.length ? element("ol", {}, ...d.list.map(f => element("li", { textContent: f.text + " (p " + format.probability(f.holm) + ")" })))
    : element("p", { textContent: "Nothing differs by more than chance." });
}

/* What sets the chosen jobs apart from the others. */
function showDifferences(place, chosen, all, words)
{
	const set = new Set(chosen), others = all.filter(s => !set.has(s));
	if (!chosen.length || !others.length)
		return place.replaceChildren(hint(chosen.length ? "All jobs are chosen; there is nothing to compare with." : words));
	const d = differences(chosen.map(attributesOf), others.map(attributesOf), "jobs");
	place.replaceChildren(hint(`${format.number(chosen.length)} chosen, ${format.number(others.length)} others; ${d.tried} comparisons`), differenceList(d));
}
