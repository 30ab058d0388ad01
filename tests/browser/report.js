/*
 * Walks through the report as a person would, and prints TAP: report.js PAGE QUIET AXE, of a night
 * with findings and one without, and with the name of a user that is markup in HOSTILE.
 */
"use strict";
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const { Browser } = require("./browser.js");

const [page, quiet, axe] = process.argv.slice(2), HOSTILE = process.env.HOSTILE, JOBS_HIGH = 6;
let count = 0, browser;
function ok(passed, name)
{
	console.log(`${passed ? "ok" : "not ok"} ${++count} - ${name}`.replace(/\n/g, " "));
}
const run = (code, ...given) => browser.run(code, ...given);
/* The first of what the selector finds, or what a function finds, in the middle of the window: its place. */
const placeOf = selector => run(s => {
	const e = document.querySelector(s);
	e.scrollIntoView({ block: "center" });
	const r = e.getBoundingClientRect();
	return { x: r.left + Math.min(r.width / 2, 30), y: r.top + r.height / 2 };
}, selector);
async function click(selector)
{
	const { x, y } = await placeOf(selector);
	await browser.click(x, y);
}
const text = selector => run(s => document.querySelector(s)?.textContent ?? "", selector);
const rows = id => run(id => [...document.querySelectorAll(`#${id} tbody tr:not(.detail)`)].map(tr => [...tr.cells].map(td => td.textContent)), id);
const cells = (id, column) => run((id, column) => {
	const heads = [...document.querySelectorAll(`#${id} th`)].map(th => th.textContent.trim());
	return [...document.querySelectorAll(`#${id} tbody tr:not(.detail)`)].map(tr => tr.cells[heads.indexOf(column)].textContent);
}, id, column);
const sort = (id, column) => run((id, column) => [...document.querySelectorAll(`#${id} th button`)].find(b => b.textContent === column).click(), id, column);
const isFalling = list => list.every((v, i) => i === 0 || v <= list[i - 1]);
const numbers = list => list.map(parseFloat);
async function choose(id, value)
{
	await run((id, value) => {
		const select = document.getElementById(id);
		select.value = value;
		select.dispatchEvent(new Event("change"));
	}, id, value);
}
async function filter(value)
{
	await click("#filter");
	await run(() => at("filter").select());
	await browser.press("Delete");
	if (value)
		await browser.type(value);
	else
		await run(() => go({ q: "" }));
}
const state = () => run(() => location.hash);
/* Where a dot or the corner of an area is in the window. */
const spot = (id, of, value) => run((id, of, value) => {
	const place = document.getElementById(id), { u, dots } = place.chart, d = of === "dot" ? dots[value] : { x: value[0], y: value[1] };
	place.scrollIntoView({ block: "center" });
	const r = u.over.getBoundingClientRect();
	return [r.left + u.valToPos(d.x, "x"), r.top + u.valToPos(d.y, "y")];
}, id, of, value);
const dots = (id, what = d => d.sign) => run(`document.getElementById("${id}").chart.dots.map(${what})`);
/* The color of the canvas at a dot. */
const inkAt = (id, index) => run((id, index) => {
	const { u, dots } = document.getElementById(id).chart, d = dots[index];
	return [...u.ctx.getImageData(u.valToPos(d.x, "x", true), u.valToPos(d.y, "y", true), 1, 1).data].slice(0, 3).join();
}, id, index);
async function violations(what)
{
	await run(fs.readFileSync(axe, "utf8") + ";0");
	const found = await run(async () => (await axe.run()).violations.map(v => v.id + ": " + v.nodes.map(n => n.target.join(" ")).slice(0, 3).join(", ")));
	ok(found.length === 0, "axe-core finds nothing wrong with " + what + " " + found.join("; "));
}

