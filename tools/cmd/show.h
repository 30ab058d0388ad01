/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The pieces that show tells a job's story with.  All print on standard output. */
#ifndef CMD_SHOW_H
#define CMD_SHOW_H

#include "store/store.h"
#include "util/strbuf.h"

/* Add to a line, with ", " before every part but the first: what is not known is left out. */
void show_part(struct strbuf *line, const char *format, ...) __attribute__((format(printf, 2, 3)));

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
