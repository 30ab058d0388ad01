/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The mail a user gets: how findings that the caller has worded are put
 * together, greeted and closed.  Knows nothing of how they were found.
 */
#ifndef MAIL_DIGEST_H
#define MAIL_DIGEST_H

#include "mail/doc.h"

#define MAIL_DIGEST_FULL_MAX 2  /* findings told in full: about a screen */
#define MAIL_DIGEST_BRIEF_MAX 5 /* further ones in a line each; the rest is counted */

struct mail_fact {
	const char *label;
	const char *text;
};

/* Texts may hold anything, they are cleaned; those that may be NULL say so. */
struct mail_finding {
	const char *headline; /* "align took 2.6 times as long as expected" */
	const char *jobs;     /* "job 4711" or "4 jobs: 4711, 4712, ..." */
	const struct mail_fact *facts;
	size_t fact_count;
	const char *const *differences; /* what was not as in its peers, the likeliest first */
	size_t difference_count;
	const char *next_step;    /* one thing to do, or NULL */
	const char *next_command; /* for it, to be pasted, or NULL: the caller vouches for it */
	const void *png;          /* a plot, or NULL */
	size_t png_size;
	const char *png_text; /* what the plot shows */
};

struct mail_digest {
	const char *person;                  /* the user's name, or NULL */
	const char *cluster;                 /* or NULL */
	const struct mail_finding *findings; /* the worst first */
	size_t finding_count;
	const char *excess;  /* what all of them cost together, "17.9 core-hours", or NULL */
	const char *contact; /* whom to ask; an address, or NULL */
	const char *say_no;  /* how to get fewer of these mails, or NULL */
};

/* Fill an initialised, empty document. */
void mail_digest_write(const struct mail_digest *digest, struct mail_doc *doc);

/* The subject; free with g_free. */
char *mail_digest_subject(const struct mail_digest *digest);

#endif
