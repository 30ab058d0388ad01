/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a bad night of a large site costs to tell: 1 M new steps in 10,000
 * groups with as much history, 5,000 findings for 800 users.  The verdicts are
 * written as check would have left them, as bench_model has the judging; then
 * sjoboutliers explains them in mails with plots, and in the report, and makes
 * the copy for readers.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"
#include "store/store.h"
#include "util/alloc.h"
#include "util/strbuf.h"

#define USERS 2000
#define CLASSES 5 /* of each user */
#define GROUPS (USERS * CLASSES)
#define PAST_STEPS 100 /* of each group, in the 30 days before */
#define NIGHT_STEPS 100
#define FINDINGS 5000
#define FINDING_USERS 800
#define NODES 500
#define SLOW_NODE 7
#define STEPS (INT64_C(1) * GROUPS * (PAST_STEPS + NIGHT_STEPS))
#define BATCH 250
#define TRANSACTION (BATCH * 128)
#define FIRST_JOB 1000000

#define US_PER_S INT64_C(1000000)
#define NIGHT_BEGIN INT64_C(1789516800) /* 2026-09-16, midnight UTC */
#define NOW (NIGHT_BEGIN + DAY_S)
#define DAY_S INT64_C(86400)
#define GIB (INT64_C(1) << 30)

static char folder[] = "/var/tmp/bench_night.XXXXXX";

/* ---- the night */

struct job {
	int64_t number;
	int group, node;
	bool is_high;
	int64_t input_bytes, end_unix_us;
	double expected_s, wall_s, memory_bytes;
};

/* Steps are numbered group by group in one pass over the groups after the other. */
static void make_job(int64_t number, struct job *job)
{
	int64_t turn = number / GROUPS, night = turn - PAST_STEPS;
	uint64_t state = (uint64_t)number * 977 + 1;
	double gib;

	*job = (struct job){.number = number, .group = (int)(number % GROUPS)};
	for (int i = 0; i < 4; i++)
		(void)uniform(&state); /* the numbers before differ little */
	gib = exp(2 + 1.2 * normal(&state));
	job->input_bytes = (int64_t)(gib * (double)GIB);
	job->node = (int)(uniform(&state) * NODES);
	job->expected_s = 600 + 300 * gib * (1 + job->group % 7);
	job->memory_bytes = (2 + gib / 4) * (double)GIB * exp(0.1 * normal(&state));
	job->wall_s = job->expected_s * exp(0.12 * normal(&state));
	job->end_unix_us = NIGHT_BEGIN * US_PER_S;
	if (night < 0) {
		job->end_unix_us += (int64_t)((30.0 * (double)night / PAST_STEPS) *
					      (double)(DAY_S * US_PER_S)) +
				    number % 1000;
		return;
	}
	job->end_unix_us += (int64_t)(((double)night + uniform(&state)) / NIGHT_STEPS *
				      (double)(DAY_S * US_PER_S));
	if (job->node == SLOW_NODE)
		job->wall_s *= 1.3;
	/* one class of the users 0 to FINDING_USERS after the other, and round again */
	for (int f = job->group / CLASSES + job->group % CLASSES * FINDING_USERS;
	     f < FINDINGS && job->group / CLASSES < FINDING_USERS; f += FINDING_USERS * CLASSES)
		job->is_high =
			job->is_high ||
			(job->group * 37 + f / (FINDING_USERS * CLASSES)) % NIGHT_STEPS == night;
	if (job->is_high)
		job->wall_s = job->expected_s * (2 + 2 * uniform(&state));
}

