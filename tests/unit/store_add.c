/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Records become steps: once, whatever the order, with the nodes merged and the state derived. */
#include "store_fixture.h"

#include <signal.h>

static void start_and_end(void)
{
	struct store *store = open_new("start_and_end");
	struct jo_record start = record_of(JO_RECORD_START, 1, 0, "n1");
	struct jo_record end = record_of(JO_RECORD_END, 1, 0, "n1");
	struct store_added added;
	struct store_cursor *cursor;
	struct step step;

	add(store, &start, &added);
	is_int(added.new_count, 1, "a start is a new step");
	cursor = get(store, 1, &step);
	is_int(step.state, STEP_STATE_RUNNING, "that runs");
	is_int(step.end_unix_us, JO_MISSING, "without an end");
	is_str(step.user, "ann", "of its user");
	store_cursor_close(cursor);

	end.mem_peak_bytes = 5000;
	add(store, &end, &added);
	is_int(added.changed_count, 1, "its end changes it");
	add(store, &end, &added);
	is_int(added.duplicate_count, 1, "but once");
	add(store, &start, &added);
	is_int(added.duplicate_count, 1, "and a late start says nothing new");
	cursor = get(store, 1, &step);
	is_int(step.state, STEP_STATE_COMPLETED, "it is completed");
	is_int(step.end_unix_us, T0 + 100 * S, "with its end");
	is_int(step.mem_peak_bytes, 5000, "with its peak");
	is_int(step.mem_peak_sum_bytes, 5000, "which is that of all its nodes");
	is_int(step.max_rss_bytes, JO_MISSING, "what is missing stays missing");
	is_int(step.input_bytes, JO_MISSING, "also the size");
	store_cursor_close(cursor);
	store_close(store);
}

/* Whatever a start says of what was taken, it cannot know; what was given it can. */
static void start_that_knows_too_much(void)
{
	struct jo_record start = record_of(JO_RECORD_START, 9, 0, "n1");
	struct store *store = open_new("start");
	struct store_cursor *cursor;
	struct store_added added;
	struct step step;

	start.cpu_count = 4;
	start.input_bytes = 1000;
	start.wall_us = 5 * S;
	start.mem_peak_bytes = 2000;
	start.psi_io_full_us = 3;
	add(store, &start, &added);
	cursor = get(store, 9, &step);
	is_int(step.cpu_count, 4, "a start tells processors");
	is_int(step.input_bytes, 1000, "and an input size");
	is_int(step.wall_us, JO_MISSING, "but no run time");
	is_int(step.mem_peak_bytes, JO_MISSING, "no memory");
	is_int(step.psi_io_full_us, JO_MISSING, "and no stall");
	store_cursor_close(cursor);
	store_close(store);
}

/* What names a step besides Slurm may be what its user says: no user's record changes another's. */
static void of_two_users(void)
{
	struct store *store = open_new("two-users");
	struct jo_record record = record_of(JO_RECORD_END, 50, 0, "n1");
	struct store_selection selection;
	struct store_added added;
	struct store_cursor *cursor;
	struct step step;
	int count = 0;

	record.uid = 1001;
	record.wall_us = 100 * S;
	record.mem_peak_bytes = 700;
	add(store, &record, &added);
	record.uid = 1002;
	record.wall_us = 9000 * S;
	record.mem_peak_bytes = 1;
	add(store, &record, &added);
	is_int(added.new_count, 1, "a record of another user is of another step");
	store_selection_init(&selection);
	if (store_steps_open(store, &selection, &cursor, &err) == 0) {
		while (store_steps_next(cursor, &step, &err) == 1) {
			is_int(step.wall_us, step.uid == 1001 ? 100 * S : 9000 * S,
			       "each has what its own record says");
			is_int(step.mem_peak_bytes, step.uid == 1001 ? 700 : 1, "and only that");
			count++;
		}
		store_cursor_close(cursor);
	}
	is_int(count, 2, "there are both");
	store_close(store);
}

