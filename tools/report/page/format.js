/* Numbers as people read them. */
/* A chance below this is not known of any history: VERDICT_ODDS_MAX. */
const CHANCE_MIN = 1e-6;

const format = {
  duration(seconds) {
    if (seconds === null || seconds === undefined) return "";
    if (seconds < 0.001) return seconds > 0 ? "< 1 ms" : "0 s";
    if (seconds < 100) return (seconds < 10 ? String(+seconds.toPrecision(2)) : seconds.toFixed(0)) + " s";
    const minutes = Math.round(seconds / 60);
    if (minutes < 100) return minutes + " min";
    const hours = Math.floor(minutes / 60);
    if (hours < 72) return hours + " h " + String(minutes % 60).padStart(2, "0") + " min";
    return Math.floor(hours / 24) + " d " + String(hours % 24).padStart(2, "0") + " h";
  },
  bytes(bytes) {
    if (bytes === null || bytes === undefined) return "";
    const units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
    let i = 0;
    while (bytes >= 1024 && i < units.length - 1) { bytes /= 1024; i++; }
    return (bytes >= 100 || i === 0 ? bytes.toFixed(0) : String(+bytes.toPrecision(3))) + " " + units[i];
  },
  time(seconds) {
    if (seconds === null || seconds === undefined) return "";
    return format.day(seconds) + " " + format.clock(seconds);
  },
  day(seconds) {
    const d = new Date(seconds * 1000), two = n => String(n).padStart(2, "0");
    return d.getFullYear() + "-" + two(d.getMonth() + 1) + "-" + two(d.getDate());
  },
  clock(seconds) {
    const d = new Date(seconds * 1000), two = n => String(n).padStart(2, "0");
    return two(d.getHours()) + ":" + two(d.getMinutes());
  },
  ratio(ratio) {
    if (ratio === null || ratio === undefined) return "";
    return ratio >= 1000 ? "> 1000\u00d7" : +ratio.toPrecision(ratio < 10 ? 2 : 3) + "\u00d7";
  },
  number(n) {
    if (n === null || n === undefined) return "";
    if (n >= 1000) return Math.round(n).toLocaleString("en");
    return n > 0 && n < 0.01 ? "< 0.01" : String(+n.toPrecision(3));
  },
  probability(p) { return p === null || p === undefined ? "" : p < 0.0001 ? "< 0.0001" : p.toPrecision(2); },
  odds(p) {
    if (p === null || p === undefined) return "";
    return p < CHANCE_MIN ? "< 1 in 1,000,000" : "1 in " + (+(1 / p).toPrecision(2)).toLocaleString("en");
  },
  /* "Tuesday" of the last week, else the date. */
  since(seconds, now) {
    const d = new Date(seconds * 1000), midnight = new Date(now * 1000).setHours(0, 0, 0, 0) / 1000;
    if (seconds >= midnight) return "today";
    return seconds > midnight - 6 * 86400 ? weekdays[d.getDay()] : format.day(seconds);
  },
  share(part) { return part === null || part === undefined ? "" : (100 * part).toFixed(part > 0.995 && part < 1 ? 1 : 0) + " %"; },
  text(t) { return t === null || t === undefined ? "" : String(t); },
  short(t, max) { return t.length > max ? t.slice(0, max - 1) + "\u2026" : t; },
};
/* In the order of enum metric; beside: what follows an amount among those of other metrics, which
 * would be taken for one of theirs. */
const metrics = {
	wall: { name: "wall time", unit: "seconds", suffix: "s", value: s => s.value.wall, format: format.duration },
	memory: { name: "memory", unit: "bytes", suffix: "bytes", value: s => s.value.memory, format: format.bytes },
	cpu: { name: "CPU time", unit: "seconds", suffix: "s", value: s => s.value.cpu, format: format.duration, beside: " CPU" },
};
/* "memory (largest process)": what a metric is called where its amounts are not the usual
 * measurement. */
function metricName(metric, measure)
{
	return metrics[metric].name + (measure ? " (" + measure + ")" : "");
}

/* An element with text or children; never markup, as names are the users' own. */
function element(name, properties, ...children) {
  const e = Object.assign(document.createElement(name), properties);
  e.append(...children);
  return e;
}
function hint(text) { return element("p", { className: "hint", textContent: text }); }
