/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which processor model each node has, as a category for the model's columns. */
#ifndef FIT_NODE_MODELS_H
#define FIT_NODE_MODELS_H

#include <stdint.h>

#include "store/store.h"

struct node_models;

/* Read every node's newest description. */
int node_models_load(struct store *store, struct node_models **ret_nodes, struct jo_err *err);

/* Free what was read; NULL is fine. */
void node_models_free(struct node_models *nodes);

/*
 * The node's model as fit_attributes_category gives it, NaN when nothing is known of
 * it.  cluster "" is any cluster.  The first form is for a store_obs, the
 * second for a store_step.
 */
double node_models_of_id(struct node_models *nodes, const char *cluster, int64_t node_name_id);

/* As node_models_of_id, by the name of the node: for a struct step. */
double node_models_of_name(const struct node_models *nodes, const char *cluster, const char *node);

#endif