async function findings()
{
	let list = await rows("findings");
	ok(list.length === 2, "a row for each class and cause: " + list.map(r => r[0]).join("; "));
	ok(/^align: 5 jobs of .*<img.* since [A-Z\d]/.test(list[0][0]), "which says how many, whose, and since when: " + list[0][0]);
	ok(list[0][1] === "did more work" && list[1][1] === "waited", "and what they did");
	await click("#findings button.opener.many");
	list = await rows("findings");
	ok(list.length === JOBS_HIGH + 1, "it opens to its jobs: " + list.length);
	await click("#findings button.opener.many");
	ok((await rows("findings")).length === 2, "and closes");
	await run(() => document.querySelector("#findings button.opener.many").focus());
	await browser.press("Enter");
	ok((await rows("findings")).length === JOBS_HIGH + 1, "by a key as well");
	ok(await run(() => document.activeElement.matches("button.opener.many")), "and stays there");

	await choose("by", "");
	ok(await state() === "#by=", "what makes a row is in the address: " + await state());
	ok((await rows("findings")).length === JOBS_HIGH, "every planted outlier is a finding");
	ok(isFalling(numbers(await cells("findings", "weight"))), "the weightiest first: " + await cells("findings", "weight"));
	const faint = await run(() => [...document.querySelectorAll("#findings tr.faint td:first-child button")].map(b => b.textContent).sort().join());
	ok(faint === "1120,1121", "what is high but not certain is faint: " + faint);
	const odds = await cells("findings", "odds");
	ok(["1 in 2,000", "1 of 3 before", "< 1 in 1,000,000"].every(t => odds.includes(t)), "how rare each is: " + odds);
	const why = await cells("findings", "why"), time = await cells("findings", "time"), cpu = await cells("findings", "CPU");
	ok(why.every((t, i) => (t === "waited") === /^\(.*\u00d7\)$/.test(cpu[i])), "what is normal is in brackets: " + cpu);
	ok(time.filter(t => /^[\d.]+\u00d7$/.test(t)).length === JOBS_HIGH - 1, "of the time as well: " + time);
	const took = await cells("findings", "took"), upTo = await cells("findings", "normal up to");
	ok(took.filter(t => / CPU$/.test(t)).length === 1 && upTo.every(t => /^\d/.test(t)), "CPU time is not taken for time, and what is normal stands beside: " + took + "; " + upTo);
	await sort("findings", "core-hours over");
	ok(isFalling(numbers(await cells("findings", "core-hours over"))), "by cost alone on a click");
	ok(/sort=-core-hours\+over/.test(await state()), "which is in the address: " + await state());
	await sort("findings", "core-hours over");
	ok(isFalling(numbers(await cells("findings", "core-hours over")).reverse()), "another turns it round");
	await run(() => history.back());
	await run(() => new Promise(r => setTimeout(r)));
	ok(isFalling(numbers(await cells("findings", "core-hours over"))), "and back goes back");

	await choose("by", "filter_words");
	ok((await cells("findings", "finding"))[0].startsWith("174: 6 jobs"), "what jobs declared makes rows, too: " + (await cells("findings", "finding")).join("; "));
	await run(() => go({ by: "class,why", sort: "-weight" }));
}

