/*
 * A page in a headless chromium, driven over its debugging pipe: what a person would do, with the
 * mouse and the keyboard, and what they would see.
 */
"use strict";
const { spawn } = require("node:child_process");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");

const OPTIONS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
	"--disable-component-update", "--disable-sync", "--hide-scrollbars", "--remote-debugging-pipe"];
const TIMEOUT_MS = 60000; /* of one command: more than a busy machine needs */

class Browser {
	static async start()
	{
		const browser = new Browser();
		browser.profile = fs.mkdtempSync(path.join(os.tmpdir(), "browser-"));
		browser.process = spawn("chromium", [...OPTIONS, "--user-data-dir=" + browser.profile, "about:blank"], { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] });
		browser.ended = new Promise(resolve => browser.process.on("exit", resolve));
		browser.waiting = new Map();
		browser.errors = [];
		browser.refused = [];
		browser.number = 0;
		browser.listen();
		const { targetInfos } = await browser.send("Target.getTargets");
		const { sessionId } = await browser.send("Target.attachToTarget", { targetId: targetInfos.find(t => t.type === "page").targetId, flatten: true });
		browser.session = sessionId;
		for (const domain of ["Page", "Runtime", "Log", "Network"])
			await browser.send(domain + ".enable");
		return browser;
	}
	listen()
	{
		let rest = Buffer.alloc(0);
		this.process.stdio[4].on("data", chunk => {
			rest = Buffer.concat([rest, chunk]);
			for (let end; (end = rest.indexOf(0)) >= 0; rest = rest.subarray(end + 1))
				this.receive(JSON.parse(rest.subarray(0, end).toString()));
		});
	}
	receive(message)
	{
		const { id, method, params } = message;
		if (method === "Runtime.exceptionThrown")
			this.errors.push(params.exceptionDetails.exception?.description ?? params.exceptionDetails.text);
		if (method === "Log.entryAdded" && params.entry.level === "error")
			this.errors.push(params.entry.text);
		if (method === "Network.requestWillBeSent" && !/^(file|data|blob|about):/.test(params.request.url))
			this.refused.push(params.request.url);
		const key = id ?? method, wait = this.waiting.get(key);
		this.waiting.delete(key);
		if (message.error)
			wait?.reject(new Error(message.error.message));
		else
			wait?.resolve(message.result ?? params);
	}
	wait(key)
	{
		return new Promise((resolve, reject) => {
			const timer = setTimeout(() => reject(new Error(`no answer to ${key}`)), TIMEOUT_MS);
			this.waiting.set(key, { resolve: v => { clearTimeout(timer); resolve(v); }, reject: e => { clearTimeout(timer); reject(e); } });
		});
	}
	send(method, params = {})
	{
		const id = ++this.number, answer = this.wait(id);
		this.process.stdio[3].write(JSON.stringify({ id, method, params, sessionId: this.session }) + "\0");
		return answer;
	}
	async open(url)
	{
		const loaded = this.wait("Page.loadEventFired");
		await this.send("Page.navigate", { url: "about:blank" });
		await loaded;
		const there = this.wait("Page.loadEventFired");
		await this.send("Page.navigate", { url });
		await there;
	}
	/* The value of an expression or a function in the page. */
	async run(code, ...given)
	{
		const expression = typeof code === "function" ? `(${code})(${given.map(g => JSON.stringify(g)).join(", ")})` : code;
		const { result, exceptionDetails } = await this.send("Runtime.evaluate", { expression, returnByValue: true, awaitPromise: true });
		if (exceptionDetails)
			throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
		return result.value;
	}
	async size(width, height, scale = 1)
	{
		await this.send("Emulation.setDeviceMetricsOverride", { width, height, deviceScaleFactor: scale, mobile: false });
	}
	async mouse(type, x, y, buttons = 0)
	{
		await this.send("Input.dispatchMouseEvent", { type, x, y, button: type === "mouseMoved" && !buttons ? "none" : "left", buttons, clickCount: 1 });
	}
	async click(x, y)
	{
		await this.mouse("mouseMoved", x, y);
		await this.mouse("mousePressed", x, y, 1);
		await this.mouse("mouseReleased", x, y);
	}
	async drag(from, to)
	{
		await this.mouse("mouseMoved", ...from);
		await this.mouse("mousePressed", ...from, 1);
		await this.mouse("mouseMoved", (from[0] + to[0]) / 2, (from[1] + to[1]) / 2, 1);
		await this.mouse("mouseMoved", ...to, 1);
		await this.mouse("mouseReleased", ...to);
	}
	async press(key)
	{
		const text = key.length === 1 ? key : key === "Enter" ? "\r" : undefined;
		await this.send("Input.dispatchKeyEvent", { type: "keyDown", key, text });
		await this.send("Input.dispatchKeyEvent", { type: "keyUp", key });
	}
	async type(text)
	{
		await this.send("Input.insertText", { text });
	}
	async picture(file, clip)
	{
		const { data } = await this.send("Page.captureScreenshot", { format: "png", captureBeyondViewport: !!clip, ...(clip && { clip: { ...clip, scale: 1 } }) });
		fs.writeFileSync(file, Buffer.from(data, "base64"));
	}
	async stop()
	{
		await this.send("Browser.close").catch(() => this.process.kill());
		await this.ended;
		fs.rmSync(this.profile, { recursive: true, force: true });
	}
}
module.exports = { Browser };
