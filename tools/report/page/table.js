/* Tables that sort by a click on a column's head, page by page, with rows that others stand in. */
const NARROW = "screen and (max-width: 56rem)"; /* as in page.css */
const ROWS_SHOWN = 20, ROWS_MORE = 200, INNER_SHOWN = 50;

/*
 * columns: {name, of(row), format(value, row), ofGroup(rows), formatGroup(value, rows), width, help, words, tight, minor, bar};
 * of gives what is sorted by, format what is shown; ofGroup the same of a row that others stand in,
 * by itself what all of them have.  Of minor columns is no room on a narrow screen.  Columns without
 * anything in them are left out.
 *
 * options: sort ("-NAME": the largest first), none, mark(row), faint(row); of a table whose rows can
 * be opened choose(row), isOpen(row), detail(row); onSort(sort) for who keeps the order.
 */
function table(place, options)
{
	let rows = [], columns = [], keyOf = null, labelOf = null, sort = options.sort ?? "", shown = ROWS_SHOWN, isWhole = false;
	const openGroups = new Map(); /* by key, how many rows of it are shown */
	const head = element("tr"), body = element("tbody"), widths = element("colgroup");
	const count = element("span", { className: "hint" }), more = element("button", { type: "button", className: "small" });
	const caption = element("caption", { className: "hidden", textContent: options.caption ?? "" });
	const framed = element("div", { className: "scroll" }, element("table", {}, caption, widths, element("thead", {}, head), body));

	more.onclick = () => { shown += ROWS_MORE; fill(); };
	place.replaceChildren(framed, element("p", { className: "below" }, count, " ", more));

	const isNumber = column => rows.some(r => typeof column.of(r) === "number");
	const classOf = (column, number) => [column.words && "words", column.tight && "tight", column.bar ? "barred" : number && "number", column.minor && "minor"].filter(Boolean).join(" ");

	function setHead()
	{
		head.replaceChildren(...columns.map(column => {
			const button = element("button", { type: "button", textContent: column.name, title: column.help ?? "" }), isSorted = sort.replace(/^-/, "") === column.name;
			button.onclick = () => {
				const next = (isSorted ? !sort.startsWith("-") : isNumber(column)) ? "-" + column.name : column.name;
				if (options.onSort)
					return options.onSort(next);
				sort = next;
				fill();
			};
			const th = element("th", { className: classOf(column, isNumber(column)), scope: "col" }, button);
			if (isSorted)
				th.setAttribute("aria-sort", sort.startsWith("-") ? "descending" : "ascending");
			return th;
		}));
		widths.replaceChildren(...columns.map(c => {
			const col = element("col", { className: classOf(c, false) });
			col.style.width = c.width ?? "auto";
			return col;
		}));
	}

	const common = (column, list) => list.every(r => column.of(r) === column.of(list[0])) ? column.of(list[0]) : null;
	const valueOf = (column, entry) => entry.rows ? (column.ofGroup ? column.ofGroup(entry.rows, entry) : common(column, entry.rows)) : column.of(entry.row);
	function sorted(entries)
	{
		const column = columns.find(c => c.name === sort.replace(/^-/, "")), isFalling = sort.startsWith("-");
		if (!column)
			return entries;
		const values = new Map(entries.map(e => [e, valueOf(column, e)]));
		return [...entries].sort((a, b) => {
			const x = values.get(a) ?? null, y = values.get(b) ?? null;
			if (x === null || y === null)
				return (x === null) - (y === null);
			const order = typeof x === "number" && typeof y === "number" ? x - y : String(x).localeCompare(String(y), "en", { numeric: true });
			return isFalling ? -order : order;
		});
	}
	/* Groups of several rows, and the rows that are in none. */
	function entriesOf(list)
	{
		if (!keyOf)
			return list.map(row => ({ row }));
		const groups = new Map();
		for (const row of list) {
			const key = keyOf(row);
			(groups.get(key) ?? groups.set(key, []).get(key)).push(row);
		}
		return [...groups].map(([key, inner]) => inner.length > 1 ? { key, rows: inner } : { row: inner[0] });
	}

	function cell(column, entry, isFirst)
	{
		const value = valueOf(column, entry);
		const text = entry.rows ? (column.formatGroup ? column.formatGroup(value, entry.rows) : value === null ? "" : (column.format ?? format.text)(value, entry.rows[0]))
			: (column.format ?? format.text)(value, entry.row);
		const td = element("td", { className: classOf(column, typeof value === "number") });
		if (column.words || isFirst)
			td.title = format.short(text, 1000);
		if (column.bar && value != null) {
			const bar = element("span", { className: "bar" }, element("span"));
			bar.firstChild.style.width = 100 * value + "%";
			td.append(bar);
		}
		const words = element("bdi", { textContent: text });
		td.append(isFirst && (entry.rows || options.choose) ? opener(entry, words) : words);
		if (column.below && !entry.rows)
			td.append(element("span", { className: "beside" }, element("bdi", { textContent: column.below(entry.row) })));
		return td;
	}
	/* What opens and closes a row, by a key as well. */
	function opener(entry, words)
	{
		const isOpen = entry.rows ? openGroups.has(entry.key) : !!options.isOpen?.(entry.row);
		const button = element("button", { type: "button", className: "opener" + (entry.rows ? " many" : "") }, words);
		if (entry.rows || options.isOpen)
			button.setAttribute("aria-expanded", isOpen);
		return button;
	}
	function toggle(entry)
	{
		if (!entry.rows)
			return options.choose(entry.row);
		if (!openGroups.delete(entry.key))
			openGroups.set(entry.key, INNER_SHOWN);
		fill();
	}
	function line(entry, isInner)
	{
		const row = entry.row ?? entry.rows[0], isFaint = (entry.rows ?? [row]).every(r => options.faint?.(r));
		const tr = element("tr", { className: [isInner && "inner", entry.rows && "many", options.mark?.(row) ? "marked" : isFaint && "faint",
			!entry.rows && options.isOpen?.(row) && "chosen"].filter(Boolean).join(" ") }, ...columns.map((c, i) => cell(c, entry, i === 0)));
		if (entry.rows || options.choose) {
			tr.classList.add("can-choose");
			tr.onclick = () => { if (String(getSelection()) === "") toggle(entry); };
		}
		return tr;
	}
	/* Of the columns that there is room for: more would be columns of their own. */
	const span = () => isWhole ? columns.length : [...head.children].filter(th => getComputedStyle(th).display !== "none").length;
	function moreLine(key, left)
	{
		const button = element("button", { type: "button", className: "small", textContent: "show " + format.number(Math.min(ROWS_MORE, left)) + " more of " + format.number(left) });
		button.onclick = () => { openGroups.set(key, openGroups.get(key) + ROWS_MORE); fill(); };
		return element("tr", { className: "inner" }, element("td", { colSpan: span() }, button));
	}
	function detailLine(row)
	{
		return element("tr", { className: "detail" }, element("td", { colSpan: span() }, options.detail(row)));
	}
	function lines(entry)
	{
		const list = [line(entry, false)];
		if (!entry.rows)
			return options.isOpen?.(entry.row) ? list.concat(detailLine(entry.row)) : list;
		if (!isWhole && !openGroups.has(entry.key))
			return list;
		const inner = sorted(entry.rows.map(row => ({ row }))), most = isWhole ? inner.length : openGroups.get(entry.key);
		inner.slice(0, most).forEach(e => {
			list.push(line(e, true));
			if (options.isOpen?.(e.row))
				list.push(detailLine(e.row));
		});
		return inner.length > most ? list.concat(moreLine(entry.key, inner.length - most)) : list;
	}
	function fill()
	{
		const entries = sorted(entriesOf(rows)), focused = body.contains(document.activeElement) ? [...body.querySelectorAll("button")].indexOf(document.activeElement) : -1;
		setHead();
		framed.hidden = !rows.length;
		body.replaceChildren(...entries.slice(0, isWhole ? undefined : shown).flatMap(lines));
		body.querySelectorAll("button")[focused]?.focus({ preventScroll: true });
		const isGathered = keyOf && entries.length < rows.length;
		const what = isGathered ? `${format.number(entries.length)} rows of ${format.number(rows.length)}` : format.number(entries.length);
		count.textContent = !rows.length ? options.none ?? "Nothing to show." : entries.length > shown && !isWhole ? `${shown} of ${what}` : isGathered ? what : "";
		more.hidden = isWhole || entries.length <= shown;
		more.textContent = "show " + Math.min(ROWS_MORE, entries.length - shown) + " more";
	}
	matchMedia(NARROW).addEventListener("change", () => fill());
	/* On paper all rows are there. */
	addEventListener("beforeprint", () => { isWhole = true; fill(); });
	addEventListener("afterprint", () => { isWhole = false; fill(); });

	return {
		/* next: {rows, columns, sort, keyOf(row): what the rows of one group share} */
		show(next)
		{
			rows = next.rows;
			columns = next.columns.filter(c => c.isNeeded || c.name === (next.sort ?? sort).replace(/^-/, "") || rows.some(r => (c.of(r) ?? "") !== ""));
			sort = next.sort ?? sort;
			keyOf = next.keyOf ?? null;
			fill();
		},
		/* Open the group that the row is in, and show so many rows that it is there. */
		reveal(row)
		{
			const entries = sorted(entriesOf(rows)), place = entries.findIndex(e => e.row === row || e.rows?.includes(row)), entry = entries[place];
			if (!entry)
				return;
			shown = Math.max(shown, place + 1);
			if (entry.rows) {
				const inner = sorted(entry.rows.map(r => ({ row: r }))).findIndex(e => e.row === row);
				openGroups.set(entry.key, Math.max(openGroups.get(entry.key) ?? INNER_SHOWN, inner + 1));
			}
			fill();
		},
		place,
	};
}
