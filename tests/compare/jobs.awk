# SPDX-License-Identifier: GPL-2.0-or-later
# Writes a history of jobs for "import --csv", always the same one: N nights of many kinds of jobs,
# up to 2026-02-28, which has something to tell of most of them; or some of these nights, from 0.
#
# usage: awk -v nights=N [-v first=N] [-v last=N] -f jobs.awk

# Numbers of its own, as awks differ in rand(): the minimal standard generator, exact in doubles.
function uniform() {
	seed = seed * 16807 % 2147483647
	return seed / 2147483647
}
function gauss(   u) {
	u = uniform()
	return sqrt(-2 * log(u)) * cos(6.283185307179586 * uniform())
}
function quoted(text) {
	if (text !~ /[",]/)
		return text
	gsub(/"/, "\"\"", text)
	return "\"" text "\""
}
function bytes(value) {
	return value == "" ? "" : sprintf("%.0f", value)
}

# Fields: user partition class cluster jobs-a-night base-seconds size memory noise
function kind(line) {
	kinds[++kind_count] = line
}

BEGIN {
	seed = 20260302
	gib = 1073741824
	begin = 1772323200 - nights * 86400 # the last night's day is 2026-02-28
	if (last == "")
		last = nights - 1
	# Words that matter, nodes that are slow, and levels that move
	kind("daemon main align c1 4 400 sized both 0.03")
	kind("ann main align c1 1 400 sized both 0.03")
	kind("ann gpu align c1 .2 1500 sized both 0.03")
	kind("bin main scan c1 3 1000 sized peak 0.04")
	kind("sys main scan c1 2 1000 sized peak 0.04")
	kind("ann main pack c1 3 900 sized both 0.05")
	kind("bob main fit c1 3 1500 sized peak 0.04")
	kind("bob main creep c1 3 1200 sized both 0.02")
	kind("sys gpu onnode c1 3 3600 sized peak 0.03")
	kind("eve gpu mode c1 4 1200 sized peak 0.05")
	# Memory as one measurement, the other, both, and none; more cache than memory
	kind("ann main rssonly c1 3 1200 sized rss 0.04")
	kind("bob main peakonly c1 3 1200 sized peak 0.04")
	kind("eve main bothpart c1 3 1200 sized mixed 0.04")
	kind("bob gpu cached c1 3 1200 sized cache 0.04")
	kind("eve main nomemory c1 2 1200 sized none 0.04")
	# Sizes: none, in some, always the same, and 0
	kind("daemon main nosize c1 3 4000 none both 0.08")
	kind("bin main somesize c1 3 600 some peak 0.05")
	kind("bin gpu onesize c1 2 1500 one peak 0.05")
	kind("sys main zerosize c1 2 700 zero peak 0.05")
	# Few, noisy, very short, cut short, many at once
	kind("eve main rare c1 .1 500 sized both 0.05")
	kind("gone main lonely c1 2 800 sized both 0.03")
	kind("eve gpu noisy c1 3 100 sized both 1.4")
	kind("daemon gpu short c1 3 .02 sized rss 0.05")
	kind("ann gpu cut c1 4 2400 sized both 0.05")
	kind("bob gpu array c1 .5 2000 sized peak 0.03")
	kind("daemon main het c1 1 800 sized both 0.03")
	# Names, and another cluster with the same jobs' numbers
	kind("ann main größe_数据 c1 2 1600 sized peak 0.03")
	kind("müller main align c1 2 400 sized peak 0.03")
	kind("eve main <b>a,\"b\"&c|d</b> c1 2 1600 sized peak 0.03")
	kind("eve main " sprintf("%063d", 0) " c1 1 1600 sized peak 0.03")
	kind("ann main align c2 2 1000 sized both 0.03")
	kind("bob wide solve c2 2 2500 sized both 0.04")

	print "job,step,cluster,partition,user,class,program,node,start,wall_s,input_bytes,mem_peak_bytes,max_rss_bytes,mem_limit_bytes,ncpus,state,exit_code,attr.words,attr.version,attr.mode,attr.note"
	for (night = 0; night < nights; night++)
		for (k = 1; k <= kind_count; k++)
			jobs_of(k)
}

function jobs_of(k,   count, i) {
	split(kinds[k], is, " ")
	count = is[5] >= 1 ? is[5] : night % int(1 / is[5]) == 0
	if (is[3] == "array" && count > 0)
		count = 6
	for (i = 0; i < count; i++)
		job(k, i)
}

function job(k, i,   user, part, class, cluster, is_tonight, is_first, size, x, wall, mem, peak, rss, limit,
	     words, version, mode, note, node, state, status, id, step, start, noise, cpus) {
	user = is[1]; part = is[2]; class = is[3]; cluster = is[4]
	is_tonight = night == nights - 1
	is_first = i == 0
	number[cluster]++
	id = 1000 + number[cluster]
	step = night % 3 == 0 && is[9] < 0.04 ? 0 : "batch"
	node = "n" 1 + (number[cluster] * 5 + k) % 6
	start = begin + night * 86400 + 24000 + i * 4000 + k * 97
	x = exp(log(32) * uniform())
	size = x * gib
	noise = is[9] * gauss()
	if (is[7] == "one") { x = 4; size = x * gib }
	if (is[7] == "zero") { x = 1; size = 0 }
	if (is[7] == "none" || is[7] == "some" && uniform() < 0.3) size = ""
	if (is[7] == "none") x = 4

	wall = is[6] * (class == "fit" ? 1 : (0.3 + 0.2 * x)) * exp(noise)
	mem = gib * (0.5 + (class == "pack" ? 0.1 : 0.4) * x) * exp(is[9] * gauss())
	cpus = 2 ^ (k % 5)
	limit = k % 3 ? 64 * gib : ""
	words = version = mode = note = ""
	state = "COMPLETED"
	status = "0:0"

	if (class == "align" && part == "main") {
		words = 10 * 2 ^ int(3 * uniform())
		wall *= sqrt(words / 10)
		if (is_tonight && is_first && cluster == "c1") { words = 174; wall *= 5 }
	}
	if (class == "scan") {
		version = night < nights - 6 ? "2.0" : "2.1"
		if (version == "2.1") wall *= 1.6
	}
	if (class == "pack" && night >= nights - 9) mem *= 1.7
	if (class == "fit" && night >= nights - 28 && night < nights - 12) wall *= 2
	if (class == "creep") wall *= 1.008 ^ night
	if (class == "onnode") {
		node = night < nights - 7 ? "g" 1 + i : "g9"
		if (node == "g9") wall *= 1.8
	}
	if (class == "mode") {
		mode = uniform() < 0.5 ? "fast" : "exact, \"slow\""
		if (mode != "fast") wall *= 3
	}
	if (class == "cut") {
		limit = 10 * gib
		if (i == 1) { state = "TIMEOUT"; wall = 1800; status = "0:15" }
		if (i == 2 && night % 3 == 0) { state = "OUT_OF_MEMORY"; mem = limit; status = "0:9" }
		if (i == 3) {
			split("FAILED CANCELLED NODE_FAIL PREEMPTED UNKNOWN", ends, " ")
			state = ends[1 + night % 5]
			status = state == "FAILED" ? "2:0" : ""
			wall *= uniform()
		}
		if (is_tonight && i == 1) wall *= 9
		if (is_tonight && i == 3) { state = "FAILED"; wall *= 6 }
	}
	if (class == "array") { id = 800000 + night "_" i; if (is_tonight) wall *= 2.5 }
	if (class == "het") id = 700000 + 2 * id "+" night % 2
	if (class == "noisy") note = "ends with ; and | and \\"
	if (class == "solve") { step = i; node = "w" 1 + night % 4 }

	# A slow node, and what the last nights have of their own
	if (is_tonight && part == "main" && node == "n3") wall *= 2.4
	if (night == nights - 4 && part == "gpu" && node == "n5" && class != "cut") wall *= 2.6
	if (is_tonight && is_first) {
		if (class == "rssonly") mem *= 4
		if (class == "peakonly") mem *= 5
		if (class == "bothpart") mem *= 4
		if (class == "nosize") wall *= 4
		if (class == "lonely") wall *= 3
		if (class == "het") wall *= 6
		if (class == "somesize") { size = 900 * gib; wall *= 10 }
		if (class ~ /größe|<b>|^0/) { wall *= 4; mem *= 4 }
		if (class == "solve") { wall *= 2.2; mem *= 3 }
		if (class == "short") wall *= 8
	}
	if (is_tonight && i == 1 && class ~ /^(rssonly|bothpart|nomemory)$/) wall *= 3
	if (is_tonight && i == 2 && class ~ /^(pack|fit|mode)$/) { wall *= 0.2; mem *= 0.2 }
	if (night % 7 == 3 && night > 20 && i == 1 && class ~ /^(align|nosize|peakonly|rssonly)$/) { wall *= 3; mem *= 3 }

	peak = rss = ""
	if (is[8] == "both" || is[8] == "peak" || is[8] == "mixed" && i != 1) peak = mem
	if (is[8] == "both" || is[8] == "mixed" && i != 0) rss = mem * 0.93
	if (is[8] == "rss") rss = mem
	if (is[8] == "cache") { limit = 16 * gib; peak = uniform() < 0.5 ? limit : limit * 0.9; rss = mem * 0.2 }
	if (state == "OUT_OF_MEMORY") peak = limit
	if (night < first || night > last)
		return
	printf "%s,%s,%s,%s,%s,%s,%s,%s,%d,%.3f,%s,%s,%s,%s,%d,%s,%s,%s,%s,%s,%s\n", id, step, cluster, part, user,
		quoted(class), k % 4 ? "" : "tool" k % 3, node, start, wall, bytes(size), bytes(peak), bytes(rss),
		bytes(limit), cpus, state, status, words, version, quoted(mode), quoted(note)
}