async function filters()
{
	await filter("no-such-word");
	ok((await rows("findings")).length === 0, "a word that is nowhere leaves none");
	await filter("class:al* -why:waited core_hours>0 wall_ratio>2x job:1120,1121");
	ok((await rows("findings"))[0][0].includes(": 2 jobs"), "a filter of names, comparisons and several values: " + (await rows("findings")).join());
	ok(/2 of 6 findings/.test(await text("#shown")), "says how many it leaves");
	ok((await state()).startsWith("#q=class:al*"), "and is in the address: " + await state());
	await run(() => history.back());
	await run(() => new Promise(r => setTimeout(r)));
	ok(await run(() => at("filter").value === "" || document.activeElement === at("filter")) && !(await state()).includes("wall_ratio%3E"), "back takes the whole of it back: " + await state());
	await filter("usr:alice");
	ok(await text("#wrong") === 'there is no column "usr".', "what is wrong is said: " + await text("#wrong"));
	ok((await rows("findings")).length >= 2, "and nothing hidden for it");
	for (const wrong of ["wall_s/>1", "ratio>", "constructor>1", "__proto__:x", "wall_s.constructor>1", "max(1>0", "40X<input", "alert(1)>0"]) {
		await filter(wrong);
		ok(await run(() => !at("wrong").hidden), `'${wrong}' is refused: ` + await text("#wrong"));
	}
	await filter("");
	await run(() => {
		at("add").value = "pace = duration / (input / 1G); node";
		at("add").dispatchEvent(new Event("change"));
	});
	ok((await cells("findings", "pace"))[0].startsWith("~ "), "a computed column stands in the table: " + await cells("findings", "pace"));
	await filter("pace>1240s filter_words=174");
	ok(/^[1-5] of 6 findings/.test(await text("#shown")), "is filtered by: " + await text("#shown"));
	await choose("y", "pace");
	ok(await run(() => at("jobs-plot").chart.cells.length > 1 && at("jobs-plot").chart.plot.name === "All jobs: pace by end"), "and its heatmap drawn");
	await choose("x", "node");
	ok(await run(() => at("jobs-plot").chart.plot.x.names.length >= 2), "by a name as well");
	await choose("by", "node");
	ok((await dots("jobs-plot", d => d.color)).some(c => c === "--g0"), "in the colours of what makes a row");
	const address = await state();
	await browser.open("about:blank");
	await browser.open("file://" + page + address);
	ok((await cells("findings", "pace")).length > 0 && await run(() => at("filter").value) === "pace>1240s filter_words=174", "the address has it all: " + address);
	await run(() => go({ ...defaults }));

	const values = await run(() => ["1+2*3", "-2^2", "2^3^2", "(1+2)*3", "10-4-3", "sqrt(16)/max(1,2)", "1min", "40G", "1/0", '"filter_words"'].map(t => compile(t).of(data.findings[0])));
	ok(JSON.stringify(values) === "[7,-4,512,9,3,2,60,42949672960,null,174]", "expressions are computed as ever: " + JSON.stringify(values));
	const kindsOf = await run(() => ["wall_s/input_bytes", "wall_s/cpu_s", "2*wall_s", "end-start", "wall_s+cpu_s", "class", "wall_s/(input/1G)"].map(t => compile(t).kind));
	ok(kindsOf.join() === "number,ratio,seconds,seconds,seconds,text,seconds", "and are of a kind: " + kindsOf);
	const csv = await run(() => csvOf([{ ...data.findings[0], user: '=cmd|"x"', class: "a,b\n" }]).split("\r\n"));
	ok(csv[0].startsWith("job,user,partition,class,node,state,cpus,start,end,"), "CSV has the names of list: " + csv[0].slice(0, 60));
	ok(csv[1].includes('"\'=cmd|""x"""') && csv.join().includes('"a,b\n"'), "and no formulas: " + csv[1].slice(0, 60));
	const saved = fs.mkdtempSync(path.join(os.tmpdir(), "saved-"));
	await browser.send("Browser.setDownloadBehavior", { behavior: "allow", downloadPath: saved, eventsEnabled: true });
	const done = browser.wait("Browser.downloadProgress");
	await click("#csv");
	await done;
	for (let tries = 0; tries < 200 && !fs.existsSync(path.join(saved, "findings.csv")); tries++)
		await run(() => new Promise(r => setTimeout(r, 20)));
	ok(fs.existsSync(path.join(saved, "findings.csv")) && fs.readFileSync(path.join(saved, "findings.csv"), "utf8").split("\r\n").length === JOBS_HIGH + 2, "the button saves what is shown");
	fs.rmSync(saved, { recursive: true });
}

