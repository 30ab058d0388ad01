/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A finding's sentences: each kind of end has its own one thing to do. */
#include "notify/finding_values.h"
#include "notify/texts.h"

#include <stdlib.h>

#include "tap.h"

#define HOUR_US 3600e6
#define GIB (1024.0 * 1024 * 1024)

static struct finding_item base_item(void)
{
	return (struct finding_item){
		.step_id = 1,
		.group_id = 1,
		.metric = METRIC_WALL,
		.user = "ada",
		.cluster = "hpc",
		.partition = "bio",
		.class_name = "align",
		.attrs = "",
		.job = "4711",
		.label = "4711.0",
		.state = STEP_STATE_COMPLETED,
		.end_unix_us = INT64_C(1764000000) * 1000000,
		.input_bytes = INT64_C(40) << 30,
		.cpu_count = 8,
		.task_count = 1,
		.node_count = 1,
		.oom_kill_count = JO_MISSING,
		.value = 3.64 * HOUR_US,
		.expected = 1.4 * HOUR_US,
		.high = 1.8 * HOUR_US,
		.ratio = 2.6,
		.score = 2.6,
		.history_count = 41,
		.borrowed_count = 0,
	};
}

static struct mail_catalog *wording;

static struct mail_values *write_items(const struct finding_item **items, size_t count,
				       const struct notify_peers *peers)
{
	struct finding finding = {items, count};
	struct notify_picture picture = {0};
	struct mail_values *values = mail_values_new(notify_finding_names);

	notify_words_fill(wording, &finding, peers, &picture, values);
	return values;
}

static struct mail_values *write_item(const struct finding_item *item,
				      const struct notify_peers *peers)
{
	return write_items(&item, 1, peers);
}

/* Compare a template's text, written with these values. */
static void is_text(const struct mail_values *values, const char *template, const char *want,
		    const char *name)
{
	struct mail_template *parsed = NULL;
	struct jo_err err = {0};
	char *text = NULL;
	size_t line;

	if (mail_template_parse(template, notify_finding_names, NULL, &parsed, &line, &err) == 0)
		text = g_strchomp(mail_template_write(parsed, values, NULL));
	is_str(text, want, "%s%s", name, err.text);
	g_free(text);
	mail_template_free(parsed);
}

static void check_time(void)
{
	const struct notify_peers no_peers = {0};
	struct finding_item item = base_item();
	struct mail_values *values = write_item(&item, &no_peers);

	is_text(values, "{{headline}}", "align took 2.6 times as long as expected",
		"what happened");
	is_text(values, "{{job_list}} {{partition}} {{ended}}", "4711.0 bio 2025-11-24 16:00",
		"to which job, where and when");
	is_text(values, "{{expected}} {{high}} {{input}} {{history}}",
		"1 h 24 min 1 h 48 min 40.0 GiB 41", "what was expected");
	is_text(values, "{{value}} {{excess}} {{core_hours}}", "3 h 38 min 2 h 14 min 17.9",
		"what it took and cost");
	is_text(values, "{{#wall}}w{{/wall}}{{#memory}}m{{/memory}}", "w", "its time");
	is_text(values, "{{#failed}}f{{/failed}}{{#timeout}}t{{/timeout}}", "",
		"a good end is no news");
	is_text(values, "{{show_job}}", "4711", "what to do");
	mail_values_free(values);

	item.cpu_count = item.input_bytes = JO_MISSING;
	item.partition = item.class_name = "";
	item.ratio = 12.34;
	item.borrowed_count = 30;
	item.history_count = 1;
	values = write_item(&item, &no_peers);
	is_text(values, "{{headline}}", "4711 took 12 times as long as expected",
		"a job without a class");
	is_text(values,
		"{{^partition}}{{^input}}{{^core_hours}}none{{/core_hours}}{{/input}}"
		"{{/partition}}",
		"none", "or a partition, an input size, CPUs");
	is_text(values, "{{#history.one}}{{history}}{{/history.one}} {{borrowed}}", "1 30",
		"in a young group");
	is_text(values, "{{#is_unsized}}size{{/is_unsized}}{{show_job}}", "size",
		"a size that is not known is what to tell next");
	mail_values_free(values);

	item.state = STEP_STATE_TIMEOUT;
	values = write_item(&item, &no_peers);
	is_text(values, "{{#timeout}}{{ask_time}}{{/timeout}}", "--time=07:16:48",
		"an end at the limit asks for twice the time");
	mail_values_free(values);
}

