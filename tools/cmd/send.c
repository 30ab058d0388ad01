/* SPDX-License-Identifier: GPL-2.0-or-later */
/* send: judged steps as spans to where the site looks at such, each once. */
#include "cmd/cmd.h"
#include "export/otlp_post.h"
#include "export/otlp_span.h"
#include "joboutliers/units.h"
#include "otel/encode.h"
#include "util/alloc.h"
#include "util/log.h"
#include "util/words.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>

/* Spans of a request: as SDKs have it by default. */
#define BATCH_SPANS 512

/* So often one is made, with pauses that double from the first on; what a receiver asks for beyond
 * the longest is for the next run. */
#define ATTEMPTS_MAX 5
#define PAUSE_FIRST_MS 1000
#define PAUSE_MAX_S 60

/* A receiver that refuses so many spans in a row, one by one, refuses all. */
#define REFUSED_MAX 8

/* What is not of this time lets nobody else's spans below a step that its ids tell of; the clock of
 * a node may be as far from ours as that of a program. */
#define QUIET_US (STORE_SPAN_GRACE_US + STORE_SPAN_SLACK_US)

struct send {
	struct cmd_env *env;
	struct store *store;
	struct store_lock *lock;
	struct otlp_post *post;
	const char *service_name, *resource_attributes;
	int64_t from_unix_us; /* what ended before is given up */
	/* Where spans are received: a trace has to be quiet since the one, unless the step ended
	 * before the other, and then it goes without.  Otherwise JO_MISSING. */
	int64_t quiet_unix_us, any_unix_us;
	struct otel_spans spans;
	int64_t *ids; /* of the spans' steps */
	struct strbuf body;
	int refused;  /* in a row */
	bool is_over; /* no more requests in this run */
	struct store_outlet outlet;
};

/* With some chance, so that all sites of a receiver that was away do not come at one moment. */
static void pause_for(int64_t retry_after_s, int attempt)
{
	int64_t ms = retry_after_s >= 0 ? retry_after_s * 1000 : (int64_t)PAUSE_FIRST_MS << attempt;
	struct timespec pause;
	uint16_t random = 0;

	if (getrandom(&random, sizeof(random), GRND_NONBLOCK) == sizeof(random))
		ms += ms * random / UINT16_MAX / 4;
	pause = (struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
	(void)nanosleep(&pause, NULL);
}

/* Spans first up to end in one request, as often as the protocol lets. */
static int post_range(struct send *send, size_t first, size_t end, struct otlp_answer *answer,
		      struct jo_err *err)
{
	struct otel_spans range = send->spans;
	int rc = 0;

	range.count = end;
	strbuf_reset(&send->body);
	(void)otel_encode_json(&range, first, SIZE_MAX, &send->body);
	for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
		rc = store_lock_check(send->lock, err);
		if (rc < 0)
			break;
		otlp_post_send(send->post, send->body.text, send->body.len, answer);
		if (answer->outcome != OTLP_LATER || answer->retry_after_s > PAUSE_MAX_S ||
		    attempt + 1 == ATTEMPTS_MAX)
			break;
		pause_for(answer->retry_after_s, attempt);
	}
	return rc;
}

static int settle(struct send *send, size_t first, size_t end, enum store_exported_state state,
		  struct jo_err *err)
{
	return store_exported_add(send->store, send->ids + first, end - first, state, err);
}

