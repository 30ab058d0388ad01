/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A progress line on standard error, for work that takes longer than two
 * seconds and is watched: nothing is ever written when it is no terminal.
 */
#ifndef UTIL_PROGRESS_H
#define UTIL_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

/* Owns nothing; title must stay. */
struct progress {
	const char *title; /* "reading records" */
	int64_t total;     /* 0: not known */
	int64_t first;     /* of them, how many were done before it began */
	const char *unit;  /* "rows", for how many a second beside the rest; NULL: not shown */
	bool is_watched;
	bool is_shown;
	int64_t start_us, shown_us; /* on the monotonic clock */
};

/* Begin; nothing is shown yet.  total is 0 where it is not known. */
void progress_start(struct progress *progress, const char *title, int64_t total);

/* done of total, as often as you like: it is drawn ten times a second at most. */
void progress_update(struct progress *progress, int64_t done);

/* Take the line away, so that what is printed next begins on an empty one. */
void progress_stop(struct progress *progress);

#endif
