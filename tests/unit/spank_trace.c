/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A step's trace context: what is valid, whose it is, what a job's steps and a
 * step's nodes share, and what an environment made by somebody else can reach.
 */
#include "trace.h"
#include "fakes/slurm.h"
#include "tap.h"

#include <slurm/slurm.h>
#include <stdlib.h>
#include <string.h>

#define CARRIED "SLURM_JOBOUTLIERS_TRACE"
#define TRACE_A "0af7651916cd43dd8448eb211c80319c"
#define TRACE_B "4bf92f3577b34da6a3ce929d0e0e4736"
#define SPAN_A "b7ad6b7169203331"
#define SPAN_B "00f067aa0ba902b7"

static struct trace trace;
static struct jo_record record;

/* A step that finds these in its environment, each of which may be NULL. */
static void begin(const char *carried, const char *parent, const char *state)
{
	struct jo_err err;

	if (carried != NULL)
		fake_setenv(CARRIED, carried);
	if (parent != NULL)
		fake_setenv("TRACEPARENT", parent);
	if (state != NULL)
		fake_setenv("TRACESTATE", state);
	memset(&trace, 0, sizeof(trace));
	is_int(trace_begin(&trace, NULL, &record, &err), 0, "a step begins");
	is_int(trace_tell(&trace, NULL, &err), 0, "and its tasks are told");
}

static void fresh(enum jo_step_kind kind)
{
	fake_slurm_reset(S_CTX_REMOTE);
	jo_record_init(&record, JO_RECORD_START);
	record.job_id = 4711;
	record.step_id = kind == JO_STEP_BATCH ? (int64_t)SLURM_BATCH_SCRIPT : 0;
	record.step_kind = kind;
	record.node_count = 1;
	record.uid = 1000;
}

static bool is_hex(const char *text, size_t digits)
{
	return strlen(text) == digits && strspn(text, "0123456789abcdef") == digits &&
	       strspn(text, "0") < digits;
}

/* What the tasks have says what the record says. */
static void is_told(const char *flags)
{
	char parent[64], carried[64];

	snprintf(parent, sizeof(parent), "00-%s-%s-%s", record.trace_id, record.span_id, flags);
	snprintf(carried, sizeof(carried), "%s-%s", record.trace_id, record.span_id);
	ok(is_hex(record.trace_id, 32) && is_hex(record.span_id, 16), "%s-%s are ids",
	   record.trace_id, record.span_id);
	is_str(fake_getenv("TRACEPARENT"), parent, "TRACEPARENT is the step's");
	is_str(fake_getenv(CARRIED), carried, "and so is what steps inside find");
}

static void check_invalid(void)
{
	static const char *const rows[] = {
		NULL,
		"",
		"00",
		"nonsense",
		"00-" TRACE_B "-" SPAN_B,
		"00-" TRACE_B "-" SPAN_B "-",
		"00-" TRACE_B "-" SPAN_B "-1",
		"00-" TRACE_B "-" SPAN_B "-0g",
		"00-" TRACE_B "-" SPAN_B "-01-more",
		"00-" TRACE_B "-" SPAN_B "-011",
		"01-" TRACE_B "-" SPAN_B "-01more",
		"ff-" TRACE_B "-" SPAN_B "-01",
		"00_" TRACE_B "-" SPAN_B "-01",
		"00-4BF92F3577B34DA6A3CE929D0E0E4736-" SPAN_B "-01",
		"00-00000000000000000000000000000000-" SPAN_B "-01",
		"00-" TRACE_B "-0000000000000000-01",
		" 00-" TRACE_B "-" SPAN_B "-01",
		"00-" TRACE_B "-" SPAN_B "-01\n",
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		fresh(JO_STEP_SRUN);
		begin(NULL, rows[i], "vendor=x");
		is_told("01");
		is_str(record.link_trace_id, "", "no link to nonsense");
		is_str(record.parent_span_id, "", "and no parent");
		ok(fake_getenv("TRACESTATE") == NULL, "a state without a context is dropped");
	}
}

