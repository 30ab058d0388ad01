/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A finding's sentences: each kind of end has its own one thing to do. */
#include "notify/words.h"

#include <stdlib.h>

#include "tap.h"

#define HOUR_US 3600e6
#define GIB (1024.0 * 1024 * 1024)

static struct notify_item base_item(void)
{
	return (struct notify_item){
		.step_id = 1,
		.group_id = 1,
		.metric = STORE_WALL,
		.user = "ada",
		.cluster = "hpc",
		.partition = "bio",
		.class_name = "align",
		.attrs = "",
		.job = "4711",
		.label = "4711.0",
		.state = STORE_STATE_COMPLETED,
		.end_unix_us = INT64_C(1764000000) * 1000000,
		.input_bytes = INT64_C(40) << 30,
		.cpu_count = 8,
		.task_count = 1,
		.node_count = 1,
		.mem_limit_bytes = JO_MISSING,
		.oom_kill_count = JO_MISSING,
		.time_limit_us = JO_MISSING,
		.value = 3.64 * HOUR_US,
		.expected = 1.4 * HOUR_US,
		.low = 1.2 * HOUR_US,
		.high = 1.8 * HOUR_US,
		.ratio = 2.6,
		.score = 2.6,
		.history_count = 41,
		.borrowed_count = 0,
	};
}

static struct notify_words write_item(const struct notify_item *item,
				      const struct notify_peers *peers)
{
	struct notify_finding finding = {&item, 1};
	struct notify_picture picture = {0};
	struct notify_words words;

	notify_words_write(&finding, peers, &picture, &words);
	return words;
}

static const char *fact(const struct notify_words *words, const char *label)
{
	for (size_t i = 0; i < words->finding.fact_count; i++)
		if (strcmp(words->facts[i].label, label) == 0)
			return words->facts[i].text;
	return "(none)";
}

static void check_time(void)
{
	const struct notify_peers no_peers = {0};
	struct notify_item item = base_item();
	struct notify_words words = write_item(&item, &no_peers);

	is_str(words.headline, "align took 2.6 times as long as expected", "what happened");
	is_str(words.jobs, "job 4711.0", "to which job");
	is_str(fact(&words, "Job"), "4711.0 in partition bio, ended 2025-11-24 16:00", "when");
	is_str(fact(&words, "Expected"),
	       "1 h 24 min for an input of 40.0 GiB; up to 1 h 48 min would be normal (from 41 "
	       "earlier jobs)",
	       "what was expected");
	is_str(fact(&words, "Excess"), "2 h 14 min, 17.9 core-hours", "what it cost");
	is_str(fact(&words, "It ended"), "(none)", "a good end is no news");
	is_str(words.next_command, "sjoboutliers show 4711", "what to do");
	notify_words_release(&words);

	item.cpu_count = item.input_bytes = JO_MISSING;
	item.partition = item.class_name = "";
	item.ratio = 12.34;
	item.borrowed_count = 30;
	item.history_count = 3;
	words = write_item(&item, &no_peers);
	is_str(words.headline, "4711 took 12 times as long as expected", "a job without a class");
	is_str(fact(&words, "Job"), "4711.0, ended 2025-11-24 16:00", "or a partition");
	is_str(fact(&words, "Expected"),
	       "1 h 24 min; up to 1 h 48 min would be normal (from 3 earlier jobs and 30 of like "
	       "kind)",
	       "or an input size, in a young group");
	is_str(fact(&words, "Excess"), "2 h 14 min", "without CPUs there are no core-hours");
	notify_words_release(&words);

	item.state = STORE_STATE_TIMEOUT;
	words = write_item(&item, &no_peers);
	is_str(fact(&words, "It ended"), "at its time limit", "an end at the limit");
	is_str(words.next_command, "--time=07:16:48", "asks for twice the time");
	notify_words_release(&words);
}

static void check_memory(void)
{
	const struct notify_peers no_peers = {0};
	struct notify_item item = base_item();
	struct notify_words words;

	item.metric = STORE_MEMORY;
	item.value = 12 * GIB;
	item.expected = 4 * GIB;
	item.high = 5 * GIB;
	item.ratio = 3;
	words = write_item(&item, &no_peers);
	is_str(words.headline, "align used 3.0 times the memory expected", "memory");
	is_str(fact(&words, "It used"), "12.0 GiB", "what it used");
	is_str(fact(&words, "Excess"), "8.00 GiB", "beyond what was expected");
	notify_words_release(&words);

	item.oom_kill_count = 1;
	words = write_item(&item, &no_peers);
	is_str(fact(&words, "It ended"), "by the kernel, for want of memory", "a killed process");
	is_str(words.next_command, "--mem=15G", "asks for more");
	notify_words_release(&words);

	item.value = 100.0 * 1024 * 1024;
	item.expected = 30.0 * 1024 * 1024;
	words = write_item(&item, &no_peers);
	is_str(words.next_command, "--mem=125M", "in megabytes where that is finer");
	notify_words_release(&words);
}

static void check_peers(void)
{
	struct notify_peers peers = {.peer_count = 41, .nearest_job = "4698"};
	struct notify_item item = base_item();
	struct notify_words words;

	item.class_name = "$(reboot); align";
	words = write_item(&item, &peers);
	is_str(words.next_command, "sjoboutliers show 4698", "a normal job to compare with");
	notify_words_release(&words);

	peers.difference_count = 1;
	(void)strcpy(peers.differences[0].text, "filter_words was 174");
	words = write_item(&item, &peers);
	is_str(words.finding.differences[0], "filter_words was 174", "what differs comes first");
	ok(words.next_command == NULL, "and there is nothing to paste");
	notify_words_release(&words);
}

static void check_several(void)
{
	const struct notify_peers no_peers = {0};
	struct notify_picture picture = {0};
	struct notify_item list[7];
	const struct notify_item *items[7];
	struct notify_finding finding = {items, 7};
	struct notify_words words;

	for (size_t i = 0; i < 7; i++) {
		list[i] = base_item();
		items[i] = &list[i];
	}
	notify_words_write(&finding, &no_peers, &picture, &words);
	is_str(words.headline, "7 x align took up to 2.6 times as long as expected", "seven jobs");
	is_str(words.jobs, "jobs 4711.0, 4711.0, 4711.0, 4711.0 and 3 more", "four by name");
	is_str(fact(&words, "Excess"), "15 h 41 min in all, 125.4 core-hours", "cost in all");
	notify_words_release(&words);
}

int main(void)
{
	(void)setenv("TZ", "UTC", 1);
	check_time();
	check_memory();
	check_peers();
	check_several();
	return tap_done();
}
