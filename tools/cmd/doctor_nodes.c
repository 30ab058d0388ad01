/* SPDX-License-Identifier: GPL-2.0-or-later */
/* doctor: whether every node that runs jobs is heard of, and what nodes had to drop. */
#include "joboutliers/units.h"
#include "cmd/doctor.h"
#include "util/run.h"
#include "util/when.h"
#include "util/words.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* A controller that takes longer to answer sinfo is in trouble of its own. */
#define SLURM_TIMEOUT_S 20

/*
 * A node tells something whenever a step starts or ends.  One long job can keep
 * a node silent for its time limit, which few sites let exceed two weeks.
 */
#define SILENT_US (14 * JO_US_PER_DAY)

/* Losses that are older were seen to, or never will be. */
#define RECENT_US (7 * JO_US_PER_DAY)

/* So many nodes are named; the rest are counted. */
#define NAMED_MAX 5

struct node_models {
	struct strlist seen;   /* told anything within SILENT_US */
	struct strlist silent; /* not since then */
	int64_t dropped_count, bad_count;
	struct strlist dropping;
};

/* A node is there once for each cluster's name, and slurmd's own record may have none. */
static void add_once(struct strlist *names, const char *name)
{
	if (!strlist_has(names, name))
		strlist_add(names, name);
}

static int read_health(struct doctor *doctor, struct node_models *nodes, struct jo_err *err)
{
	int64_t now = doctor->env->now_unix_us;
	struct store_cursor *cursor;
	struct store_node_health health;
	int rc = store_node_health_open(doctor->store, &cursor, err);

	if (rc < 0)
		return rc;
	while ((rc = store_node_health_next(cursor, &health, err)) > 0) {
		bool is_silent = health.last_record_unix_us == JO_MISSING ||
				 health.last_record_unix_us < now - SILENT_US;

		add_once(is_silent ? &nodes->silent : &nodes->seen, health.node);
		if (health.bad_count != JO_MISSING)
			nodes->bad_count += health.bad_count;
		if (health.last_dropped_unix_us == JO_MISSING ||
		    health.last_dropped_unix_us < now - RECENT_US)
			continue;
		nodes->dropped_count += health.dropped_count;
		add_once(&nodes->dropping, health.node);
	}
	store_cursor_close(cursor);
	return rc;
}

/* "n1, n2, n3, n4, n5 and 12 more", cut to the buffer. */
static const char *name_some(const struct strlist *names, char *buf, size_t size)
{
	size_t len = 0;

	buf[0] = '\0';
	for (size_t i = 0; i < names->count && i < NAMED_MAX && len < size; i++)
		len += (size_t)snprintf(buf + len, size - len, "%s%.64s", i > 0 ? ", " : "",
					names->list[i]);
	if (names->count > NAMED_MAX && len < size)
		(void)snprintf(buf + len, size - len, " and %zu more", names->count - NAMED_MAX);
	return buf;
}

/* Nodes that run jobs at this moment, each once; false when Slurm cannot be asked. */
static bool read_busy_nodes(struct strlist *busy)
{
	static const char *const argv[] = {
		"sinfo", "--Node", "--noheader", "--states=alloc,mix", "--format=%N", NULL};
	struct run_result result = {0};
	char *state = NULL;
	int rc = run_program_ok(argv, NULL, 0, SLURM_TIMEOUT_S, &result, NULL);

	for (char *name = rc == 0 ? strtok_r(result.output, " \n", &state) : NULL; name != NULL;
	     name = strtok_r(NULL, " \n", &state))
		add_once(busy, name);
	run_result_release(&result);
	return rc == 0;
}

static void check_busy_nodes(struct doctor *doctor, const struct node_models *nodes)
{
	struct strlist busy = {0}, unheard = {0}, silent = {0};
	char names[512];

	if (read_busy_nodes(&busy)) {
		for (size_t i = 0; i < busy.count; i++) {
			if (strlist_has(&nodes->seen, busy.list[i]))
				continue;
			strlist_add(strlist_has(&nodes->silent, busy.list[i]) ? &silent : &unheard,
				    busy.list[i]);
		}
		if (unheard.count > 0)
			doctor_tell(doctor, DOCTOR_FAIL,
				    "%s: run jobs, but never sent a record: is the plugin in "
				    "plugstack.conf there, is the spool there, and was ingest run?",
				    name_some(&unheard, names, sizeof(names)));
		if (silent.count > 0)
			doctor_tell(doctor, DOCTOR_WARN,
				    "%s: run jobs, but sent no record in two weeks",
				    name_some(&silent, names, sizeof(names)));
	}
	strlist_release(&busy);
	strlist_release(&unheard);
	strlist_release(&silent);
}

void doctor_nodes(struct doctor *doctor)
{
	struct node_models nodes = {.dropped_count = 0};
	struct jo_err err = {0};
	char names[512];

	if (doctor->store == NULL) {
		doctor_tell(doctor, DOCTOR_WARN, "not checked without a database");
		return;
	}
	if (read_health(doctor, &nodes, &err) < 0) {
		doctor_tell(doctor, DOCTOR_FAIL, "%s", err.text);
	} else {
		check_busy_nodes(doctor, &nodes);
		if (nodes.dropping.count > 0)
			doctor_tell(doctor, DOCTOR_WARN,
				    "%s: could not write %" PRId64
				    " records since ever, some of them "
				    "in the last week: look for a full or missing spool in "
				    "slurmd's log",
				    name_some(&nodes.dropping, names, sizeof(names)),
				    nodes.dropped_count);
		if (nodes.bad_count > 0)
			doctor_tell(doctor, DOCTOR_WARN,
				    "%" PRId64 " line%s set aside as no record since ever",
				    nodes.bad_count, nodes.bad_count == 1 ? " was" : "s were");
		doctor_tell(doctor, DOCTOR_OK, "%zu node%s sent records in the last two weeks",
			    nodes.seen.count, words_plural((int64_t)nodes.seen.count));
	}
	strlist_release(&nodes.seen);
	strlist_release(&nodes.silent);
	strlist_release(&nodes.dropping);
}