static void check_foreign(void)
{
	static const char *const rows[] = {
		"00-" TRACE_B "-" SPAN_B "-01",
		"00-" TRACE_B "-" SPAN_B "-00",
		"cc-" TRACE_B "-" SPAN_B "-ff-what the future brings",
	};
	char long_one[600];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		fresh(JO_STEP_SRUN);
		begin(TRACE_A "-" SPAN_A, rows[i], "vendor=x");
		is_str(fake_getenv("TRACEPARENT"), rows[i], "a foreign context is left alone");
		is_str(fake_getenv("TRACESTATE"), "vendor=x", "with its state");
		is_str(record.link_trace_id, TRACE_B, "and is a link's trace");
		is_str(record.link_span_id, SPAN_B, "and span");
		is_str(record.trace_id, TRACE_A, "the step is in its job's trace");
		is_str(record.parent_span_id, SPAN_A, "below the step around");
	}
	fresh(JO_STEP_BATCH);
	begin(NULL, rows[0], NULL);
	is_str(record.link_trace_id, TRACE_B, "a job's first step has the link");
	ok(is_hex(record.trace_id, 32) && strcmp(record.trace_id, TRACE_B) != 0,
	   "and a trace of its own");

	snprintf(long_one, sizeof(long_one), "%s-%0500d", "01-" TRACE_B "-" SPAN_B "-01", 0);
	fresh(JO_STEP_SRUN);
	begin(NULL, long_one, NULL);
	is_str(record.link_span_id, SPAN_B, "one that is long is read as far as it is known");
}

static void check_ours(void)
{
	fresh(JO_STEP_SRUN);
	begin(TRACE_A "-" SPAN_A, "00-" TRACE_A "-" SPAN_A "-01", "vendor=x");
	is_told("01");
	is_str(record.trace_id, TRACE_A, "the job's trace goes on");
	is_str(record.parent_span_id, SPAN_A, "below the script's span");
	is_str(record.link_trace_id, "", "which is no link");
	is_str(fake_getenv("TRACESTATE"), "vendor=x", "its state goes on");

	fresh(JO_STEP_SRUN);
	begin(TRACE_A "-" SPAN_A, "00-" TRACE_A "-" SPAN_B "-00", NULL);
	is_told("00");
	is_str(record.parent_span_id, SPAN_B, "below the span that the program opened");

	fresh(JO_STEP_SRUN);
	begin(TRACE_A "-" SPAN_A, NULL, NULL);
	is_told("01");
	is_str(record.parent_span_id, SPAN_A, "what survives --export=NONE is enough");

	fresh(JO_STEP_SRUN);
	begin(TRACE_A, NULL, NULL);
	is_told("01");
	is_str(record.trace_id, TRACE_A, "the steps of an salloc share its trace");
	is_str(record.parent_span_id, "", "and have no parent");

	fresh(JO_STEP_BATCH);
	begin(TRACE_A, NULL, NULL);
	is_told("01");
	ok(strcmp(record.trace_id, TRACE_A) != 0, "a script does not take what sbatch left: the "
						  "tasks of an array have a trace each");
	fresh(JO_STEP_BATCH);
	begin(TRACE_A "-" SPAN_A, "00-" TRACE_A "-" SPAN_A "-01", NULL);
	is_told("01");
	is_str(record.trace_id, TRACE_A, "a job that a step submitted is in its trace");
	is_str(record.parent_span_id, SPAN_A, "below that step");
}

static void check_carried_nonsense(void)
{
	static const char *const rows[] = {
		"",
		"x",
		TRACE_A "-",
		TRACE_A "x",
		TRACE_A "-" SPAN_A "-",
		TRACE_A "-0000000000000000",
		"00000000000000000000000000000000",
		TRACE_A "-" SPAN_A "\n",
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		fresh(JO_STEP_SRUN);
		begin(rows[i], NULL, NULL);
		is_told("01");
		ok(strcmp(record.trace_id, TRACE_A) != 0, "a trace of its own");
		is_str(record.parent_span_id, "", "below nobody");
	}
}

/* The span of one node of a step in TRACE_A. */
static const char *span_at(int64_t job_id, int64_t step_id, int64_t uid, int64_t restarts)
{
	static char spans[2][JO_SPAN_ID_SIZE];
	static int turn;

	fresh(JO_STEP_SRUN);
	record.node_count = 2;
	record.job_id = job_id;
	record.step_id = step_id;
	record.uid = uid;
	record.restart_count = restarts;
	begin(TRACE_A "-" SPAN_A, NULL, NULL);
	turn = !turn;
	return strcpy(spans[turn], record.span_id);
}