/* A suspended step's clock goes on, but it does not run. */
static void suspended(void)
{
	static const struct {
		int64_t suspended_us, wall_us, kept_us;
	} rows[] = {
		{JO_MISSING, 4000 * S, JO_MISSING}, {0, 4000 * S, 0},
		{3000 * S, 1000 * S, 3000 * S},     {4000 * S, 0, 4000 * S},
		{4001 * S, 4000 * S, JO_MISSING},   {-1, 4000 * S, JO_MISSING},
	};
	struct store *store = open_new("suspended");
	struct store_added added;
	struct store_cursor *cursor;
	struct step step;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct jo_record record = record_of(JO_RECORD_END, 100 + (int64_t)i, 0, "n1");

		record.wall_us = 4000 * S;
		record.suspended_us = rows[i].suspended_us;
		add(store, &record, &added);
		cursor = get(store, 100 + (int64_t)i, &step);
		is_int(step.wall_us, rows[i].wall_us, "the run time is without it");
		is_int(step.suspended_us, rows[i].kept_us, "which stands beside it");
		is_int(step.end_unix_us, T0 + 4000 * S, "and the end stays");
		store_cursor_close(cursor);
	}
	store_close(store);
}

/* What Slurm's accounting says of a step of which the plugin told. */
static void add_told(struct store *store, const struct jo_record *record, bool only_fills,
		     struct store_added *added)
{
	const struct store_input input = {record, NULL, STEP_SOURCE_SACCT, STEP_STATE_COMPLETED};

	*added = (struct store_added){0};
	must(store_begin(store, &err) == 0 &&
		     (only_fills ? store_fill : store_add)(store, &input, 1, T0 + HOUR, added,
							   &err) == 0 &&
		     store_commit(store, &err) == 0,
	     "add what is told");
}

/* For how long a step was suspended its record may not know, and Slurm does. */
static void told_suspended(void)
{
	static const struct {
		const char *what;
		int64_t start_us, elapsed_us, suspended_us; /* as Slurm tells them, of T0 */
		int64_t own_us;                             /* as the record does */
		int64_t wall_us, kept_us;                   /* of the 100 s of the record */
	} rows[] = {
		{"it is taken off", 0, 30 * S, 70 * S, JO_MISSING, 30 * S, 70 * S},
		{"Slurm's clock is behind", -50 * S, 30 * S, 70 * S, JO_MISSING, 30 * S, 70 * S},
		{"Slurm sees more than the node", -30 * S, 300 * S, 70 * S, JO_MISSING, 30 * S,
		 70 * S},
		{"all of it", 0, 0, 100 * S, JO_MISSING, 0, 100 * S},
		{"it was not suspended", 0, 100 * S, 0, JO_MISSING, 100 * S, JO_MISSING},
		{"nobody knows", 0, 100 * S, JO_MISSING, JO_MISSING, 100 * S, JO_MISSING},
		{"the record knows", 0, 30 * S, 70 * S, 69 * S, 31 * S, 69 * S},
		{"more than it took", -50 * S, 60 * S, 103 * S, JO_MISSING, 100 * S, JO_MISSING},
		{"seconds that were rounded up", 0, 0, 102 * S, JO_MISSING, 0, 100 * S},
		{"another run before", -2 * HOUR, 30 * S, 70 * S, JO_MISSING, 100 * S, JO_MISSING},
		{"another run behind", 61 * S, 30 * S, 70 * S, JO_MISSING, 100 * S, JO_MISSING},
		{"one that was over before", 0, 5 * S, 34 * S, JO_MISSING, 100 * S, JO_MISSING},
		{"no sum", 0, 5 * S, JO_US_MAX, JO_MISSING, 100 * S, JO_MISSING},
	};

	for (int only_fills = 0; only_fills < 2; only_fills++) {
		struct store *store = open_new(only_fills ? "told-only" : "told");
		struct store_added added;
		struct store_cursor *cursor;
		struct step step;

		for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
			bool is_filled = rows[i].kept_us != rows[i].own_us;
			struct jo_record record =
				record_of(JO_RECORD_END, 100 + (int64_t)i, 0, "n1");

			record.suspended_us = rows[i].own_us;
			record.input_bytes = 7;
			add(store, &record, &added);
			record = record_of(JO_RECORD_END, 100 + (int64_t)i, 0, "");
			record.restart_count = JO_MISSING;
			record.start_unix_us += rows[i].start_us;
			record.suspended_us = rows[i].suspended_us;
			record.wall_us = rows[i].elapsed_us;
			if (rows[i].suspended_us != JO_MISSING)
				record.wall_us += rows[i].suspended_us;
			add_told(store, &record, only_fills, &added);
			is_int(added.changed_count, is_filled, "%s: whether it is news",
			       rows[i].what);
			is_int(added.new_count, 0, "%s: no new step", rows[i].what);
			cursor = get(store, 100 + (int64_t)i, &step);
			is_int(step.wall_us, rows[i].wall_us, "%s: run time", rows[i].what);
			is_int(step.suspended_us, rows[i].kept_us, "%s: suspended", rows[i].what);
			is_int(step.end_unix_us, T0 + 100 * S, "%s: its end stays", rows[i].what);
			is_int(step.input_bytes, 7, "%s: the rest, too", rows[i].what);
			is_int(step.source, STEP_SOURCE_PLUGIN, "%s: it is the plugin's",
			       rows[i].what);
			store_cursor_close(cursor);
			add_told(store, &record, only_fills, &added);
			is_int(added.changed_count, 0, "%s: once", rows[i].what);
		}
		store_close(store);
	}
}

