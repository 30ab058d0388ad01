/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A finding's normal peers: what sets it apart from them, where they lie, and which is nearest. */
#ifndef NOTIFY_DIFFERENCES_H
#define NOTIFY_DIFFERENCES_H

#include "explain/differ.h"
#include "explain/where.h"
#include "finding/findings.h"
#include "mail/catalog.h"
#include "report/group_picture.h"
#include "store/store.h"

/* Told of a finding: the clearest; with more, nobody sees which of them matters. */
#define NOTIFY_DIFFERENCES_MAX 3

/* Zeroed memory is no peers. */
struct notify_peers {
	size_t peer_count;
	char differences[NOTIFY_DIFFERENCES_MAX]
			[EXPLAIN_TEXT_SIZE]; /* in words, the clearest first */
	size_t difference_count;
	char where[EXPLAIN_TEXT_SIZE]; /* the worst job's line that gained most, in words; "" */
	char *span; /* the one that took the first job's time, as its program told; NULL: none */
	int64_t span_us, wall_us;             /* of it, and of the job */
	int64_t usual_span_us, usual_wall_us; /* medians of the peers */
	char nearest_job[STEP_JOB_TEXT_SIZE]; /* a normal job of about the same input size; "" */
	enum picture_kind kind;               /* over time where the finding's worst has no size */
	struct picture_points points; /* of the peers, in seconds or bytes; those that failed may
					 have stopped early, and are NaN */
};

/*
 * Compare the finding's jobs with the normal steps of their group before them.
 * The nearest is the first item's.  Release *ret_peers.  Returns 0 or a negative errno.
 */
int notify_peers_read(struct store *store, const struct mail_catalog *wording,
		      const struct finding *finding, struct notify_peers *ret_peers,
		      struct jo_err *err);

/*
 * Where the time of the first of the peers' outliers went, more than in normal jobs
 * before it, in the words of a mail; "": nothing is known of that.  Returns 0 or a
 * negative errno.
 */
int notify_where_read(struct store *store, const struct mail_catalog *wording,
		      const struct explain_peers *peers, char ret_text[EXPLAIN_TEXT_SIZE],
		      struct jo_err *err);

/* Free what they hold; zeroed memory is fine. */
void notify_peers_release(struct notify_peers *peers);

/* Add a step with these figures of the database to a picture's points, at this value in seconds or
 * bytes. */
void notify_peers_place(enum picture_kind kind, int64_t input_bytes, int64_t end_unix_us,
			double value, struct picture_points *points);

/* Where more of a job's time went than in its normal peers, in the words of a mail. */
void notify_where_write(const struct mail_catalog *wording, const struct explain_where *where,
			const struct profile_gain *gain, char ret_text[EXPLAIN_TEXT_SIZE]);

/* A difference in the words of a mail; of a drift, the peers are the jobs before it. */
void notify_difference_write(const struct mail_catalog *wording,
			     const struct explain_contrast *contrast, bool is_of_drift,
			     char ret_text[EXPLAIN_TEXT_SIZE]);

#endif
