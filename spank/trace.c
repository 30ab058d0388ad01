/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Decides by https://www.w3.org/TR/trace-context/ what is valid, and by its trace what is ours. */
#include "trace.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "joboutliers/hash.h"

#define PARENT_VARIABLE "TRACEPARENT"
#define STATE_VARIABLE "TRACESTATE"
#define CARRIED_VARIABLE "SLURM_JOBOUTLIERS_TRACE"

#define TRACE_DIGITS (JO_TRACE_ID_SIZE - 1)
#define SPAN_DIGITS (JO_SPAN_ID_SIZE - 1)
#define FLAGS_DIGITS 2

/* Sampled: an SDK that finds it not set records nothing. */
#define NEW_FLAGS "01"

/* Of whom a step is a child, or a program's span is. */
struct context {
	char trace_id[JO_TRACE_ID_SIZE];
	char span_id[JO_SPAN_ID_SIZE]; /* empty: of nobody in this trace */
	char flags[FLAGS_DIGITS + 1];
};

/* Takes so many lower-case digits off the text; false when there are others. */
static bool take_hex(const char **text, size_t digits, char *ret_hex)
{
	if (strspn(*text, "0123456789abcdef") < digits)
		return false;
	memcpy(ret_hex, *text, digits);
	ret_hex[digits] = '\0';
	*text += digits;
	return true;
}

static bool take_dash(const char **text)
{
	return *(*text)++ == '-';
}

/* An id of zeros is none. */
static bool is_id(const char *hex)
{
	return hex[strspn(hex, "0")] != '\0';
}

/* Later versions may say more behind another dash. */
static bool read_parent(const char *text, struct context *ret_context)
{
	char version[FLAGS_DIGITS + 1];

	if (!take_hex(&text, FLAGS_DIGITS, version) || strcmp(version, "ff") == 0 ||
	    !take_dash(&text) || !take_hex(&text, TRACE_DIGITS, ret_context->trace_id) ||
	    !take_dash(&text) || !take_hex(&text, SPAN_DIGITS, ret_context->span_id) ||
	    !take_dash(&text) || !take_hex(&text, FLAGS_DIGITS, ret_context->flags))
		return false;
	return is_id(ret_context->trace_id) && is_id(ret_context->span_id) &&
	       (*text == '\0' || (*text == '-' && strcmp(version, "00") != 0));
}

static bool read_carried(const char *text, struct context *ret_context)
{
	ret_context->span_id[0] = '\0';
	memcpy(ret_context->flags, NEW_FLAGS, sizeof(ret_context->flags));
	if (!take_hex(&text, TRACE_DIGITS, ret_context->trace_id) || !is_id(ret_context->trace_id))
		return false;
	if (*text == '\0')
		return true;
	return take_dash(&text) && take_hex(&text, SPAN_DIGITS, ret_context->span_id) &&
	       is_id(ret_context->span_id) && *text == '\0';
}

/* Random ids; a number that would be none is made one. */
static int make_ids(char ret_trace_id[static JO_TRACE_ID_SIZE], uint64_t *ret_span,
		    struct jo_err *err)
{
	uint64_t random[3];

	/* A step does not wait for a node that has just started to have randomness. */
	if (getrandom(random, sizeof(random), GRND_NONBLOCK) != sizeof(random))
		return jo_err_sys(err, -errno, "begin a trace");
	(void)snprintf(ret_trace_id, JO_TRACE_ID_SIZE, "%016" PRIx64 "%016" PRIx64, random[0],
		       random[1] | 1);
	*ret_span = random[2];
	return 0;
}

/*
 * The same on each of the step's nodes.  The hash is no guard against somebody
 * who may choose much of what goes in.  Nobody may: the numbers are Slurm's, but
 * for the count of restarts, of which a job has few, and to take a step's span one
 * must be in its trace.  So the parent is left out.  The trace comes last, as what
 * is last in such a hash changes least of it, and it is random.
 */
