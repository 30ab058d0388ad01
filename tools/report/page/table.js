/* Tables that sort by a click on a column's head and filter by words. */
const ROWS_SHOWN = 500;

/* columns: {name, of(row), format(value, row), words}; of gives what is sorted by, format what is shown. */
function table(place, rows, columns, options = {}) {
  let sorted = options.sort ?? -1, descending = !options.ascending, words = [];
  const head = element("tr"), body = element("tbody"), more = element("p", { className: "hint" });
  const filter = element("input", { type: "search", className: "filter", placeholder: "filter: user, class, node \u2026" });
  const shown = (column, row) => (column.format ?? format.text)(column.of(row), row);

  columns.forEach((column, i) => {
    const button = element("button", { type: "button", textContent: column.name });
    button.onclick = () => { descending = sorted === i ? !descending : isNumber(column); sorted = i; fill(); };
    head.append(element("th", { className: isNumber(column) ? "number" : "" }, button));
  });
  filter.oninput = () => { words = filter.value.toLowerCase().split(/\s+/).filter(Boolean); fill(); };

  function isNumber(column) { return rows.length > 0 && rows.every(r => column.of(r) == null || typeof column.of(r) === "number"); }
  function compare(a, b) {
    const x = columns[sorted].of(a), y = columns[sorted].of(b);
    if (x == null || y == null) return (x == null) - (y == null);
    const order = typeof x === "number" && typeof y === "number" ? x - y : String(x).localeCompare(String(y));
    return descending ? -order : order;
  }
  function fill() {
    let list = rows;
    if (words.length) list = list.filter(row => {
      const text = columns.map(c => shown(c, row)).join(" ").toLowerCase();
      return words.every(word => text.includes(word));
    });
    if (sorted >= 0) list = [...list].sort(compare);
    [...head.children].forEach((th, i) => i === sorted
      ? th.setAttribute("aria-sort", descending ? "descending" : "ascending") : th.removeAttribute("aria-sort"));
    body.replaceChildren(...list.slice(0, ROWS_SHOWN).map(row => {
      const tr = element("tr", {}, ...columns.map(c => {
        const text = shown(c, row);
        return element("td", { textContent: text, title: text,
          className: c.words ? "words" : typeof c.of(row) === "number" ? "number" : "" });
      }));
      if (options.choose) {
        tr.className = "can-choose";
        tr.tabIndex = 0;
        const choose = () => { body.querySelector(".chosen")?.classList.remove("chosen"); tr.classList.add("chosen"); options.choose(row); };
        tr.onclick = choose;
        tr.onkeydown = event => { if (event.key === "Enter") choose(); };
      }
      return tr;
    }));
    more.textContent = list.length > ROWS_SHOWN ? "the first " + ROWS_SHOWN + " of " + list.length + "; filter for the others" :
      list.length === 0 ? (rows.length ? "no row has all these words" : options.none ?? "nothing to show") : "";
  }
  fill();
  place.replaceChildren(...(rows.length > 5 ? [filter] : []),
    ...(rows.length ? [element("div", { className: "scroll" }, element("table", {}, element("thead", {}, head), body))] : []), more);
}
