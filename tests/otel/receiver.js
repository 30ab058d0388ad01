// SPDX-License-Identifier: GPL-2.0-or-later
// A receiver that nobody here wrote: node receiver.js MODULES FOLDER PORT; FOLDER/ready is there once
// it answers.
const fs = require("fs");
const [modules, folder, port] = process.argv.slice(2);
const genkit = require("module").createRequire(`${modules}/`)("@genkit-ai/telemetry-server");
const roots = { storeRoot: folder, indexRoot: folder };

async function answers() {
	try {
		return (await fetch(`http://127.0.0.1:${port}/api/__health`)).ok;
	} catch {
		return false;
	}
}

async function main() {
	await genkit.startTelemetryServer({
		port: Number(port),
		traceStore: new genkit.LocalFileTraceStore(roots),
		logStore: new genkit.LocalFileLogStore(roots),
	});
	while (!(await answers()))
		await new Promise((done) => setTimeout(done, 50));
	fs.writeFileSync(`${folder}/ready`, "");
}
main();