/* Send a range; one that is refused as a whole is halved until it is known which spans are. */
static int send_range(struct send *send, size_t first, size_t end, struct jo_err *err)
{
	struct otlp_answer answer;
	size_t middle = first + (end - first) / 2;
	int rc = 0;

	if (send->is_over || first == end)
		return 0;
	rc = post_range(send, first, end, &answer, err);
	if (rc < 0)
		return rc;
	if (answer.trouble.code != 0) {
		send->outlet.trouble = answer.trouble;
		log_line("spans: %s", answer.trouble.text);
	}
	switch (answer.outcome) {
	case OTLP_TAKEN:
		send->refused = 0;
		/* What it says is not always of this request. */
		if (answer.rejected_count > (int64_t)(end - first))
			answer.rejected_count = (int64_t)(end - first);
		send->outlet.done_count += (int64_t)(end - first) - answer.rejected_count;
		send->outlet.lost_count += answer.rejected_count;
		return settle(send, first, end, STORE_EXPORTED_TAKEN, err);
	case OTLP_REFUSED:
		if (end - first > 1) {
			rc = send_range(send, first, middle, err);
			return rc < 0 ? rc : send_range(send, middle, end, err);
		}
		send->is_over = ++send->refused == REFUSED_MAX;
		send->outlet.lost_count++;
		return settle(send, first, end, STORE_EXPORTED_REFUSED, err);
	case OTLP_LATER:
	case OTLP_FAILED:
		send->is_over = true;
		break;
	}
	return rc;
}

/* A trace that will not be quiet in time is not told. */
static int hide_trace(struct send *send, struct step *step, struct jo_err *err)
{
	int is_busy = 0;

	if (send->quiet_unix_us != JO_MISSING && step->trace_id[0] != '\0' &&
	    step->end_unix_us < send->any_unix_us)
		is_busy =
			store_trace_is_busy(send->store, step->trace_id, send->quiet_unix_us, err);
	if (is_busy > 0)
		step->trace_id = step->span_id = step->parent_span_id = "";
	return is_busy < 0 ? is_busy : 0;
}

/*
 * The next steps that are not out: spans, and in ids what they are of.  What has no begin or end
 * will never be a span, and is settled.  Returns how many steps there were.
 */
static int64_t read_batch(struct send *send, struct jo_err *err)
{
	int64_t *no_spans = xcalloc(BATCH_SPANS, sizeof(*no_spans)), count = 0;
	size_t no_span_count = 0;
	struct store_selection selection;
	struct store_judged *judged = NULL;
	struct judged_step row;
	int rc;

	store_selection_init(&selection);
	selection.want_unexported = true;
	selection.end_from_unix_us = send->from_unix_us;
	selection.trace_quiet_unix_us = send->quiet_unix_us;
	selection.trace_any_unix_us = send->any_unix_us;
	selection.limit = BATCH_SPANS;
	rc = store_judged_open(send->store, &selection, NULL, &judged, err);
	while (rc >= 0 && (rc = store_judged_next(judged, &row, err)) > 0) {
		count++;
		rc = hide_trace(send, &row.step, err);
		if (rc < 0)
			break;
		/* Where the next batch begins: what is before is settled. */
		send->from_unix_us = row.step.end_unix_us;
		if (otlp_span_add(&send->spans, &row, send->service_name,
				  send->resource_attributes))
			send->ids[send->spans.count - 1] = row.step.id;
		else
			no_spans[no_span_count++] = row.step.id;
	}
	store_judged_close(judged);
	if (rc == 0 && no_span_count > 0)
		rc = store_exported_add(send->store, no_spans, no_span_count,
					STORE_EXPORTED_REFUSED, err);
	free(no_spans);
	return rc < 0 ? rc : count;
}

static int send_all(struct send *send, struct jo_err *err)
{
	int64_t kept_from_unix_us = send->from_unix_us, count = 1;
	int64_t old = store_exported_give_up(send->store, send->from_unix_us, err);
	int rc = 0;

	if (old < 0)
		return (int)old;
	if (old > 0)
		log_line("spans: %" PRId64 " step%s waited for longer than OtlpMaxAge, and will "
			 "not be sent",
			 old, words_plural(old));
	send->outlet.lost_count = old;
	while (rc == 0 && count > 0 && !send->is_over) {
		otel_spans_init(&send->spans);
		count = read_batch(send, err);
		rc = count < 0 ? (int)count : send_range(send, 0, send->spans.count, err);
		otel_spans_release(&send->spans);
	}
	if (rc == 0) {
		int64_t waiting = store_exported_waiting(send->store, kept_from_unix_us, err);

		send->outlet.waiting_count = waiting;
		rc = waiting < 0 ? (int)waiting : 0;
	}
	return rc;
}

