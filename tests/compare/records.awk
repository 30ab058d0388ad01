# SPDX-License-Identifier: GPL-2.0-or-later
# Writes the records of a plugin on ten nodes into a spool, always the same ones: N nights up to
# 2026-02-28, or some of them, from 0.  The folders NODE/new must be there.
#
# usage: awk -v spool=FOLDER -v nights=N [-v first=N] [-v last=N] -f records.awk

function uniform() {
	seed = seed * 16807 % 2147483647
	return seed / 2147483647
}
function text(name, value) {
	return value == "" ? "" : ",\"" name "\":\"" value "\""
}
function number(name, value) {
	return value == "" ? "" : ",\"" name "\":" sprintf("%.0f", value)
}
function put(node, line) {
	if (night >= first && night <= last)
		print line >(spool "/" node "/new/" sprintf("%03d", night) ".0")
}

# Everything that holds for one node of a step, from its start on.
function head(event, index_, node) {
	return "{\"v\":1,\"kind\":\"" event "\",\"cluster\":\"hpc\",\"node\":\"" node "\"" \
		number("job_id", id) number("step_id", step) text("step_kind", step_kind) number("restart_count", restart) \
		number("array_job_id", array) number("array_task_id", task) number("het_job_id", het) \
		number("het_job_offset", het == "" ? "" : id - het) text("sluid", sluid) \
		number("node_index", index_) number("node_count", node_count) number("uid", uid) text("user", user) \
		text("account", account) text("partition", part) text("qos", qos) text("job_name", job_name) \
		text("class_name", class) number("class_is_declared", declared) text("program", program) \
		number("task_count", 2) number("cpu_count", 4) number("mem_request_bytes", 8 * gib) \
		number("time_limit_us", limit_s == "" ? "" : limit_s * 1e6) number("input_bytes", size) \
		text("input_source", size == "" ? "none" : "option") text("attr.words", words) \
		text("attr.note", "a \\\"quoted\\\" <note> — " class) number("start_unix_us", start * 1e6 + index_)
}
function tail(index_, factor,   w) {
	w = wall * factor
	return number("wall_us", w * 1e6) number("exit_status", status) number("term_signal", signal) \
		number("mem_peak_bytes", id % 5 == 4 ? "" : mem * factor) text("mem_source", id % 5 == 4 ? "none" : "cgroup_v2") \
		number("max_rss_bytes", id % 7 == 3 ? "" : mem * factor * 0.8) number("mem_limit_bytes", 8 * gib) \
		number("mem_limit_hit_count", hits) number("oom_kill_count", oom) number("swap_peak_bytes", id % 2 ? "" : 4096 * index_) \
		number("cpu_user_us", w * busy * 4e6) number("cpu_system_us", w * 4e4) number("read_bytes", size == "" ? 0 : size) \
		number("write_bytes", mem / 7) number("major_fault_count", 3 + faults) number("psi_cpu_some_us", w * 1e4) \
		number("psi_memory_some_us", w * faults * 1e2) number("psi_memory_full_us", w * faults * 1e1) \
		number("psi_io_some_us", w * stall * 1e6) number("psi_io_full_us", w * stall * 5e5) \
		number("dropped_count", node_dropped) "}"
}

# One step on its nodes: a start from each, and what came of it.
function tell(fate,   i, node) {
	for (i = 0; i < node_count; i++) {
		node = "n" 1 + (id + i) % 9
		if (class == "index" && is_last && i == 0) node = "n10"
		node_dropped = node == "n2" && night > 25 ? 3 + night : 0
		put(node, head("start", i, node) "}")
		if (fate == "ends" || fate == "half" && i == 0)
			put(node, head("end", i, node) tail(i, 1 - 0.1 * i))
	}
}

BEGIN {
	seed = 4711
	gib = 1073741824
	begin = 1772323200 - nights * 86400
	if (last == "")
		last = nights - 1
	users = split("daemon bin ann bob", user_list, " ")
	classes = split("map sort wide index plain", class_list, " ")
	for (night = 0; night < nights; night++) {
		is_last = night == nights - 1
		for (i = 1; i <= 10; i++)
			if (night % 10 == 0)
				put("n" i, sprintf("{\"v\":1,\"kind\":\"node\",\"cluster\":\"hpc\",\"node\":\"n%d\",\"start_unix_us\":%d000000,\"node_model\":\"Model %d\",\"socket_count\":2,\"core_count\":%d,\"numa_node_count\":8,\"node_mem_bytes\":274877906944,\"slurm_version\":\"22.05.8\",\"plugin_version\":\"0.1.0\"}",
					i, begin + night * 86400, 1 + (i > 6), i > 6 ? 128 : 64))
		for (u = 1; u <= users; u++)
			for (c = 1; c <= classes; c++)
				for (i = 0; i < 2; i++)
					one_step()
		put("n1", "{\"v\":1,\"kind\":\"end\",\"cut")
	}
}

function one_step(   x, noise) {
	id = 20000 + jobs++
	user = user_list[u]; class = class_list[c]; uid = u <= 2 ? u : 4000000 + u
	account = u % 2 ? "bio" : "physics"; part = u > 2 ? "long" : "main"; qos = i ? "normal" : "high"
	job_name = class "-job"; program = class ".py"; declared = class == "sort" ? 1 : 0
	step = 0; step_kind = "srun"; restart = jobs % 19 == 0 ? 1 : 0
	if (class == "plain") { step = 4294967291; step_kind = "batch"; program = "" }
	if (class == "plain" && i) { step = 4294967290; step_kind = "interactive" }
	array = task = het = sluid = ""
	if (class == "map") { array = 20000 + jobs - i; task = i; sluid = sprintf("s%08X", id) }
	if (class == "index") het = id - i
	node_count = class == "wide" ? 3 : 1
	limit_s = class == "plain" ? "" : 36000
	x = exp(log(16) * uniform())
	size = class == "plain" ? "" : x * gib
	words = class == "sort" ? 10 * 2 ^ int(3 * uniform()) : ""
	noise = 1 + 0.06 * (uniform() + uniform() - 1)
	wall = (class == "plain" ? 900 : 300 + 200 * x) * noise * (words == "" ? 1 : words / 10)
	mem = gib * (class == "plain" ? 1 : 0.3 + 0.3 * x) * (1 + 0.06 * (uniform() - 0.5))
	start = begin + night * 86400 + 30000 + i * 20000 + u * 1000 + c * 100
	status = signal = hits = oom = faults = 0
	busy = 0.8; stall = 0.05
	if (class == "sort" && night % 6 == 1 && i) status = 1
	if (class == "map" && night % 9 == 2) { signal = 9; oom = 1; hits = 12; mem = 8 * gib }
	if (class == "wide" && night % 11 == 3) { signal = 15; wall = limit_s + 20 }
	if (is_last && i == 0) {
		if (class == "map" && u == 1) { wall *= 6; stall = 0.8; busy = 0.1 }
		if (class == "sort" && u != 2) { wall *= 4; words = 174; faults = 900 }
		if (class == "wide" && u == 3) { wall *= 5; mem *= 4 }
		if (class == "index") wall *= 3.5
		if (class == "plain" && u == 4) { wall *= 8; mem *= 5 }
	}
	if (night == 4 && class == "wide" && i) return tell("half")
	if (night == 3 && class == "plain" && i) return tell("starts")
	if (is_last && i && class != "sort") return tell("starts")
	if (is_last && i) start += 20000
	tell("ends")
}