/* Of the job's two runs the second was suspended for 60 s of its 100. */
static void check_runs(struct store *store, int64_t job)
{
	const struct store_job wanted = {job, JO_MISSING, JO_MISSING, JO_MISSING};
	struct store_selection selection;
	struct store_cursor *cursor;
	struct step step;

	store_selection_init(&selection);
	selection.jobs = &wanted;
	selection.job_count = 1;
	must(store_steps_open(store, &selection, &cursor, &err) == 0, "runs");
	while (store_steps_next(cursor, &step, &err) == 1) {
		bool is_second = step.restart_count == 1;

		is_int(step.wall_us, (is_second ? 40 : 100) * S, "run %d: run time", is_second);
		is_int(step.suspended_us, is_second ? 60 * S : JO_MISSING, "run %d: suspended",
		       is_second);
	}
	store_cursor_close(cursor);
}

/* Of all nodes, and of the run that it is of, though Slurm does not count requeues; and nothing
 * else is made of it. */
static void told_of_runs_and_nodes(void)
{
	struct jo_record record, told = record_of(JO_RECORD_END, 7, 0, "");
	struct store *store = open_new("told-runs");
	struct store_added added;
	const char *nodes[] = {"n1", "n2", "n3"};

	told.restart_count = JO_MISSING;
	told.suspended_us = 60 * S;
	add_told(store, &told, true, &added);
	is_int(count_steps(store), 0, "a step that nobody else tells of is not added");
	is_int(added.duplicate_count, 1, "and is no news");

	record = record_of(JO_RECORD_END, 7, 0, "n1");
	add(store, &record, &added);
	record.restart_count = 1;
	record.start_unix_us = T0 + HOUR;
	record.node_count = 3;
	for (size_t i = 0; i < 3; i++) {
		(void)strcpy(record.node, nodes[i]);
		record.wall_us = i == 1 ? 20 * S : 100 * S;
		if (i == 2) {
			told.start_unix_us = T0 + HOUR - S;
			told.wall_us = 110 * S;
			add_told(store, &told, true, &added);
			is_int(added.changed_count, 0, "one that still runs on a node waits");
		}
		add(store, &record, &added);
	}
	add_told(store, &told, true, &added);
	is_int(added.changed_count, 1, "the second run is filled");
	is_int(count_steps(store), 2, "and no third one is made");
	check_runs(store, 7);
	store_close(store);
}

/* Slurm moves the end of a job that it suspends: at its limit it is not. */
static void suspended_beyond_its_limit(void)
{
	struct store *store = open_new("beyond");
	struct jo_record record = record_of(JO_RECORD_END, 8, 0, "n1");
	struct store_added added;

	record.time_limit_us = 60 * S;
	add(store, &record, &added);
	is_int(state_of(store, 8), STEP_STATE_TIMEOUT, "it seems to be at its limit");
	record.suspended_us = 50 * S;
	add_told(store, &record, true, &added);
	is_int(state_of(store, 8), STEP_STATE_COMPLETED, "and was not");
	store_close(store);
}

