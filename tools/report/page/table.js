/* Tables that sort by a click on a column's head and filter by words. */
const ROWS_SHOWN = 15, ROWS_MORE = 200;

/*
 * columns: {name, of(row), format(value, row), words, spare, minor, bar}; of gives what is sorted
 * by, format what is shown; spare ones are left out where there is less room, minor ones where
 * there is little, of a bar of(row) is its share.  Columns without anything in them are left out.  Returns {only(has)}, which shows the rows of which has(row) is true; null: all.
 */
function table(place, rows, allColumns, options = {}) {
  const columns = allColumns.filter(c => c.name === options.sort || rows.some(row => (c.of(row) ?? "") !== ""));
  let sorted = columns.findIndex(c => c.name === options.sort), descending = !options.ascending, words = [], has = null, shownCount = ROWS_SHOWN;
  const head = element("tr"), body = element("tbody");
  const count = element("span", { className: "hint" }), more = element("button", { type: "button", className: "more" });
  const filter = element("input", { type: "search", className: "filter", placeholder: "filter: user, class, node \u2026" });
  const shown = (column, row) => (column.format ?? format.text)(column.of(row), row);

  columns.forEach((column, i) => {
    const button = element("button", { type: "button", textContent: column.name });
    button.onclick = () => { descending = sorted === i ? !descending : isNumber(column); sorted = i; fill(); };
    head.append(element("th", { className: kind(column, isNumber(column)), scope: "col" }, button));
  });
  filter.setAttribute("aria-label", "filter");
  filter.oninput = () => { words = filter.value.toLowerCase().split(/\s+/).filter(Boolean); fill(); };
  more.onclick = () => { shownCount += ROWS_MORE; fill(); };

  function isNumber(column) { return rows.length > 0 && rows.every(r => column.of(r) == null || typeof column.of(r) === "number"); }
  function kind(column, number) {
    return (column.words ? "words " : column.bar ? "barred " : number ? "number " : "") + (column.minor ? "minor" : column.spare ? "minor spare" : "");
  }
  function compare(a, b) {
    const x = columns[sorted].of(a), y = columns[sorted].of(b);
    if (x == null || y == null) return (x == null) - (y == null);
    const order = typeof x === "number" && typeof y === "number" ? x - y : String(x).localeCompare(String(y));
    return descending ? -order : order;
  }
  function cell(column, row) {
    const text = shown(column, row), value = column.of(row);
    const td = element("td", { title: format.short(text, 1000), className: kind(column, typeof value === "number") });
    if (column.bar && value != null) {
      const bar = element("span", { className: "bar" }, element("span"));
      bar.firstChild.style.width = 100 * value + "%";
      td.append(bar);
    }
    td.append(element("bdi", { textContent: text }));
    return td;
  }
  function line(row) {
    const tr = element("tr", { className: options.mark?.(row) ? "marked" : options.faint?.(row) ? "faint" : "" }, ...columns.map(c => cell(c, row)));
    if (!options.choose) return tr;
    tr.classList.add("can-choose");
    tr.tabIndex = 0;
    const choose = () => { body.querySelector(".chosen")?.classList.remove("chosen"); tr.classList.add("chosen"); options.choose(row); };
    tr.onclick = choose;
    tr.onkeydown = event => { if (event.key === "Enter") choose(); };
    return tr;
  }
  function fill() {
    let list = has ? rows.filter(has) : rows;
    if (words.length) list = list.filter(row => {
      const text = columns.map(c => shown(c, row)).join(" ").toLowerCase();
      return words.every(word => text.includes(word));
    });
    if (sorted >= 0) list = [...list].sort(compare);
    [...head.children].forEach((th, i) => i === sorted
      ? th.setAttribute("aria-sort", descending ? "descending" : "ascending") : th.removeAttribute("aria-sort"));
    body.replaceChildren(...list.slice(0, shownCount).map(line));
    count.textContent = !rows.length ? options.none ?? "Nothing to show." : !list.length ? "No row is like that." :
      list.length > shownCount ? `${shownCount} of ${format.number(list.length)} rows` : list.length === rows.length ? "" : `${format.number(list.length)} of ${format.number(rows.length)} rows`;
    more.hidden = list.length <= shownCount;
    more.textContent = "show " + Math.min(ROWS_MORE, list.length - shownCount) + " more";
  }
  fill();
  place.replaceChildren(...(rows.length > 5 ? [filter] : []),
    ...(rows.length ? [element("div", { className: "scroll" }, element("table", {}, element("thead", {}, head), body))] : []),
    element("p", { className: "below" }, count, " ", more, ...(options.note ? [" ", element("span", { className: "hint", textContent: options.note })] : [])));
  return { only(next) { has = next; shownCount = ROWS_SHOWN; fill(); } };
}
