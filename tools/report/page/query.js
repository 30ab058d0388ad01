/*
 * The filter and computed columns: expressions over the names of columns.js, read by a parser of
 * their own, so that nothing of an address is ever run.
 *
 *	expression	wall_s / input_bytes,  log2(memory) - 3 * (cpus + 1),  filter_words
 *	filter		user:alice class:align*,sort -node:n7 ratio>3 wall_s/input>=1min "two words"
 */
const units = { K: 2 ** 10, M: 2 ** 20, G: 2 ** 30, T: 2 ** 40, P: 2 ** 50, ms: 0.001, s: 1, min: 60, h: 3600, d: 86400, x: 1, "\u00d7": 1, "%": 0.01 };
const unitKinds = { K: "bytes", M: "bytes", G: "bytes", T: "bytes", P: "bytes", ms: "seconds", s: "seconds", min: "seconds", h: "seconds", d: "seconds" };
const functions = { log: Math.log, log2: Math.log2, log10: Math.log10, sqrt: Math.sqrt, abs: Math.abs, round: Math.round,
	min: Math.min, max: Math.max };
const TOKEN = /\s*(?:(\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d)?)?)|(\d+(?:\.\d*)?(?:e[+-]?\d+)?|\.\d+)([A-Za-z%\u00d7]*)|([A-Za-z_][\w.]*)|"([^"]*)"|([-+*/^(),]))/y;

class QueryError extends Error {}

function tokens(text)
{
	const list = [];
	TOKEN.lastIndex = 0;
	while (text.slice(TOKEN.lastIndex).trim()) {
		const from = TOKEN.lastIndex, found = TOKEN.exec(text);
		if (!found)
			throw new QueryError(`"${text.slice(from).trim()}" is not understood`);
		const [, date, number, unit, name, quoted, sign] = found;
		if (date)
			list.push({ value: new Date(date.includes("T") ? date : date + "T00:00").getTime() / 1000, kind: "time" });
		else if (number)
			list.push({ value: number * unitOf(unit), kind: unitKinds[unit.replace(/i?B$/, "")] ?? "number" });
		else
			list.push(sign ? { sign } : { name: name ?? quoted, isQuoted: quoted !== undefined });
	}
	return list;
}
function unitOf(unit)
{
	const name = unit.replace(/i?B$/, "");
	if (name === "")
		return 1;
	if (!Object.hasOwn(units, name))
		throw new QueryError(`"${unit}" is no unit: these are ${Object.keys(units).join(", ")}`);
	return units[name];
}
function numberOf(value)
{
	return value === null || value === undefined || value === "" ? NaN : Number(value);
}
const known = n => Number.isFinite(n) ? n : null;

/* Of what a sum or a product of two kinds is. */
const isPlain = kind => ["number", "ratio", "chance", "text"].includes(kind);
function kindOf(sign, a, b)
{
	if (sign === "+" || sign === "-")
		return a === "time" && b === "time" ? "seconds" : a === b ? a : "number";
	if (sign === "/")
		return isPlain(b) ? isPlain(a) ? "number" : a : a === b ? "ratio" : "number";
	return sign === "*" && isPlain(b) && !isPlain(a) ? a : sign === "*" && isPlain(a) && !isPlain(b) ? b : "number";
}
const operators = {
	"+": [1, (a, b) => a + b], "-": [1, (a, b) => a - b], "*": [2, (a, b) => a * b], "/": [2, (a, b) => a / b], "^": [3, Math.pow],
};