static void cpu_times(void)
{
	static const struct {
		int64_t user_us, system_us, both_us, want_us;
		const char *what;
	} rows[] = {
		{5, 2, JO_MISSING, 7, "CPU time is that of both kinds"},
		{5, JO_MISSING, JO_MISSING, JO_MISSING, "half of it is none"},
		{JO_MISSING, JO_MISSING, 9, 9, "it may be told in one"},
		{0, 0, JO_MISSING, 0, "and be 0"},
		{JO_US_MAX, 2, JO_MISSING, JO_MISSING, "a sum beyond all times is none"},
		{JO_US_MAX, 0, JO_MISSING, JO_US_MAX, "the longest time is one"},
		{INT64_MAX, 2, JO_MISSING, JO_MISSING, "what is no time cannot be added"},
	};
	struct store *store = open_new("cpu_times");
	struct store_added added;
	struct store_cursor *cursor;
	struct step step;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct jo_record record = record_of(JO_RECORD_END, 70 + (int64_t)i, 0, "n1");

		record.cpu_user_us = rows[i].user_us;
		record.cpu_system_us = rows[i].system_us;
		record.cpu_us = rows[i].both_us;
		add(store, &record, &added);
		cursor = get(store, 70 + (int64_t)i, &step);
		is_int(step.cpu_us, rows[i].want_us, "%s", rows[i].what);
		store_cursor_close(cursor);
	}
	store_close(store);
}

static void nodes(void)
{
	static const struct {
		int64_t wall_us, mem_peak_bytes, cpu_user_us, limit_bytes, exit_status;
	} nodes[] = {{100 * S, 700, 10, 1000, 0},
		     {300 * S, 500, 20, 2000, 3},
		     {200 * S, 900, 40, 3000, 0}};
	struct store *store = open_new("nodes");
	struct store_added added;
	struct store_cursor *cursor;
	struct step step, node;
	char name[] = "n0";
	int count = 0;

	for (int i = 2; i >= 0; i--) {
		struct jo_record record;

		name[1] = (char)('1' + i);
		record = record_of(JO_RECORD_END, 7, 0, name);
		record.node_count = 3;
		record.node_index = i;
		record.wall_us = nodes[i].wall_us;
		record.mem_peak_bytes = nodes[i].mem_peak_bytes;
		record.cpu_user_us = nodes[i].cpu_user_us;
		record.cpu_system_us = 1;
		record.mem_limit_bytes = nodes[i].limit_bytes;
		record.exit_status = nodes[i].exit_status;
		record.psi_io_full_us = 10 * (i + 1);
		if (i != 1)
			record.read_bytes = 100;
		add(store, &record, &added);
		cursor = get(store, 7, &step);
		is_int(step.state, i > 0 ? STEP_STATE_RUNNING : STEP_STATE_FAILED,
		       "the state waits for all nodes");
		store_cursor_close(cursor);
	}
	cursor = get(store, 7, &step);
	is_int(step.wall_us, 300 * S, "time: the longest");
	is_int(step.end_unix_us, T0 + 300 * S, "end: the last");
	is_int(step.mem_peak_bytes, 900, "memory: the largest");
	is_int(step.mem_peak_sum_bytes, 2100, "and the sum");
	is_int(step.mem_limit_bytes, 3000, "limit: where the peak was");
	is_int(step.cpu_user_us, 70, "CPU time: the sum");
	is_int(step.cpu_us, 73, "and that of both kinds");
	is_int(step.read_bytes, JO_MISSING, "a sum with an unknown part is unknown");
	is_int(step.exit_status, 3, "exit status: the worst");
	is_int(step.psi_io_full_us, 30, "stall: the longest");
	is_str(step.node, "n1", "node: the first");
	is_int(step.node_seen_count, 3, "three were seen");
	store_cursor_close(cursor);

	if (store_nodes_open(store, step.id, &cursor, &err) == 0) {
		while (store_nodes_next(cursor, &node, &err) == 1) {
			is_int(node.wall_us, nodes[count].wall_us, "node %s is kept as it was",
			       node.node);
			count++;
		}
		store_cursor_close(cursor);
	}
	is_int(count, 3, "all nodes are kept");
	store_close(store);
}

