/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a step's program told of its own time: its spans as a tree, those of one name below one
 * other put together, each beside the same of its normal peers.
 */
#ifndef EXPLAIN_SPAN_TREE_H
#define EXPLAIN_SPAN_TREE_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "explain/peers.h"
#include "util/strbuf.h"

/* Compared with: the newest that have spans, each of which is read. */
#define EXPLAIN_SPAN_PEERS_MAX 40

/* With fewer, what is usual is not told. */
#define EXPLAIN_SPAN_PEERS_MIN 3

/* A tree's levels; what is deeper counts to the last. */
#define EXPLAIN_SPAN_DEPTH_MAX 12

/* Spans of one name with one parent.  Texts are the tree's. */
struct explain_span {
	const char *path; /* names from the top, each with a '\n' behind: what peers are found by */
	const char *name;
	int depth; /* 0: right below the step */
	int64_t start_unix_us;
	int64_t wall_us; /* of all of them */
	int64_t own_us;  /* of that, in none of the spans below that are kept */
	int64_t count, error_count;
	const char *status_text;       /* of the first with an error; "" */
	const char *attrs;             /* of one alone; "" */
	double usual_us, usual_own_us; /* medians of the peers; NaN: not known */
};

struct explain_span_tree {
	GArray *spans; /* struct explain_span: each before those below it, as they began */
	GStringChunk *strings;
	int64_t wall_us;                    /* of the step */
	double usual_us;                    /* median of the peers' run times; NaN */
	size_t peer_count;                  /* that it is compared with */
	const struct explain_span *culprit; /* the one that took the time; NULL: none alone did */
};

/* The tree of the outlier, or the first of them.  Returns 1, or 0 when it has no spans; release it
 * in either case. */
int explain_span_tree_read(struct store *store, const struct explain_peers *peers,
			   struct explain_span_tree *ret_tree, struct jo_err *err);

/* As explain_span_tree_read, where one span alone took the time, and time is what the peers are
 * about: 1, with a culprit; release it then.  0 for anything else. */
int explain_culprit_read(struct store *store, const struct explain_peers *peers,
			 struct explain_span_tree *ret_tree, struct jo_err *err);

/* Free what was read; zeroed memory is fine. */
void explain_span_tree_release(struct explain_span_tree *tree);

/* Append "remove_filter_words took 11 s of its 14 s; in normal jobs of this size 3 s of 5 s", of a
 * tree with a culprit. */
void explain_culprit_write(const struct explain_span_tree *tree, struct strbuf *text);

#endif