static void make_record(const struct job *job, struct jo_record *record)
{
	int user = job->group / CLASSES;

	jo_record_init(record, JO_RECORD_END);
	record->job_id = FIRST_JOB + job->number;
	record->step_id = 0;
	record->step_kind = JO_STEP_BATCH;
	record->restart_count = 0;
	(void)strcpy(record->cluster, "alpha");
	(void)snprintf(record->node, sizeof(record->node), "node%03d", job->node);
	record->node_index = 0;
	record->node_count = 1;
	record->uid = 3000000 + user;
	(void)snprintf(record->user, sizeof(record->user), "benchuser%d", user);
	(void)strcpy(record->account, "biology");
	(void)strcpy(record->partition, user % 3 == 0 ? "long" : "batch");
	(void)strcpy(record->qos, "normal");
	(void)snprintf(record->class_name, sizeof(record->class_name), "class%d",
		       job->group % CLASSES);
	(void)strcpy(record->job_name, record->class_name);
	record->class_is_declared = 0;
	record->task_count = 1;
	record->cpu_count = 8;
	record->mem_request_bytes = 64 * GIB;
	record->time_limit_us = 7 * DAY_S * US_PER_S;
	record->input_bytes = job->input_bytes;
	record->input_source = JO_INPUT_OPTION;
	record->wall_us = (int64_t)(job->wall_s * (double)US_PER_S);
	record->start_unix_us = job->end_unix_us - record->wall_us;
	record->exit_status = 0;
	record->term_signal = 0;
	record->mem_peak_bytes = (int64_t)job->memory_bytes;
	record->mem_source = JO_MEM_CGROUP_V2;
	record->max_rss_bytes = record->mem_peak_bytes / 2;
	record->mem_limit_bytes = 64 * GIB;
	record->mem_limit_hit_count = 0;
	record->oom_kill_count = 0;
	record->cpu_user_us = record->wall_us * 7;
	record->cpu_system_us = record->wall_us / 9;
	record->read_bytes = record->input_bytes;
	record->write_bytes = record->input_bytes / 3;
	record->major_fault_count = job->number % 100;
	record->psi_io_some_us = record->wall_us / 20;
	record->psi_io_full_us = record->wall_us / 40;
	(void)jo_attrs_set(&record->attrs, "filter_words", job->is_high ? "174" : "30", NULL);
	(void)jo_attrs_set(&record->attrs, "db", job->group % 2 ? "nr" : "nt", NULL);
}

static void put_verdicts(struct store *store, const struct job *job)
{
	struct step_verdict verdict = {
		.step_id = job->number + 1,
		.reason = "",
		.level = 0.005,
		.history_count = PAST_STEPS,
		.regime_start_unix_us = JO_MISSING,
		.borrowed_from = "",
		.attrs_used = "",
		.group = "class align",
		.model_version = 1,
		.judged_unix_us = NOW * US_PER_S,
		.night = 20260916,
	};
	struct jo_err err;

	for (int m = 0; m < METRIC_COUNT; m++) {
		bool is_wall = m == METRIC_WALL;

		verdict.metric = (enum metric)m;
		verdict.verdict = is_wall && job->is_high ? VERDICT_HIGH : VERDICT_NORMAL;
		verdict.value = is_wall ? job->wall_s * (double)US_PER_S : job->memory_bytes;
		verdict.expected = is_wall ? job->expected_s * (double)US_PER_S : job->memory_bytes;
		verdict.low = verdict.expected / 1.4;
		verdict.high = verdict.expected * 1.4;
		verdict.ratio = verdict.value / verdict.expected;
		verdict.score = 10 * log(verdict.ratio);
		verdict.p_value = verdict.verdict == VERDICT_HIGH ? 1e-6 : 0.5;
		check(store_verdicts_put(store, &verdict, 1, JO_MISSING, &err) == 0, err.text);
	}
}

/* The store numbers steps and groups as they come, from 1. */
static void check_numbers(struct store *store, const struct job *job)
{
	struct store_selection selection;
	struct store_cursor *cursor;
	struct step step;
	struct jo_err err;

	store_selection_init(&selection);
	selection.id = job->number + 1;
	check(store_steps_open(store, &selection, &cursor, &err) == 0, err.text);
	check(store_steps_next(cursor, &step, &err) > 0 && step.job_id == FIRST_JOB + job->number &&
		      step.group_id == job->group + 1,
	      "the store counts otherwise");
	store_cursor_close(cursor);
}

/* Returns how many findings there are. */
static int fill_store(const char *path)
{
	const struct store_options options = {STORE_CREATE, 0};
	struct jo_record *records = xreallocarray(NULL, BATCH, sizeof(*records));
	struct job *jobs = xreallocarray(NULL, BATCH, sizeof(*jobs));
	struct store_input inputs[BATCH];
	struct store_added added = {0};
	struct store *store;
	struct jo_err err;
	int findings = 0;

	check(store_open(path, &options, &store, &err) == 0, err.text);
	for (int64_t i = 0; i < STEPS; i += BATCH) {
		if (i % TRANSACTION == 0)
			check(store_begin(store, &err) == 0, err.text);
		for (int j = 0; j < BATCH; j++) {
			make_job(i + j, &jobs[j]);
			make_record(&jobs[j], &records[j]);
			findings += jobs[j].is_high;
			inputs[j] = (struct store_input){&records[j], NULL, STEP_SOURCE_PLUGIN,
							 STEP_STATE_COMPLETED};
		}
		check(store_add(store, inputs, BATCH, NOW * US_PER_S, &added, &err) == 0, err.text);
		for (int j = 0; j < BATCH; j++)
			put_verdicts(store, &jobs[j]);
		if ((i + BATCH) % TRANSACTION == 0 || i + BATCH == STEPS)
			check(store_commit(store, &err) == 0, err.text);
	}
	check_numbers(store, &jobs[BATCH - 1]);
	store_close(store);
	free(records);
	free(jobs);
	return findings;
}