static void states(void)
{
	static const struct {
		int64_t exit_status, term_signal, oom_kill_count, limit_s, wall_s;
		enum step_state state;
		const char *what;
	} rows[] = {
		{0, 0, 0, 1000, 100, STEP_STATE_COMPLETED, "exit 0 is completed"},
		{1, 0, 0, 1000, 100, STEP_STATE_FAILED, "exit 1 is failed"},
		{0, SIGSEGV, 0, 1000, 100, STEP_STATE_FAILED, "a crash is failed"},
		{0, SIGKILL, 0, 1000, 100, STEP_STATE_CANCELLED, "killed early is cancelled"},
		{0, SIGTERM, 0, 1000, 1001, STEP_STATE_TIMEOUT, "terminated after the limit"},
		{0, SIGTERM, 0, 1000, 970, STEP_STATE_TIMEOUT, "or a little before"},
		{0, 0, 0, 1000, 1000, STEP_STATE_TIMEOUT, "exit 0 at the limit all the same"},
		{0, 0, 0, 1000, 990, STEP_STATE_COMPLETED, "exit 0 a little before it not"},
		{0, 0, 1, 1000, 100, STEP_STATE_OUT_OF_MEMORY, "an OOM kill counts with exit 0"},
		{0, SIGKILL, 2, 1000, 1000, STEP_STATE_OUT_OF_MEMORY, "and before the limit"},
		{JO_MISSING, JO_MISSING, JO_MISSING, JO_MISSING, 100, STEP_STATE_UNKNOWN,
		 "no status, no claim"},
		{0, SIGTERM, JO_MISSING, JO_MISSING, 100, STEP_STATE_CANCELLED, "without a limit"},
	};
	struct store *store = open_new("states");
	struct store_added added;
	struct step step;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct jo_record record = record_of(JO_RECORD_END, (int64_t)i + 1, 0, "n1");

		record.exit_status = rows[i].exit_status;
		record.term_signal = rows[i].term_signal;
		record.oom_kill_count = rows[i].oom_kill_count;
		record.time_limit_us =
			rows[i].limit_s == JO_MISSING ? JO_MISSING : rows[i].limit_s * S;
		record.wall_us = rows[i].wall_s * S;
		add(store, &record, &added);
		store_cursor_close(get(store, (int64_t)i + 1, &step));
		is_int(step.state, rows[i].state, "%s", rows[i].what);
	}
	store_close(store);
}

/* ---- job numbers that come again ---- */

#define DAY (24 * HOUR)

/* A record that is added: what is added to it, and how many steps of its job there are then. */
struct arrival {
	enum jo_record_kind kind;
	const char *node;
	int64_t start_us; /* since T0 */
	int64_t restart_count;
	enum step_source source;
	int step_count;
};

#define ARRIVALS_MAX 6