async function opened()
{
	await click("#findings button.opener.many");
	await click("#findings tr.inner button.opener");
	const facts = await text("#findings .opened");
	ok(/174/.test(facts) && /normal up to/.test(facts) && /sjoboutliers show 1\d+/.test(facts), "a job opens to its facts: " + facts.slice(0, 80));
	ok(/^#job=1\d+$/.test(await state()), "and is in the address: " + await state());
	const link = await run(() => [...document.querySelectorAll(".opened .links a")].map(a => a.getAttribute("href")));
	ok(link.length === 1 && /^https:\/\/grafana\.example\.org\/d\/job\?var-job=1\d+&user=%3Cimg%20src%3Dx%20onerror%3Dwindow\.attacked%3D1%3E&to=\d{13}$/.test(link[0]), "links go out, with names escaped, where all is known: " + link);
	const evil = await run(() => ["javascript:alert({job})", "data:text/html,{job}", "//{job}"].map(a => linkFor(a, data.findings[0])));
	ok(evil.every(href => href === null), "and to the web alone");
	ok(await run(() => document.querySelector(".opened").contains(at("sizes"))), "its group's plots are beside it");
	ok(await run(() => at("sizes").chart.plot.band.length > 1 && at("sizes").chart.plot.curve.length > 1), "with a band and a line");
	ok((await dots("sizes")).length > 40, "and its jobs");
	ok(await run(() => at("times").chart.cells.length > 20), "how many there were when is a heatmap");
	const high = (await dots("sizes")).lastIndexOf("high"), normal = (await dots("sizes")).lastIndexOf("");
	ok(await inkAt("sizes", high) !== await inkAt("sizes", normal), "drawn in colours: " + await inkAt("sizes", high) + " and " + await inkAt("sizes", normal));

	await browser.mouse("mouseMoved", ...await spot("sizes", "dot", high));
	ok(await run(() => !at("tip").hidden) && / for .*[KMGT]iB/.test(await text("#tip")), "a point under the mouse tells its job: " + await text("#tip"));
	await browser.click(...await spot("sizes", "dot", high));
	ok(/dot=1\d+/.test(await state()) && /Job 1\d+/.test(await text("#facts-title")), "a click opens its facts: " + await text("#facts-title"));
	await run(() => at("sizes").querySelector(".plot").focus());
	await browser.press("ArrowRight");
	const before = await text("#tip");
	await browser.press("ArrowRight");
	ok(before !== "" && before !== await text("#tip"), "arrow keys go from point to point: " + before);
	const zoom = () => run(() => { const { x } = at("sizes").chart.u.scales; return x.max / x.min; }), whole = await zoom();
	await browser.press("+");
	ok(await zoom() < whole, "a key zooms in");
	await browser.press("0");
	ok(Math.abs(await zoom() / whole - 1) < 1e-9, "and out again");
	await browser.press("Enter");
	ok(/dot=1\d+/.test(await state()), "another opens the job");

	const area = await run(() => {
		const list = at("sizes").chart.dots.filter(d => d.sign === "high");
		return [Math.min(...list.map(d => d.x)) / 1.03, Math.min(...list.map(d => d.y)) / 1.05, Math.max(...list.map(d => d.x)) * 1.03, Math.max(...list.map(d => d.y)) * 1.05];
	});
	await browser.drag(await spot("sizes", "at", [area[0], area[3]]), await spot("sizes", "at", [area[2], area[1]]));
	const differs = await text("#differs");
	ok(/filter_words was 174/.test(differs) && !/node was|state was/.test(differs), "dragging over the outliers tells what differs, and no more: " + differs.slice(0, 120));
	ok(/pick=size,/.test(await state()), "and is in the address: " + await state());
	const address = await state();
	await run(() => at("sizes").querySelector(".buttons button").click());
	ok(await zoom() < whole, "a button zooms there");
	await run(() => history.back());
	await run(() => new Promise(r => setTimeout(r)));
	ok(!/pick=/.test(await state()) && /Drag over/.test(await text("#differs")), "back takes it back");
	await browser.open("about:blank");
	await browser.open("file://" + page + address);
	ok(/filter_words was 174/.test(await text("#differs")), "the address brings it again");
	await choose("metric-choice", "memory");
	ok(/memory by input size/i.test(await text("#sizes-title")), "the other metric is a choice away");
	await choose("metric-choice", "cpus");
	ok(/cpus over time/i.test(await text("#times-title")), "as any other column is");
	await click("#findings tr.chosen button.opener");
	ok(await run(() => !document.querySelector(".opened") && at("group").contains(at("sizes"))), "closed, the plots are back in their place");
}

async function others()
{
	await run(() => go({ ...defaults }));
	const all = (await rows("findings")).length, high = (await dots("jobs-plot")).indexOf("high");
	ok(await run(() => at("jobs-plot").chart.cells.length > 1), "all jobs are a heatmap");
	await browser.mouse("mouseMoved", ...await run(() => {
		const { u, cells } = at("jobs-plot").chart, c = cells[0];
		at("jobs-plot").scrollIntoView({ block: "center" });
		const r = u.over.getBoundingClientRect();
		return [r.left + u.valToPos((c.x[0] + c.x[1]) / 2, "x"), r.top + u.valToPos(Math.sqrt(c.y[0] * c.y[1]), "y")];
	}));
	ok(/^\d+ jobs?, .* of what is expected/.test(await text("#tip")), "a cell tells its count: " + await text("#tip"));
	const [x, y] = await spot("jobs-plot", "dot", high);
	await browser.drag([x - 8, y - 8], [x + 8, y + 8]);
	ok(/of 6 findings, of what is chosen/.test(await text("#shown")) && (await rows("findings")).length >= 1, "what is chosen in it is listed alone: " + await text("#shown"));
	ok(/area=/.test(await state()), "and in the address: " + await state());
	await click("#clear");
	ok((await rows("findings")).length === all, "a click brings all back");
	await browser.click(x + 60, y);

	const moved = await rows("moved");
	ok(moved.length === 1 && /1\.6\u00d7 slower/.test(moved[0].join()) && moved[0].includes("2026-10-15"), "a group whose level moved, by how much and since when: " + moved.join());
	ok(/filter_words was 99/.test(moved[0].at(-1)), "with what began with it: " + moved[0].at(-1));
	await click("#moved button.opener");
	ok(/sort/.test(await text("#group-facts")), "it leads to its group");
	ok(/1\.6\u00d7 since 2026-10-15/.test(await run(() => at("times").chart.plot.marks[0].text)), "where it is marked over time");
	await run(() => {
		for (const s of groupShown().steps)
			s.input_bytes = null;
		drawn.group = "";
		render();
	});
	ok(await run(() => at("sizes").hidden && !at("times").textContent.includes("at its size")), "a group without sizes has no plot by size");

	ok(await run(h => document.body.textContent.includes(h), HOSTILE), "a hostile name is text");
	await run(() => go({ ...defaults, by: "", job: data.findings.find(f => f.node.includes("xxxx")).job }));
	ok(await run(() => document.querySelector(".opened").textContent.includes("\\u202e\"'<i>" + "x".repeat(4000))), "so is one of 4 kB, with what would turn it shown");
	ok(await run(() => !document.querySelector("i, img") && !window.attacked && !document.body.textContent.includes("\u202e")), "and it does nothing");
	await run(() => {
		const script = document.createElement("script");
		script.textContent = "window.attacked = 2";
		document.body.append(script);
		document.body.insertAdjacentHTML("beforeend", "<p style='color: red' onclick='window.attacked = 3'>x</p>");
		document.body.lastElementChild.click();
	});
	ok(await run(() => !window.attacked), "nor would a script that came in with one");
	browser.errors = browser.errors.filter(e => !/Content Security Policy/.test(e));
	ok(await run(() => at("advice").hidden), "where sizes are declared, nobody is told how");
}

async function screens()
{
	for (const width of [1300, 1280, 400]) {
		await browser.size(width, 900);
		await browser.open("file://" + page + "#by=");
		await click("#findings button.opener");
		ok(await run(() => document.documentElement.scrollWidth <= innerWidth && [...document.querySelectorAll("#findings .scroll, #findings .opened")].every(e => e.scrollWidth <= e.clientWidth + 1)), `nothing is wider than ${width} pixels`);
		await violations(`the page at ${width} pixels`);
	}
	await browser.send("Emulation.setEmulatedMedia", { features: [{ name: "prefers-color-scheme", value: "dark" }] });
	await browser.size(1300, 900);
	await browser.open("file://" + page);
	await run(() => at("names").open = true);
	await violations("the dark page");

	await run(() => go({ by: "class,why", job: "" }));
	await run(() => dispatchEvent(new Event("beforeprint")));
	ok((await rows("findings")).length === JOBS_HIGH + 1 && await run(() => color("--ground")) === "#fff", "on paper all findings are there, and it is white");
	await run(() => dispatchEvent(new Event("afterprint")));
	ok((await rows("findings")).length < JOBS_HIGH + 1 && await run(() => color("--ground")) !== "#fff", "and not afterwards");
	ok(browser.errors.length === 0, "no errors " + browser.errors.join("; "));
	ok(browser.refused.length === 0, "nothing was asked for from anywhere " + browser.refused.join());

	await browser.open("file://" + quiet);
	ok(/No job was out of the normal/.test(await text("#findings .below")) && /No job was judged/.test(await text("#jobs-plot")), "a quiet night says so");
	await violations("its page");
	ok(browser.errors.length === 0, "nor errors " + browser.errors.join("; "));

	await browser.send("Emulation.setScriptExecutionDisabled", { value: true });
	await browser.open("file://" + page);
	const { root } = await browser.send("DOM.getDocument", { depth: -1 });
	const seen = async selector => (await browser.send("DOM.querySelectorAll", { nodeId: root.nodeId, selector })).nodeIds;
	ok((await seen("noscript tbody tr")).length === JOBS_HIGH, "without scripts the findings are a table");
	const first = await browser.send("DOM.getOuterHTML", { nodeId: (await seen("noscript tbody tr"))[0] });
	ok(/&lt;img src=x/.test(first.outerHTML) && /<td>did more work/.test(first.outerHTML), "with names as text");
	const box = async selector => (await browser.send("DOM.getBoxModel", { nodeId: (await seen(selector))[0] }).catch(() => null))?.model.height ?? 0;
	ok(await box("noscript table") > 50 && await box("#jobs") === 0 && await box("#filter") === 0, "and what needs scripts is not there");
}

(async () => {
	browser = await Browser.start();
	try {
		await browser.size(1300, 900);
		await browser.open("file://" + page);
		await findings();
		await filters();
		await opened();
		await others();
		await screens();
	} catch (error) {
		ok(false, "the walk broke off: " + error.stack);
	}
	await browser.stop();
	console.log("1.." + count);
})();
