/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The pieces that show tells a job's story with.  What returns nothing else prints on standard
 * output. */
#ifndef CMD_SHOW_H
#define CMD_SHOW_H

#include <jansson.h>
#include <stdbool.h>

#include "explain/peers.h"
#include "store/store.h"
#include "util/strbuf.h"

/*
 * Print "  label  line" and empty the line, broken where the terminal ends; an
 * empty line is not printed.
 * Foreign text in it cannot drive the terminal.
 */
void show_line(const char *label, struct strbuf *line);

/* What the step was, was given and took, as recorded. */
void show_facts(const struct step *step);

/*
 * What was expected and what happened, how sure that is, what it cost, where
 * the time went and what differs from its peers.
 */
int show_story(struct store *store, const struct judged_step *row, struct jo_err *err);

/* The same of a judged step as a JSON object, in parts; the caller owns *ret_object. */
int show_json(struct store *store, const struct judged_step *row, json_t **ret_object,
	      struct jo_err *err);

/* The spans of the peers' outlier, and the one that took the time; the line is empty before and
 * after.  Nothing where it has none. */
int show_spans(struct store *store, const struct explain_peers *peers, struct strbuf *line,
	       struct jo_err *err);

/* The same as members of its JSON object. */
int show_spans_json(struct store *store, const struct explain_peers *peers, json_t *object,
		    struct jo_err *err);

/* A share of the run time, and its median among the peers; NaN: not known. */
struct show_use {
	const char *word, *label; /* for programs, for people */
	double share, usual_share;
};
#define SHOW_USE_COUNT 4

/* Where the time of a step went. */
void show_uses(const struct step *step, const struct explain_peers *peers,
	       struct show_use ret_uses[SHOW_USE_COUNT]);

#define SHOW_DIFFERENCES_MAX 3 /* ranked: a fourth helps nobody */

/* Whether it is high or low, so that there is something to explain. */
bool show_is_out_of_normal(const struct step_verdict *verdict);

/* Whether the level of its group has moved by the time it ended. */
int show_drift(struct store *store, const struct step *step, struct jo_err *err);

/* The metric that a step's story is about: the one that is high, the run time before memory. */
enum metric show_metric(const struct judged_step *row);

/* Steps under the batch step of their job, one line each. */
struct show_tree;

/* An empty tree; show_tree_free frees it. */
struct show_tree *show_tree_new(void);

/* Add a step under its job's batch step; those of a job follow each other. */
void show_tree_add(struct show_tree *tree, const struct judged_step *row);

/* Print what was added, in the order in which it was. */
void show_tree_print(const struct show_tree *tree);

/* Free the tree. */
void show_tree_free(struct show_tree *tree);

#endif
