/*
 * Runs in a block of its own inside the report's page, as a person would use it, and leaves TAP in
 * the document, where the test reads it.  JOBS_HIGH is how many outliers the
 * test planted, HOSTILE a user's name that is markup.
 */
const tap = [], errors = [];
const ok = (passed, name) => tap.push((passed ? "ok " : "not ok ") + (tap.length + 1) + " - " + name);
const rows = id => [...document.querySelectorAll("#" + id + " tbody tr")];
const cells = (id, column) => {
  const heads = [...document.querySelectorAll("#" + id + " th")].map(th => th.textContent.trim());
  return rows(id).map(tr => tr.cells[heads.indexOf(column)].textContent);
};
const sort = (id, column) => [...document.querySelectorAll("#" + id + " th button")].find(b => b.textContent === column).click();
const numbers = list => list.map(parseFloat);
const isFalling = list => list.every((v, i) => i === 0 || v <= list[i - 1]);
const dots = figure => [...document.querySelectorAll("#" + figure + " > svg .dot")];
/* An event made by a script has no pointer that could be captured. */
SVGElement.prototype.setPointerCapture = () => {};

function drag(svg, from, to) {
  const at = ([x, y]) => ({ clientX: x, clientY: y, button: 0, bubbles: true, pointerId: 1 });
  svg.dispatchEvent(new PointerEvent("pointerdown", at(from)));
  svg.dispatchEvent(new PointerEvent("pointermove", at(to)));
  svg.dispatchEvent(new PointerEvent("pointerup", at(to)));
}

