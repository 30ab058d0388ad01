/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A finding's normal peers: what sets it apart from them, and which is nearest to it. */
#ifndef NOTIFY_DIFFERENCES_H
#define NOTIFY_DIFFERENCES_H

#include "explain/differ.h"
#include "finding/collapse.h"
#include "mail/catalog.h"

#define NOTIFY_DIFFERENCES_MAX 3

struct notify_peers {
	size_t peer_count;
	char differences[NOTIFY_DIFFERENCES_MAX]
			[EXPLAIN_TEXT_SIZE]; /* in words, the clearest first */
	size_t difference_count;
	char nearest_job[STEP_JOB_TEXT_SIZE]; /* a normal job of about the same input size; "" */
};

/* Where steps lie in a picture.  Owns its arrays. */
struct notify_points {
	double *x;     /* input size, or end where the item has no size; NaN: not known */
	double *value; /* seconds or bytes; NaN: not known */
	size_t count;
	bool has_sizes;
};
void notify_points_release(struct notify_points *points);

double notify_point_x(int64_t input_bytes, int64_t end_unix_us, bool has_sizes);

/* A difference in the words of a mail; of a drift, the peers are the jobs before it. */
void notify_difference_write(const struct mail_catalog *wording,
			     const struct explain_contrast *contrast, bool is_of_drift,
			     char ret_text[EXPLAIN_TEXT_SIZE]);

/*
 * Compare the finding's jobs with the normal steps of their group before them.
 * The nearest is the first item's.  Release *ret_points.
 */
int notify_peers_read(struct store *store, const struct mail_catalog *wording,
		      const struct notify_finding *finding, struct notify_peers *ret_peers,
		      struct notify_points *ret_points, struct jo_err *err);

#endif