static void check_memory(void)
{
	const struct notify_peers no_peers = {0};
	struct finding_item item = base_item();
	struct mail_values *values;

	item.metric = METRIC_MEMORY;
	item.measure = MEASURE_PEAK;
	item.value = 12 * GIB;
	item.expected = 4 * GIB;
	item.high = 5 * GIB;
	item.ratio = 3;
	values = write_item(&item, &no_peers);
	is_text(values, "{{headline}}", "align used 3.0 times the memory expected", "memory");
	is_text(values, "{{value}} {{excess}}{{core_hours}}", "12.0 GiB 8.00 GiB",
		"what it used, and beyond what was expected");
	mail_values_free(values);

	item.oom_kill_count = 1;
	values = write_item(&item, &no_peers);
	is_text(values, "{{#out_of_memory}}{{ask_memory}}{{/out_of_memory}}", "--mem=15G",
		"a killed process asks for more");
	mail_values_free(values);

	item.value = 100.0 * 1024 * 1024;
	item.expected = 30.0 * 1024 * 1024;
	values = write_item(&item, &no_peers);
	is_text(values, "{{ask_memory}}", "--mem=125M", "in megabytes where that is finer");
	mail_values_free(values);
}

static void check_cause(void)
{
	static const char stalls[] = "{{#stall_io}}io {{stall_io}}{{/stall_io}}{{stall_memory}}"
				     "{{^is_stall}}unknown{{/is_stall}}";
	const struct notify_peers no_peers = {0};
	struct finding_item item = base_item();
	struct mail_values *values;

	item.cpu_ratio = 2.7;
	item.cause = CAUSE_WORK;
	item.psi_io_some_us = item.psi_memory_some_us = item.psi_cpu_some_us = JO_MISSING;
	values = write_item(&item, &no_peers);
	is_text(values, "{{headline}}",
		"align took 2.6 times as long, and 2.7 times the CPU time: it did more work",
		"what did more work");
	mail_values_free(values);

	item.cause = CAUSE_WAIT;
	values = write_item(&item, &no_peers);
	is_text(values, "{{headline}}",
		"align took 2.6 times as long with the CPU time of a normal run: it waited",
		"what waited");
	is_text(values, stalls, "unknown", "for something that is not recorded");
	mail_values_free(values);

	item.psi_io_some_us = (int64_t)(2 * HOUR_US);
	item.psi_memory_some_us = 1;
	values = write_item(&item, &no_peers);
	is_text(values, stalls, "io 2 h 00 min",
		"or for what it stalled on, if that was not little");
	mail_values_free(values);

	item = base_item();
	item.metric = METRIC_CPU;
	values = write_item(&item, &no_peers);
	is_text(values, "{{headline}}", "align used 2.6 times the CPU time expected",
		"CPU time alone");
	is_text(values, "{{core_hours}}", "2.2", "which costs what it is");
	mail_values_free(values);
}

static void check_peers(void)
{
	struct notify_peers peers = {.peer_count = 41, .nearest_job = "4698"};
	struct finding_item item = base_item();
	struct mail_values *values;

	item.class_name = "$(reboot); align";
	values = write_item(&item, &peers);
	is_text(values, "{{compare_job}}", "4698", "a normal job to compare with");
	mail_values_free(values);

	peers.difference_count = 1;
	(void)strcpy(peers.differences[0], "filter_words was 174");
	values = write_item(&item, &peers);
	is_text(values, "{{#differences}}{{difference}}{{/differences}}", "filter_words was 174",
		"what differs comes first");
	is_text(values, "{{#is_difference}}there{{/is_difference}}{{compare_job}}", "there",
		"and there is nothing to paste");
	mail_values_free(values);

	peers.difference_count = 0;
	(void)strcpy(peers.where, "78 % in f");
	values = write_item(&item, &peers);
	is_text(values, "{{where}}{{#is_difference}}there{{/is_difference}}", "78 % in f",
		"where its time went");
	is_text(values, "{{profile_job}}{{compare_job}}", item.label, "which can be looked at");
	mail_values_free(values);
}

static void check_several(void)
{
	const struct notify_peers no_peers = {0};
	struct finding_item list[7];
	const struct finding_item *items[7];
	struct mail_values *values;

	for (size_t i = 0; i < 7; i++) {
		list[i] = base_item();
		items[i] = &list[i];
	}
	values = write_items(items, 7, &no_peers);
	is_text(values, "{{headline}}", "7 x align took up to 2.6 times as long as expected",
		"seven jobs");
	is_text(values, "{{job_list}} and {{further_jobs}} more",
		"4711.0, 4711.0, 4711.0, 4711.0 and 3 more", "four by name");
	is_text(values, "{{excess}} {{core_hours}}", "15 h 41 min 125.4", "cost in all");
	mail_values_free(values);
}

int main(void)
{
	struct strlist problems = {0};

	(void)setenv("TZ", "UTC", 1);
	wording = notify_wording_new("", &problems);
	check_time();
	check_memory();
	check_cause();
	check_peers();
	check_several();
	mail_catalog_free(wording);
	return tap_done();
}