static const struct life_case {
	const char *what;
	int64_t node_count;
	struct arrival arrivals[ARRIVALS_MAX]; /* until the first without a node */
	int64_t newest_start_us;
} life_cases[] = {
	{"the number of a month ago",
	 1,
	 {{JO_RECORD_START, "n1", 0, 0, STEP_SOURCE_PLUGIN, 1},
	  {JO_RECORD_END, "n1", 1, 0, STEP_SOURCE_PLUGIN, 1},
	  {JO_RECORD_START, "n1", 30 * DAY, 0, STEP_SOURCE_PLUGIN, 2},
	  {JO_RECORD_END, "n1", 30 * DAY + 1, 0, STEP_SOURCE_PLUGIN, 2}},
	 30 * DAY + 1},
	{"one that ended before this one began on the same node",
	 1,
	 {{JO_RECORD_END, "n1", 0, 0, STEP_SOURCE_PLUGIN, 1},
	  {JO_RECORD_START, "n1", 200 * S, 0, STEP_SOURCE_PLUGIN, 2},
	  {JO_RECORD_END, "n1", 200 * S + 7, 0, STEP_SOURCE_PLUGIN, 2}},
	 200 * S + 7},
	{"one that never told its end",
	 1,
	 {{JO_RECORD_START, "n1", 0, 0, STEP_SOURCE_PLUGIN, 1},
	  {JO_RECORD_START, "n1", HOUR, 0, STEP_SOURCE_PLUGIN, 2},
	  {JO_RECORD_END, "n1", HOUR + 1, 0, STEP_SOURCE_PLUGIN, 2}},
	 HOUR + 1},
	{"one on another node, of a step that has its nodes",
	 1,
	 {{JO_RECORD_END, "n1", 0, 0, STEP_SOURCE_PLUGIN, 1},
	  {JO_RECORD_END, "n2", HOUR, 0, STEP_SOURCE_PLUGIN, 2}},
	 HOUR},
	{"the older one comes later",
	 1,
	 {{JO_RECORD_END, "n1", 30 * DAY, 0, STEP_SOURCE_PLUGIN, 1},
	  {JO_RECORD_END, "n1", 0, 0, STEP_SOURCE_PLUGIN, 2},
	  {JO_RECORD_END, "n1", 15 * DAY, 0, STEP_SOURCE_PLUGIN, 3},
	  {JO_RECORD_END, "n1", 60 * DAY, 0, STEP_SOURCE_PLUGIN, 4}},
	 60 * DAY},
	{"an import of days later",
	 1,
	 {{JO_RECORD_END, "n1", 0, 0, STEP_SOURCE_PLUGIN, 1},
	  {JO_RECORD_END, "n1", 2 * DAY, 0, STEP_SOURCE_SACCT, 2},
	  {JO_RECORD_END, "n1", 2 * DAY + 5 * S, 0, STEP_SOURCE_CSV, 2}},
	 2 * DAY + 5 * S},
	{"an import's idea of a start is the same step's",
	 1,
	 {{JO_RECORD_END, "n1", 0, 0, STEP_SOURCE_PLUGIN, 1},
	  {JO_RECORD_END, "", -240 * S, 0, STEP_SOURCE_SACCT, 1},
	  {JO_RECORD_END, "n1", 14 * HOUR, 0, STEP_SOURCE_CSV, 1},
	  {JO_RECORD_END, "n1", -14 * HOUR, 0, STEP_SOURCE_CSV, 1}},
	 0},
	{"nodes with clocks of their own are one step",
	 3,
	 {{JO_RECORD_END, "n1", 0, 0, STEP_SOURCE_PLUGIN, 1},
	  {JO_RECORD_END, "n2", 2 * HOUR, 0, STEP_SOURCE_PLUGIN, 1},
	  {JO_RECORD_END, "n3", -2 * HOUR, 0, STEP_SOURCE_PLUGIN, 1},
	  {JO_RECORD_END, "n1", 20 * DAY, 0, STEP_SOURCE_PLUGIN, 2},
	  {JO_RECORD_END, "n3", 20 * DAY + S, 0, STEP_SOURCE_PLUGIN, 2}},
	 20 * DAY},
	{"a requeued job runs twice, though its second start calls itself the first",
	 1,
	 {{JO_RECORD_START, "n1", 0, 0, STEP_SOURCE_PLUGIN, 1},
	  {JO_RECORD_END, "n1", 1, 0, STEP_SOURCE_PLUGIN, 1},
	  {JO_RECORD_START, "n1", 3 * DAY, 0, STEP_SOURCE_PLUGIN, 2},
	  {JO_RECORD_END, "n1", 3 * DAY + 9, 1, STEP_SOURCE_PLUGIN, 2},
	  {JO_RECORD_START, "n1", 3 * DAY, 0, STEP_SOURCE_PLUGIN, 2}},
	 1},
	{"the first run's node died: both runs leave their trace",
	 1,
	 {{JO_RECORD_START, "n1", 0, 0, STEP_SOURCE_PLUGIN, 1},
	  {JO_RECORD_START, "n1", HOUR, 0, STEP_SOURCE_PLUGIN, 2},
	  {JO_RECORD_END, "n1", HOUR + 9, 1, STEP_SOURCE_PLUGIN, 2}},
	 0},
};

static struct jo_record arrival_record(const struct life_case *row, const struct arrival *arrival)
{
	struct jo_record record = record_of(arrival->kind, 4711, 4294967291, arrival->node);

	record.step_kind = JO_STEP_BATCH;
	record.node_count = row->node_count;
	record.start_unix_us = T0 + arrival->start_us;
	record.restart_count = arrival->restart_count;
	return record;
}

static void add_arrivals(struct store *store, const struct life_case *row, int from, int to,
			 struct store_added *added)
{
	struct jo_record records[ARRIVALS_MAX];
	struct store_input inputs[ARRIVALS_MAX];
	size_t count = 0;