static uint64_t derive_span(const struct jo_record *record, const char *trace_id)
{
	char text[128];
	int64_t restarts = record->restart_count == JO_MISSING ? 0 : record->restart_count & 0xff;

	(void)snprintf(text, sizeof(text), "%" PRId64 ".%" PRId64 " %" PRId64 " %" PRId64 " %s",
		       record->job_id, record->step_id, restarts, record->uid, trace_id);
	return jo_hash_text64(text);
}

int trace_export(struct jo_err *err)
{
	const char *carried = getenv(CARRIED_VARIABLE);
	char trace_id[JO_TRACE_ID_SIZE];
	struct context context;
	uint64_t span;
	int rc;

	if (carried != NULL && read_carried(carried, &context))
		return 0;
	rc = make_ids(trace_id, &span, err);
	if (rc == 0 && setenv(CARRIED_VARIABLE, trace_id, 1) < 0)
		rc = jo_err_sys(err, -errno, "set %s", CARRIED_VARIABLE);
	return rc;
}

/* A text that does not fit is cut: what is valid stands at its begin. */
static bool find(spank_t spank, const char *name, bool (*read)(const char *, struct context *),
		 struct context *ret_context)
{
	char text[256];
	spank_err_t rc = spank_getenv(spank, name, text, sizeof(text));

	return (rc == ESPANK_SUCCESS || rc == ESPANK_NOSPACE) && read(text, ret_context);
}

int trace_begin(struct trace *trace, spank_t spank, struct jo_record *record, struct jo_err *err)
{
	bool is_script = record->step_kind == JO_STEP_BATCH;
	struct context around, parent;
	bool is_around = find(spank, CARRIED_VARIABLE, read_carried, &around);
	bool is_parent = find(spank, PARENT_VARIABLE, read_parent, &parent);
	uint64_t span;
	int rc;

	/* What sbatch left is that of all tasks of an array, and of all runs of the job. */
	if (is_script && is_around && around.span_id[0] == '\0')
		is_around = false;
	if (!is_around && record->node_count != 1)
		return 0;
	/* A program of a step around us may have put a span of its own between. */
	if (is_around && is_parent && strcmp(parent.trace_id, around.trace_id) == 0)
		around = parent;

	if (is_around && !is_script) {
		span = derive_span(record, around.trace_id);
	} else {
		/* A job that is requeued runs its script again: one run's span is not another's. */
		char trace_id[JO_TRACE_ID_SIZE];

		rc = make_ids(trace_id, &span, err);
		if (rc < 0)
			return rc;
		if (!is_around)
			(void)read_carried(trace_id, &around);
	}
	if (span == 0)
		span = 1;

	memcpy(record->trace_id, around.trace_id, sizeof(record->trace_id));
	memcpy(record->parent_span_id, around.span_id, sizeof(record->parent_span_id));
	(void)snprintf(record->span_id, sizeof(record->span_id), "%016" PRIx64, span);
	(void)snprintf(trace->carried, sizeof(trace->carried), "%s-%s", record->trace_id,
		       record->span_id);
	if (is_parent && strcmp(parent.trace_id, around.trace_id) != 0) {
		memcpy(record->link_trace_id, parent.trace_id, sizeof(record->link_trace_id));
		memcpy(record->link_span_id, parent.span_id, sizeof(record->link_span_id));
		return 0;
	}
	trace->drops_state = !is_parent;
	(void)snprintf(trace->parent, sizeof(trace->parent), "00-%s-%s-%s", record->trace_id,
		       record->span_id, around.flags);
	return 0;
}

int trace_tell(const struct trace *trace, spank_t spank, struct jo_err *err)
{
	if (trace->drops_state)
		(void)spank_unsetenv(spank, STATE_VARIABLE);
	if (trace->carried[0] != '\0' &&
	    spank_setenv(spank, CARRIED_VARIABLE, trace->carried, 1) != ESPANK_SUCCESS)
		return jo_err_set(err, -EINVAL, "cannot set %s for the step", CARRIED_VARIABLE);
	if (trace->parent[0] != '\0' &&
	    spank_setenv(spank, PARENT_VARIABLE, trace->parent, 1) != ESPANK_SUCCESS)
		return jo_err_set(err, -EINVAL, "cannot set %s for the step", PARENT_VARIABLE);
	return 0;
}
