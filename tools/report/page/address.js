/*
 * What is shown is kept in the address, so that it can be passed on, and so that "back" goes back:
 * report.html#q=user:alice&by=user&job=4711.0
 */
const at = id => document.getElementById(id);

/* Each with what it is when the address does not say. */
const defaults = {
	q: "",			/* the filter */
	by: "class,why",	/* what makes one row of findings; "": nothing does */
	add: "",		/* computed columns, separated by ";" */
	sort: "-weight",	/* of the findings; "-": the largest first */
	x: "end", y: "wall_ratio",/* axes of the plot of all jobs */
	area: "",		/* chosen there: from and to of x and y */
	group: "",		/* the name of the group that is pictured */
	metric: "",		/* and its metric, or any other column */
	pick: "",		/* chosen in one of its plots: which, and as in area */
	dot: "",		/* the job that is chosen there */
	job: "",		/* the finding that is open */
};
let state = { ...defaults };

function readAddress()
{
	const given = new URLSearchParams(location.hash.slice(1));
	return Object.fromEntries(Object.entries(defaults).map(([key, value]) => [key, given.get(key) ?? value]));
}
/* Show something else.  What is typed letter by letter is one place to come back to. */
let wasTyping = false;
function go(changes, isTyping = false)
{
	const next = { ...state, ...changes };
	const given = Object.entries(next).filter(([key, value]) => value !== defaults[key]);
	const hash = given.map(([key, value]) => key + "=" + encodeURIComponent(value).replace(/%(20|2C|2F|3A)/g, c => c === "%20" ? "+" : decodeURIComponent(c))).join("&");
	state = next;
	if (location.hash.slice(1) !== hash)
		history[isTyping && wasTyping ? "replaceState" : "pushState"](null, "", "#" + hash);
	wasTyping = isTyping;
	render();
}
addEventListener("popstate", () => {
	state = readAddress();
	wasTyping = false;
	render();
});

/* [from, to] of x and of y as text, to the digits that a plot has, and back; null: none. */
function areaText(area)
{
	return area ? [...area.x, ...area.y].map(v => String(+v.toPrecision(Math.abs(v) > 1e8 ? 12 : 4))).join(",") : "";
}
function areaOf(text)
{
	const numbers = text.split(",").map(Number);
	return text && numbers.length === 4 && numbers.every(n => !Number.isNaN(n)) ? { x: numbers.slice(0, 2), y: numbers.slice(2) } : null;
}
const within = (v, [low, high]) => v !== null && v >= low && v <= high;