	for (int i = from; i < to && row->arrivals[i].node != NULL; i++) {
		records[count] = arrival_record(row, &row->arrivals[i]);
		inputs[count] = (struct store_input){.record = &records[count],
						     .source = row->arrivals[i].source};
		count++;
	}
	*added = (struct store_added){0};
	must(store_begin(store, &err) == 0 &&
		     store_add(store, inputs, count, T0, added, &err) == 0 &&
		     store_commit(store, &err) == 0,
	     "add arrivals");
}

/* The start of the newest run of the first run's number. */
static int64_t newest_start(struct store *store)
{
	const struct store_job wanted = {4711, JO_MISSING, JO_MISSING, JO_MISSING};
	struct store_selection selection;
	struct store_cursor *cursor;
	int64_t start_unix_us = JO_MISSING;
	struct step step;

	store_selection_init(&selection);
	selection.jobs = &wanted;
	selection.job_count = 1;
	selection.want_newest = true;
	selection.order = STORE_BY_JOB;
	must(store_steps_open(store, &selection, &cursor, &err) == 0, "newest");
	if (store_steps_next(cursor, &step, &err) == 1)
		start_unix_us = step.start_unix_us;
	store_cursor_close(cursor);
	return start_unix_us;
}

static void lives(void)
{
	for (size_t i = 0; i < sizeof(life_cases) / sizeof(life_cases[0]); i++) {
		const struct life_case *row = &life_cases[i];
		struct store_added added;
		struct store *store;
		char name[32];
		int count = 0;

		(void)snprintf(name, sizeof(name), "life%zu", i);
		store = open_new(name);
		for (; count < ARRIVALS_MAX && row->arrivals[count].node != NULL; count++) {
			add_arrivals(store, row, count, count + 1, &added);
			is_int(count_steps(store), row->arrivals[count].step_count,
			       "%s: steps after record %d", row->what, count + 1);
		}
		is_int(newest_start(store), T0 + row->newest_start_us, "%s: the newest", row->what);
		add_arrivals(store, row, 0, count, &added);
		is_int(added.new_count, 0, "%s: all of it again adds nothing", row->what);
		is_int(count_steps(store), row->arrivals[count - 1].step_count,
		       "%s: and makes no more", row->what);
		store_close(store);

		(void)snprintf(name, sizeof(name), "life%zu-at-once", i);
		store = open_new(name);
		add_arrivals(store, row, 0, count, &added);
		is_int(count_steps(store), row->arrivals[count - 1].step_count,
		       "%s: the same at once", row->what);
		is_int(newest_start(store), T0 + row->newest_start_us, "%s: and its newest",
		       row->what);
		store_close(store);
	}
}

static int64_t count_in(struct store *store, enum step_state state)
{
	struct store_selection selection;
	int64_t count = JO_MISSING;

	store_selection_init(&selection);
	selection.state_mask = 1U << state;
	must(store_steps_count(store, &selection, &count, &err) == 0, "count states");
	return count;
}

/* A step that failed soon after its job began is not at its time limit, though the number is old.
 */
static void timeout_of_a_life(void)
{
	struct store *store = open_new("timeout_of_a_life");
	struct store_added added;
	struct jo_record record;

	record = record_of(JO_RECORD_END, 5, 4294967291, "n1");
	record.step_kind = JO_STEP_BATCH;
	record.time_limit_us = HOUR;
	add(store, &record, &added);
	record.start_unix_us = T0 + 10 * DAY;
	add(store, &record, &added);
	record = record_of(JO_RECORD_END, 5, 1, "n1"); /* the newer job has no such step */
	add(store, &record, &added);
	record = record_of(JO_RECORD_END, 5, 0, "n1");
	record.time_limit_us = HOUR;
	record.exit_status = 1;
	record.start_unix_us = T0 + 10 * DAY + S;
	add(store, &record, &added);
	is_int(count_in(store, STEP_STATE_FAILED), 1, "the one that failed failed");
	is_int(count_in(store, STEP_STATE_TIMEOUT), 0, "and did not time out");
	store_close(store);
}

int main(void)
{
	begin_tests();
	start_and_end();
	start_that_knows_too_much();
	of_two_users();
	suspended();
	told_suspended();
	told_of_runs_and_nodes();
	suspended_beyond_its_limit();
	lives();
	timeout_of_a_life();
	nodes();
	cpu_times();
	states();
	return end_tests();
}
