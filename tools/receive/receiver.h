/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A receiver of OTLP over HTTP: takes POST /v1/traces, protobuf or JSON, and answers with success
 * when the spans lie in the spool, safe from a kill and a loss of power.  One thread: what comes
 * while a file is synced goes into the next one.
 *
 * No sender keeps others from being served, or takes memory without end: connections, what is held
 * of bodies, the time of a request, and the length of a body, packed and unpacked, have limits, and
 * of what all share nobody gets more than is left for others: see receive/senders.h.
 */
#ifndef RECEIVE_RECEIVER_H
#define RECEIVE_RECEIVER_H

#include <stddef.h>
#include <stdint.h>

#include "joboutliers/err.h"

struct receive_options {
	const char *listen;  /* "ADDRESS:PORT", as receive_listen_check() has it */
	const char *spool;   /* see receive/span_spool.h */
	const char *host;    /* this one's, for its folder there */
	int64_t spool_bytes; /* that may wait there */
	int64_t runs_max;    /* spans without a parent that one sender may send in a day */
	const char *token;   /* what a request must have as its bearer; NULL: nothing */
};

/* What came of it, since it began. */
struct receive_counts {
	int64_t request_count; /* that were answered */
	int64_t span_count;    /* stored */
	int64_t refused_count; /* requests that were not right, or not let in */
	int64_t full_count;    /* requests that were told to come again */
};

/* The caller's side: a line for people, and counts once a minute when there are new ones. */
struct receive_calls {
	void *context;
	void (*tell)(void *context, const char *text);
	void (*count)(void *context, const struct receive_counts *counts);
};

/* Whether text is an address and a port to listen on: "127.0.0.1:4318", "[::1]:4318".  0 or
 * -EINVAL.
 */
int receive_listen_check(const char *text, struct jo_err *err);

/*
 * Read the token of a file, its first line; *ret_token is the caller's to free.  -EBADMSG for a
 * line that is no token, otherwise as secret_read_line(), of a file that a group may read.
 */
int receive_token_read(const char *path, char **ret_token, struct jo_err *err);

/*
 * Receive until SIGTERM or SIGINT, then answer what has come and end.  Returns 0; -EPERM for root,
 * who has no need to listen; -EBUSY where another receiver is; or what the system says.
 */
int receive_run(const struct receive_options *options, const struct receive_calls *calls,
		struct jo_err *err);

#endif