function walk() {
  ok(rows("findings").length === JOBS_HIGH, "every planted outlier is a finding: " + rows("findings").length);
  const ofRow = tr => data.findings.find(f => f.job === tr.cells[0].textContent);
  ok(isFalling(rows("findings").map(ofRow).map(weightOf)), "the costliest and surest comes first");
  ok(rows("findings").filter(tr => tr.classList.contains("faint")).length === 2 &&
    rows("findings").every(tr => tr.classList.contains("faint") !== ofRow(tr).is_certain), "what is high but not certain is marked: " + cells("findings", "certain"));
  const rare = cells("findings", "how rare");
  ok(["1 in 2,000", "1 of 3 before", "< 1 in 1,000,000"].every(text => rare.includes(text)), "how rare each is stands beside it: " + rare);
  sort("findings", "core-hours over");
  ok(isFalling(numbers(cells("findings", "core-hours over"))), "by cost alone on a click");
  sort("findings", "how rare");
  ok(isFalling(rows("findings").map(ofRow).map(certaintyOf)), "and by certainty");
  const why = cells("findings", "why");
  ok(why.filter(text => text === "did more work").length === JOBS_HIGH - 1 && why.filter(text => text === "waited").length === 1, "what each did is told in words: " + why);
  const processors = cells("findings", "CPU time");
  ok(why.every((text, i) => (text === "waited") === /^\(.*×\)$/.test(processors[i])) && cells("findings", "wall time").filter(text => /^[\d.]+×$/.test(text)).length === JOBS_HIGH - 1, "beside both metrics, what is normal in brackets: " + processors);
  ok(cells("findings", "what").filter(text => text === "wall time").length === JOBS_HIGH - 1, "the clock comes first: " + cells("findings", "what"));
  ok(cells("findings", "took").every((text, i) => / CPU$/.test(text) === (cells("findings", "what")[i] === "CPU time")), "and CPU time is not taken for it: " + cells("findings", "took"));
  sort("findings", "CPU time");
  ok(isFalling(rows("findings").map(ofRow).map(f => f.judged.cpu.ratio)), "which can be sorted by, too");
  ok(numbers(cells("findings", "score")).every(score => score > 1), "the score stands there as well");
  sort("findings", "job");
  ok(isFalling(cells("findings", "job").map(Number).reverse()), "a click on a head sorts");
  sort("findings", "job");
  ok(isFalling(cells("findings", "job").map(Number)), "another turns it round");

  const filter = document.querySelector("#findings .filter");
  filter.value = "no-such-word";
  filter.dispatchEvent(new Event("input"));
  ok(rows("findings").length === 0, "a word that is nowhere filters all");
  filter.value = "";
  filter.dispatchEvent(new Event("input"));

  rows("findings")[0].click();
  const facts = document.getElementById("facts").textContent;
  ok(facts.includes("filter_words") && facts.includes("174"), "a finding leads to the job's facts: " + facts.slice(0, 60));
  ok(document.querySelector("#scatter .dot.chosen"), "and marks it in the plot");
  ok(location.hash === "#job=" + cells("findings", "job")[0], "and in the address: " + location.hash);
  ok(document.querySelector("#scatter .band"), "there is a band");
  ok(document.querySelector("#scatter .curve"), "and a line");
  ok(dots("scatter").length > 40, "jobs stand in the plot");
  ok(document.querySelectorAll("#calendar > svg .cell").length > 20, "how many there were when is a heatmap");
  ok(dots("calendar").length >= JOBS_HIGH - 1 && dots("calendar").every(d => d.step.verdict.wall !== "normal"), "with the outliers on it");
  document.querySelector("#calendar > svg .cell").dispatchEvent(new PointerEvent("pointerenter", { clientX: 100, clientY: 100 }));
  ok(/^\d+ jobs?, .* of what is expected/.test(document.getElementById("tip").textContent), "a cell tells its count: " + document.getElementById("tip").textContent);

  dots("scatter")[0].dispatchEvent(new PointerEvent("pointerenter", { clientX: 100, clientY: 100 }));
  ok(!document.getElementById("tip").hidden && document.getElementById("tip").textContent.includes(" for "), "a point names its job");

  const high = dots("scatter").filter(d => d.classList.contains("high")).map(d => d.getBoundingClientRect());
  const svg = document.querySelector("#scatter svg");
  drag(svg, [Math.min(...high.map(r => r.left)) - 4, Math.min(...high.map(r => r.top)) - 4],
    [Math.max(...high.map(r => r.right)) + 4, Math.max(...high.map(r => r.bottom)) + 4]);
  const differs = document.getElementById("differs").textContent;
  ok(/filter_words was 174/.test(differs), "selecting the outliers tells what differs: " + differs.slice(0, 120));
  ok(!/node was|state was/.test(differs), "and keeps silent on what does not");
  drag(svg, [0, 0], [1, 1]);
  ok(document.getElementById("differs").textContent.includes("Nothing is selected"), "an empty selection is none");

  const night = document.querySelector("#night svg"), all = rows("findings").length;
  ok(document.querySelectorAll("#night .cell").length > 1, "the night as a whole is a heatmap");
  const marks = [...night.querySelectorAll(".dot.high")].map(d => d.getBoundingClientRect());
  drag(night, [marks[0].left - 3, marks[0].top - 3], [marks[0].right + 3, marks[0].bottom + 3]);
  ok(rows("findings").length > 0 && rows("findings").length <= all, "a selection in it lists its findings alone: " + rows("findings").length);
  ok(/of 6 findings/.test(document.getElementById("night-selection").textContent), "and says how many: " + document.getElementById("night-selection").textContent.slice(0, 90));
  drag(night, [marks[0].left - 3, night.getBoundingClientRect().bottom - 40], [marks[0].right + 3, night.getBoundingClientRect().bottom - 30]);
  ok(rows("findings").length === 0, "where nothing was found there is none");
  document.querySelector("#night-selection button").click();
  ok(rows("findings").length === all, "and a click brings all back");

  ok(rows("moved").length === 1, "a group whose level moved is listed: " + rows("moved").length);
  ok(/1\.6× slower/.test(cells("moved", "level")[0]) && cells("moved", "since")[0] === "2026-10-15", "by how much, and since when: " + cells("moved", "level")[0] + " " + cells("moved", "since")[0]);
  ok(/filter_words was 99/.test(rows("moved")[0].textContent), "with what began with it: " + rows("moved")[0].cells[rows("moved")[0].cells.length - 1].textContent);
  rows("moved")[0].click();
  ok(document.getElementById("group-facts").textContent.includes("sort"), "it leads to its group");
  ok(/1\.6× since 2026-10-15/.test(document.querySelector("#calendar .drift-text")?.textContent), "where it is marked over time");
  rows("findings")[0].click();

  document.getElementById("metric-choice").value = "memory";
  document.getElementById("metric-choice").dispatchEvent(new Event("change"));
  ok(document.getElementById("scatter").textContent.includes("memory"), "the other metric is a choice away");

  ok(document.body.textContent.includes(HOSTILE), "a hostile name is text");
  rows("findings").find(tr => tr.textContent.includes("xxxx")).click();
  ok(document.getElementById("facts").textContent.includes("\\u202e\"'<i>" + "x".repeat(4000)), "so is one of 4 kB, with what would turn it shown");
  ok(!document.querySelector("i") && !document.body.textContent.includes("\u202e"), "and it turns nothing");
  ok(!window.attacked && !document.querySelector("img"), "and nothing else");
  ok(document.documentElement.scrollWidth <= innerWidth, "nothing is wider than the window");
  ok(at("advice").hidden, "where sizes are declared, nobody is told how");
  for (const s of group.steps) s.input_bytes = null;
  showGroup(data.groups.indexOf(group), "wall");
  ok(at("scatter").hidden && at("scatter-title").hidden, "a group without sizes has no plot by size");
  ok(document.querySelector("#calendar .cell") && !at("calendar").textContent.includes("at its size"), "it has the one over time");
  ok(errors.length === 0, "no errors " + errors.join("; "));
}

addEventListener("error", event => errors.push(event.message));
try { walk(); } catch (error) { ok(false, "the walk broke off: " + error.message); }
tap.push("1.." + tap.length);
document.body.replaceChildren(Object.assign(document.createElement("pre"), { id: "tap", textContent: tap.join("\n") }));
