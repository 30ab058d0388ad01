/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Jobs with their verdicts, and the people they belong to: what the tests of notify/ begin with. */
#ifndef NOTIFY_FIXTURE_H
#define NOTIFY_FIXTURE_H

#include <stdlib.h>

#include "finding/tonight.h"
#include "notify/compose.h"
#include "notify/texts.h"
#include "smtp_server.h"
#include "step/night.h"
#include "tap.h"

#define HOUR_US INT64_C(3600000000)
#define NOW_US (INT64_C(1764000000) * 1000000)
#define GIB (INT64_C(1) << 30)

struct job {
	int64_t job_id, array_task_id;
	const char *user;
	int64_t uid;
	const char *class_name;
	enum jo_step_kind kind;
	int64_t step_id;
	double hours, expected_hours; /* expected 0: no verdict */
	int64_t cpu_count;
	const char *attrs;
	int64_t age_hours;
};

/* Processors that jobs keep busy; 0: their CPU time is not recorded. */
__attribute__((unused)) static double processors_used;

/* The size of what jobs read, and how many jobs before them a verdict tells of. */
__attribute__((unused)) static int64_t input_bytes = 40 * GIB;
__attribute__((unused)) static int64_t history_count = 41;

__attribute__((unused)) static void add_job(struct store *store, const struct job *job)
{
	struct store_selection selection;
	struct jo_record record;
	struct store_input input = {&record, NULL, STEP_SOURCE_PLUGIN, STEP_STATE_COMPLETED};
	struct store_added added = {0};
	struct store_cursor *cursor = NULL;
	struct store_job key = {job->job_id, job->array_task_id, JO_MISSING, job->step_id};
	struct step step;
	struct jo_err err = {0};

	jo_record_init(&record, JO_RECORD_END);
	record.job_id = job->job_id;
	if (job->array_task_id != JO_MISSING) {
		record.array_job_id = job->job_id;
		record.array_task_id = job->array_task_id;
		record.job_id = job->job_id + job->array_task_id;
		key.job_id = record.job_id;
		key.array_task_id = JO_MISSING;
	}
	record.step_id = job->step_id;
	record.step_kind = job->kind;
	record.restart_count = 0;
	record.node_index = 0;
	record.node_count = 1;
	record.uid = job->uid;
	record.cpu_count = job->cpu_count;
	record.task_count = 1;
	record.input_bytes = input_bytes;
	record.wall_us = (int64_t)(job->hours * (double)HOUR_US);
	record.start_unix_us = NOW_US - job->age_hours * HOUR_US - record.wall_us;
	record.exit_status = 0;
	if (processors_used > 0) {
		record.cpu_user_us = (int64_t)(processors_used * (double)record.wall_us);
		record.cpu_system_us = 0;
	}
	jo_record_set_string(record.cluster, sizeof(record.cluster), "hpc");
	jo_record_set_string(record.node, sizeof(record.node), "n1");
	jo_record_set_string(record.partition, sizeof(record.partition), "bio");
	jo_record_set_string(record.user, sizeof(record.user), job->user);
	jo_record_set_string(record.class_name, sizeof(record.class_name), job->class_name);
	record.class_is_declared = 0;
	if (job->attrs != NULL)
		(void)jo_attrs_parse(job->attrs, &record.attrs, NULL);
	if (store_begin(store, &err) < 0 || store_add(store, &input, 1, NOW_US, &added, &err) < 0 ||
	    store_commit(store, &err) < 0)
		printf("# job %d: %s\n", (int)job->job_id, err.text);
	if (job->expected_hours == 0)
		return;
	store_selection_init(&selection);
	selection.jobs = &key;
	selection.job_count = 1;
	if (store_steps_open(store, &selection, &cursor, &err) == 0 &&
	    store_steps_next(cursor, &step, &err) == 1) {
		double expected = job->expected_hours * (double)HOUR_US;
		struct step_verdict verdict = {
			.step_id = step.id,
			.metric = METRIC_WALL,
			.verdict = job->hours >= 1.5 * job->expected_hours ? VERDICT_HIGH
									   : VERDICT_NORMAL,
			.reason = "",
			.value = (double)record.wall_us,
			.expected = expected,
			.low = 0.8 * expected,
			.high = 1.3 * expected,
			.ratio = (double)record.wall_us / expected,
			.score = (double)record.wall_us / expected,
			.history_count = history_count,
			.borrowed_count = 0,
			.borrowed_from = "",
			.attrs_used = "",
			.group = "class align",
			.judged_unix_us = NOW_US,
			.night = night_day(step.end_unix_us),
		};

		store_cursor_close(cursor);
		cursor = NULL;
		if (store_verdicts_put(store, &verdict, 1, JO_MISSING, &err) != 0)
			printf("# verdict of job %d: %s\n", (int)job->job_id, err.text);
	} else {
		printf("# job %d is not found: %s\n", (int)job->job_id, err.text);
	}
	if (cursor != NULL)
		store_cursor_close(cursor);
}

static int find_user(const char *user, struct user_entry *ret_entry, struct jo_err *err)
{
	static const struct {
		const char *user;
		int64_t uid;
		const char *name;
	} people[] = {
		{"ada", 1001, "Ada Lovelace"},
		{"bob", 1002,
		 "B\xc3\xb6"
		 "b\r\nBcc: x@example.org"},
		{"cy", 1003, ""},
		{"dan", 1005, "D\xe4n"}, /* Latin-1 */
		{"eve", 1004, "Eve"},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(people); i++) {
		if (strcmp(people[i].user, user) != 0)
			continue;
		ret_entry->uid = people[i].uid;
		(void)g_strlcpy(ret_entry->full_name, people[i].name, sizeof(ret_entry->full_name));
		return 0;
	}
	if (strcmp(user, "later") == 0)
		return jo_err_sys(err, -EIO, "look up user 'later'");
	return jo_err_set(err, -ENOENT, "there is no user '%s'", user);
}

__attribute__((unused)) static struct notify_settings good_settings = {
	.rules = {.min_ratio = 1.5,
		  .min_time_us = 10 * 60 * INT64_C(1000000),
		  .min_core_hours = 1,
		  .min_memory_bytes = GIB,
		  .max_age_us = 7 * 24 * HOUR_US},
	.recipients = {.find_user = find_user, .mail_domain = "example.org"},
	.want_users = true,
	.from_address = "jobs@example.org",
	.admin_address = "admin@example.org",
	.unsubscribe = "",
	.gnuplot = "gnuplot",
};

__attribute__((unused)) static struct store *new_store(const char *folder)
{
	const struct store_options options = {STORE_CREATE, 0};
	char *path = g_build_filename(folder, "jobs.db", NULL);
	struct store *store = NULL;
	struct jo_err err = {0};

	is_int(store_open(path, &options, &store, &err), 0, "a database (%s)", err.text);
	g_free(path);
	return store;
}

#define NORMAL(id, attrs)                                                                          \
	&(struct job)                                                                              \
	{                                                                                          \
		id, JO_MISSING, "ada", 1001, "align", JO_STEP_BATCH, 4294967291, 1.4, 1.4, 8,      \
			attrs, 48                                                                  \
	}
#define OUTLIER(id, user, uid, hours)                                                              \
	&(struct job)                                                                              \
	{                                                                                          \
		id, JO_MISSING, user, uid, "align", JO_STEP_BATCH, 4294967291, hours, 1.4, 8,      \
			"filter_words=174", 3                                                      \
	}

#endif