static void check_nodes(void)
{
	char first[JO_SPAN_ID_SIZE];

	strcpy(first, span_at(1, 2, 3, 0));
	is_str(span_at(1, 2, 3, 0), first, "the nodes of a step have one span");
	ok(strcmp(span_at(2, 2, 3, 0), first) != 0, "another job has another");
	ok(strcmp(span_at(1, 3, 3, 0), first) != 0, "and so has another step");
	ok(strcmp(span_at(1, 2, 4, 0), first) != 0, "somebody else's in the same trace");
	ok(strcmp(span_at(1, 2, 3, 1), first) != 0, "and the next run of the job");

	/* Whoever knows the trace and the span of another's step. */
	fresh(JO_STEP_SRUN);
	record.job_id = 2;
	record.uid = 4;
	record.node_count = 2;
	{
		char carried[64];

		snprintf(carried, sizeof(carried), "%s-%s", TRACE_A, first);
		begin(carried, NULL, NULL);
	}
	ok(strcmp(record.span_id, first) != 0, "who claims the span of a step does not get it");

	fresh(JO_STEP_SRUN);
	record.node_count = 2;
	begin(NULL, NULL, NULL);
	is_str(record.trace_id, "", "nodes that no srun of ours gave a trace make none each");
	ok(fake_getenv("TRACEPARENT") == NULL && fake_getenv(CARRIED) == NULL,
	   "and their tasks are told none");
}

static void check_random(void)
{
	char trace_id[JO_TRACE_ID_SIZE], span_id[JO_SPAN_ID_SIZE];

	fresh(JO_STEP_BATCH);
	begin(NULL, NULL, NULL);
	strcpy(trace_id, record.trace_id);
	strcpy(span_id, record.span_id);
	fresh(JO_STEP_BATCH);
	begin(NULL, NULL, NULL);
	ok(strcmp(trace_id, record.trace_id) != 0 && strcmp(span_id, record.span_id) != 0,
	   "the same job again has other ids: nothing can be computed from its number");
	fresh(JO_STEP_BATCH);
	begin(TRACE_A "-" SPAN_A, NULL, NULL);
	strcpy(span_id, record.span_id);
	fresh(JO_STEP_BATCH);
	begin(TRACE_A "-" SPAN_A, NULL, NULL);
	ok(strcmp(span_id, record.span_id) != 0, "also where its trace is another's");
}

static void check_submit_side(void)
{
	char first[64];
	struct jo_err err;

	(void)unsetenv(CARRIED);
	is_int(trace_export(&err), 0, "an srun begins a trace");
	ok(getenv(CARRIED) != NULL && is_hex(getenv(CARRIED), 32), "%s", getenv(CARRIED));
	strcpy(first, getenv(CARRIED));
	is_int(trace_export(&err), 0, "the next component of a heterogeneous job");
	is_str(getenv(CARRIED), first, "is in the same");
	(void)setenv(CARRIED, TRACE_A "-" SPAN_A, 1);
	is_int(trace_export(&err), 0, "an srun in a job");
	is_str(getenv(CARRIED), TRACE_A "-" SPAN_A, "goes on with the job's");
	(void)setenv(CARRIED, "nonsense", 1);
	is_int(trace_export(&err), 0, "one that finds nonsense");
	ok(is_hex(getenv(CARRIED), 32), "begins its own");
}

static void check_refusal(void)
{
	struct jo_err err = {0};

	fresh(JO_STEP_SRUN);
	memset(&trace, 0, sizeof(trace));
	is_int(trace_begin(&trace, NULL, &record, &err), 0, "a step begins");
	fake_slurm.refuses_setenv = true;
	ok(trace_tell(&trace, NULL, &err) < 0, "Slurm takes no variable: %s", err.text);
	memset(&trace, 0, sizeof(trace));
	is_int(trace_tell(&trace, NULL, &err), 0, "without a context nothing is asked of it");
}

int main(void)
{
	check_invalid();
	check_foreign();
	check_ours();
	check_carried_nonsense();
	check_nodes();
	check_random();
	check_submit_side();
	check_refusal();
	return tap_done();
}
