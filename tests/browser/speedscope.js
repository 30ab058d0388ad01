/*
 * Has speedscope read a file of folded stacks, and prints what it shows: of each function the samples
 * of its whole time, those of its own, and its name.  speedscope.js FOLDER FILE, where npm has put
 * speedscope into FOLDER.
 */
"use strict";
const fs = require("node:fs");
const path = require("node:path");
const { Browser } = require("./browser.js");

const [folder, file] = process.argv.slice(2), script = path.join(folder, "profile.js");

(async () => {
	const browser = await Browser.start();
	try {
		/* As its own command does. */
		fs.writeFileSync(script, `speedscope.loadFileFromBase64(${JSON.stringify(path.basename(file))}, "${fs.readFileSync(file).toString("base64")}")`);
		await browser.open(`file://${folder}/node_modules/speedscope/dist/release/index.html#localProfilePath=${script}`);
		/* The list of all functions. */
		for (let rows = []; ; await new Promise(resolve => setTimeout(resolve, 50))) {
			await browser.press("3");
			rows = await browser.run(() => [...document.querySelectorAll("table tr")].map(tr => [...tr.cells].map(td => td.textContent)));
			if (rows.length > 1) {
				const found = rows.slice(1).map(([total, self, name]) => [parseInt(total), parseInt(self), name]);
				/* Of equal ones the order is nobody's. */
				found.sort((a, b) => b[1] - a[1] || b[0] - a[0] || (a[2] < b[2] ? -1 : 1));
				console.log([...found.map(row => row.join(" ")), ...browser.errors].join("\n"));
				return;
			}
		}
	} finally {
		await browser.stop();
	}
})().catch(error => {
	console.error(error);
	process.exitCode = 1;
});
