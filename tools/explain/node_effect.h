/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Is it the node?  A node on which steps of several groups and users take
 * longer than their like elsewhere is slow itself, whoever ran there.  Numbers
 * in, numbers out.
 */
#ifndef EXPLAIN_NODE_EFFECT_H
#define EXPLAIN_NODE_EFFECT_H

#include <stddef.h>
#include <stdint.h>

/* One judged step.  Node, group and user are numbered by the caller; nodes from 0 below node_n. */
struct explain_node_step {
	uint32_t node;
	uint64_t group;
	uint64_t user;
	double log_ratio; /* log(value / expected at its size) */
};

struct explain_node {
	uint32_t node;
	size_t step_n;  /* steps whose group also ran elsewhere: what was compared */
	size_t group_n; /* groups and users among them */
	size_t user_n;
	double log_ratio; /* median of step's log ratio less the median of its group elsewhere; NaN:
			     none */
	double p_value;   /* that a node like all others is this slow, for this node alone */
	double p_holm;    /* the same, bounded over all nodes */
	int is_slow;
};

/*
 * Compare each node with the others and fill ret_nodes[node_n], in the order of
 * the nodes.  steps are sorted in place.
 *
 * The test is van Elteren's ("On the combination of independent two sample
 * tests of Wilcoxon", Bull. Inst. Int. Statist. 37, 1960, 351-361): the rank sum
 * of the node's steps within each group, groups combined with weight
 * 1/(n + 1), so neither the groups' levels nor their spreads matter.  Over all
 * nodes p-values are bounded by Holm (Scand. J. Statist. 6, 1979, 65-70).
 *
 * A node is slow when p_holm is below EXPLAIN_NODE_LEVEL and its steps took at
 * least EXPLAIN_NODE_RATIO times as long, at least EXPLAIN_NODE_STEPS of them,
 * of two groups and two users or more: one user's steps may be slow for the
 * user's own reasons.
 */
void explain_nodes(struct explain_node_step *steps, size_t step_n, uint32_t node_n,
		   struct explain_node *ret_nodes);

#define EXPLAIN_NODE_LEVEL 0.01 /* one night in a hundred that a node is named for nothing */
#define EXPLAIN_NODE_RATIO 1.15 /* below that no user notices, and no admin takes a node out */
#define EXPLAIN_NODE_STEPS 6    /* fewer say nothing of a node, however slow */

#endif