/* Read an expression into {of(row), kind}; QueryError says what is wrong with it. */
function compile(text)
{
	const list = tokens(text);
	let at = 0;
	const is = sign => list[at]?.sign === sign;
	function want(sign)
	{
		if (!is(sign))
			throw new QueryError(`"${text}": "${sign}" is missing`);
		at++;
	}
	function call(name)
	{
		const inner = [];
		want("(");
		do inner.push(operation(1)); while (is(",") && ++at);
		want(")");
		return { kind: inner[0].kind === "text" || name.startsWith("log") ? "number" : inner[0].kind,
			of: row => known(functions[name](...inner.map(e => numberOf(e.of(row))))) };
	}
	function operand()
	{
		const token = list[at];
		if (!token)
			throw new QueryError(`"${text}" ends too early`);
		if (is("(")) {
			at++;
			const inner = operation(1);
			want(")");
			return inner;
		}
		at++;
		if (token.sign === "-") {
			const inner = operation(3);
			return { kind: inner.kind, of: row => known(-numberOf(inner.of(row))) };
		}
		if (token.sign)
			throw new QueryError(`"${text}": "${token.sign}" is not expected there`);
		if (token.value !== undefined)
			return { kind: token.kind, of: () => token.value };
		if (is("(") && !token.isQuoted && Object.hasOwn(functions, token.name))
			return call(token.name);
		const column = columnNamed(token.name);
		if (!column)
			throw new QueryError(`there is no column "${token.name}"`);
		return { kind: column.kind, of: column.of };
	}
	function operation(least)
	{
		let left = operand();
		while (list[at]?.sign in operators && operators[list[at].sign][0] >= least) {
			const sign = list[at++].sign, [rank, compute] = operators[sign], a = left, b = operation(sign === "^" ? rank : rank + 1);
			left = { kind: kindOf(sign, a.kind, b.kind), of: row => known(compute(numberOf(a.of(row)), numberOf(b.of(row)))) };
		}
		return left;
	}
	const result = operation(1);
	if (at < list.length)
		throw new QueryError(`"${text}" goes on after its end`);
	return result;
}

/* A column of an expression, which is also its name, or of "name = expression". */
function computed(text)
{
	const [, name, expression] = text.match(/^\s*(?:([A-Za-z_][\w.]*)\s*=(?!=))?\s*(.*?)\s*$/);
	return { ...compile(expression), name: name ?? expression, help: "computed: " + expression };
}

const comparisons = { ">=": (a, b) => a >= b, "<=": (a, b) => a <= b, "!=": (a, b) => a !== b, ">": (a, b) => a > b, "<": (a, b) => a < b, "=": (a, b) => a === b };

/* "ali*" as what a name is compared with, in any case. */
function patternOf(text)
{
	const parts = text.toLowerCase().split("*").map(part => part.replace(/[\\^$.|?+()[\]{}]/g, "\\$&"));
	return new RegExp("^" + parts.join(".*") + "$", "s");
}
/* A number on the left with text on the right, or the other way round, is compared as text. */
function comparison(left, sign, right)
{
	if (right === "")
		throw new QueryError(`"${left}${sign}" ends too early`);
	const a = compile(left), isText = a.kind === "text" && /^=|!=$/.test(sign);
	const b = isText ? { of: () => unquoted(right).toLowerCase() } : compile(right);
	if (isText)
		return row => comparisons[sign](String(a.of(row) ?? "").toLowerCase(), b.of(row));
	return row => {
		const x = numberOf(a.of(row)), y = numberOf(b.of(row));
		return !Number.isNaN(x) && !Number.isNaN(y) && comparisons[sign](x, y);
	};
}
const unquoted = text => text.replace(/^"(.*)"$/s, "$1");

function termOf(term, textOf)
{
	const [, name, wanted] = term.match(/^([A-Za-z_][\w.-]*):(.*)$/s) ?? [];
	if (name) {
		const column = columnNamed(name);
		if (!column)
			throw new QueryError(`there is no column "${name}"`);
		const patterns = (wanted.match(/"[^"]*"|[^,"]+/g) ?? [""]).map(w => patternOf(unquoted(w)));
		return row => {
			const value = String(column.of(row) ?? "").toLowerCase();
			return patterns.some(p => p.test(value));
		};
	}
	const [, left, sign, right] = term.match(/^((?:[^<>=!"]|"[^"]*")+)(>=|<=|!=|>|<|=)(.*)$/s) ?? [];
	if (left)
		return comparison(left, sign, right);
	const word = unquoted(term).toLowerCase();
	return row => textOf(row).includes(word);
}

/* Read a filter into has(row); textOf(row) is what mere words are looked for in, in lower case. */
function filterOf(text, textOf)
{
	const terms = text.match(/(?:"[^"]*"|[^\s"])+/g) ?? [];
	const tests = terms.map(term => {
		const isNot = term.length > 1 && term.startsWith("-"), test = termOf(isNot ? term.slice(1) : term, textOf);
		return isNot ? row => !test(row) : test;
	});
	return row => tests.every(test => test(row));
}