static int finish(struct send *send, struct jo_err *err)
{
	struct store_outlet *outlet = &send->outlet;
	char lost[64] = "";
	int rc;

	/* Once all are out, what went wrong on the way did not matter. */
	if (!send->is_over && outlet->lost_count == 0)
		outlet->trouble.code = 0;
	rc = store_outlet_put(send->store, STORE_OUTLET_SPANS, outlet, err);
	if (rc < 0)
		return rc;
	if (outlet->lost_count > 0)
		(void)snprintf(lost, sizeof(lost), ", %" PRId64 " lost", outlet->lost_count);
	cmd_summary(send->env, "%" PRId64 " span%s sent, %" PRId64 " wait%s", outlet->done_count,
		    words_plural(outlet->done_count), outlet->waiting_count, lost);
	if (outlet->trouble.code == 0)
		return CMD_DONE;
	return jo_err_set(err, -EIO, "%" PRId64 " span%s sent, %" PRId64 " wait%s; %s",
			  outlet->done_count, words_plural(outlet->done_count),
			  outlet->waiting_count, lost, outlet->trouble.text);
}

static int run(struct send *send, struct jo_err *err)
{
	int rc = cmd_store_open(send->env, STORE_WRITE, &send->store, err);

	if (rc == 0)
		rc = store_lock_take(send->store, STORE_LOCK_SEND, &send->lock, err);
	if (rc == 0)
		rc = send_all(send, err);
	if (rc == 0)
		rc = finish(send, err);
	store_lock_release(send->lock);
	store_close(send->store);
	return rc == -EBUSY ? CMD_BUSY : rc;
}

static const char *environment(const char *name, const char *otherwise)
{
	const char *value = getenv(name);

	return value == NULL || value[0] == '\0' ? otherwise : value;
}

int cmd_send(struct cmd_env *env, int argc, char **argv, struct jo_err *err)
{
	static const struct argp argp = {
		NULL, NULL,
		NULL, "Send judged steps as spans of OpenTelemetry to OtlpEndpoint, each once.",
		NULL, NULL,
		NULL,
	};
	struct send send = {.env = env, .outlet.ran_unix_us = env->now_unix_us};
	struct otlp_target target;
	int rc = cmd_start(env, &argp, argc, argv, NULL, err);

	if (rc != CMD_DONE)
		return rc;
	if (!otlp_target_is_set(env->conf->otlp_endpoint)) {
		cmd_summary(env, "nowhere: OtlpEndpoint is not set");
		return CMD_DONE;
	}
	send.from_unix_us = env->now_unix_us - env->conf->otlp_max_age_us;
	send.quiet_unix_us = send.any_unix_us = JO_MISSING;
	if (env->conf->otlp_spool[0] != '\0') {
		send.quiet_unix_us = env->now_unix_us - QUIET_US;
		send.any_unix_us = env->now_unix_us - env->conf->otlp_max_age_us / 2;
	}
	send.service_name = environment("OTEL_SERVICE_NAME", OTLP_SERVICE_NAME);
	send.resource_attributes = environment("OTEL_RESOURCE_ATTRIBUTES", "");
	send.ids = xcalloc(BATCH_SPANS, sizeof(*send.ids));
	strbuf_init(&send.body);
	rc = otlp_target_read(env->conf->otlp_endpoint, env->conf->otlp_headers_file, &target, err);
	if (rc < 0)
		rc = rc == -EINVAL ? CMD_USAGE : rc;
	else
		rc = otlp_post_new(&target, &send.post, err);
	if (rc == 0)
		rc = run(&send, err);
	otlp_post_free(send.post);
	otlp_target_release(&target);
	strbuf_release(&send.body);
	free(send.ids);
	return rc;
}