/* ---- telling it */

static char *in_folder(const char *name)
{
	return xasprintf("%s/%s", folder, name);
}

static void write_text(const char *name, const char *text, mode_t mode)
{
	char *path = in_folder(name);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
	size_t len = strlen(text);

	check(fd >= 0 && write(fd, text, len) == (ssize_t)len && close(fd) == 0, path);
	free(path);
}

static void write_site(void)
{
	char *conf =
		xasprintf("Database=%s/db\nSpool=%s/spool\nMailUsers=yes\n"
			  "MailDomain=hpc.example\nMailMap=%s/map\nAdminMail=root@hpc.example\n"
			  "SendmailPath=%s/sendmail\nReadersDatabase=%s/readers.db\n",
			  folder, folder, folder, folder, folder);
	struct strbuf map;

	strbuf_init(&map);
	for (int user = 0; user < USERS; user++)
		strbuf_addf(&map, "benchuser%d benchuser%d@hpc.example\n", user, user);
	write_text("conf", conf, 0644);
	write_text("map", map.text, 0644);
	write_text("sendmail", "#!/bin/sh\nexec cat >>/dev/null\n", 0755);
	strbuf_release(&map);
	free(conf);
}

/* Run it, print what it took, and return the seconds. */
static double run(const char *name, char *const argv[])
{
	double start = clock_s(CLOCK_MONOTONIC), wall_s;
	struct rusage usage;
	int status;
	pid_t pid = fork();

	check(pid >= 0, "cannot fork");
	if (pid == 0) {
		int fd = open("/dev/null", O_WRONLY);

		(void)dup2(fd, STDOUT_FILENO);
		(void)execv(argv[0], argv);
		_exit(127);
	}
	check(wait4(pid, &status, 0, &usage) == pid && status == 0, name);
	wall_s = clock_s(CLOCK_MONOTONIC) - start;
	(void)printf("night_%s %.1f s\n", name, wall_s);
	(void)printf("night_%s_cpu %.1f s\n", name,
		     (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
			     (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6);
	(void)printf("night_%s_memory %.0f MiB\n", name, (double)usage.ru_maxrss / 1024);
	(void)fflush(stdout);
	return wall_s;
}

int main(int argc, char **argv)
{
	char *tool, *db, *conf, *page, *copy, *now, *command;
	struct stat file;
	double seconds;

	(void)argc;
	tool = xasprintf("%.*s/../sjoboutliers", (int)(strrchr(argv[0], '/') - argv[0]), argv[0]);
	check(mkdtemp(folder) != NULL, "cannot make a folder");
	db = in_folder("db");
	conf = in_folder("conf");
	page = in_folder("report.html");
	copy = in_folder("readers.db");
	now = xasprintf("%" PRId64, NOW);
	(void)setenv("SJOBOUTLIERS_NOW", now, 1);
	write_site();
	(void)printf("night_findings %d findings\n", fill_store(db));
	(void)printf("night_steps %d steps\n", GROUPS * NIGHT_STEPS);
	(void)fflush(stdout);
	seconds = run("mail", (char *[]){tool, "-c", conf, "mail", NULL});
	seconds += run("report", (char *[]){tool, "-c", conf, "report", "--html", page, NULL});
	(void)printf("night_mail_and_report %.1f s\n", seconds);
	check(stat(page, &file) == 0, page);
	(void)printf("night_report_size %.2f MB\n", (double)file.st_size / 1e6);
	(void)run("publish", (char *[]){tool, "-c", conf, "publish", NULL});
	check(stat(copy, &file) == 0, copy);
	(void)printf("night_copy_size %.0f MB\n", (double)file.st_size / 1e6);
	command = xasprintf("rm -r '%s'", folder);
	check(system(command) == 0, "cannot remove the folder");
	free(command);
	free(now);
	free(copy);
	free(page);
	free(conf);
	free(db);
	free(tool);
	return 0;
}
