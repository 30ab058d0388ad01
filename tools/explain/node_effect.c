/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Van Elteren's test per node.  Steps are sorted by group and value once, which
 * gives every rank; what a node adds up is then summed in one more pass.
 */
#include "explain/node_effect.h"

#include <math.h>
#include <stdlib.h>

#include "util/alloc.h"
#include "util/stat.h"

/* What only one class, or one user, meets on a node may be its own doing. */
#define GROUPS_MIN 2
#define USERS_MIN 2

/* What a node's steps add up to, over its groups. */
struct sums {
	double excess;   /* of rank sums over their means, weighted */
	double variance; /* of that */
	size_t offset_n;
	double *offsets; /* each step's log ratio less its group's median elsewhere */
};

/* One step of a group with its rank, to be sorted by node. */
struct ranked {
	uint32_t node;
	size_t position; /* in the group, by log ratio */
	double rank;     /* from 1, the mean one of equal values */
};

/* What was compared, to count groups and users of a node. */
struct pair {
	uint32_t node;
	uint64_t what;
};

static int compare_steps(const void *left, const void *right)
{
	const struct explain_node_step *a = left, *b = right;

	if (a->group != b->group)
		return a->group < b->group ? -1 : 1;
	return (a->log_ratio > b->log_ratio) - (a->log_ratio < b->log_ratio);
}

/* By node, and within it by log ratio. */
static int compare_ranked(const void *left, const void *right)
{
	const struct ranked *a = left, *b = right;

	if (a->node != b->node)
		return a->node < b->node ? -1 : 1;
	return (a->position > b->position) - (a->position < b->position);
}

static int compare_pairs(const void *left, const void *right)
{
	const struct pair *a = left, *b = right;

	if (a->node != b->node)
		return a->node < b->node ? -1 : 1;
	return (a->what > b->what) - (a->what < b->what);
}

/* Midranks of a sorted group; returns the sum of t^3 - t over its ties. */
static double rank_group(const struct explain_node_step *steps, size_t n, struct ranked *ranked)
{
	double ties = 0;

	for (size_t i = 0, end; i < n; i = end) {
		double t;

		for (end = i + 1; end < n && steps[end].log_ratio == steps[i].log_ratio; end++)
			;
		t = (double)(end - i);
		ties += t * t * t - t;
		for (size_t k = i; k < end; k++)
			ranked[k] = (struct ranked){steps[k].node, k, (double)(i + end + 1) / 2};
	}
	return ties;
}

/* The wanted-th row of a sorted group, from 0, when the node's own rows are left out. */
static double row_elsewhere(const struct explain_node_step *steps, const struct ranked *own,
			    size_t n1, size_t wanted)
{
	for (size_t i = 0; i < n1 && own[i].position <= wanted; i++)
		wanted++;
	return steps[wanted].log_ratio;
}

/* Add one group's n1 rows on a node to what the node has. */
static void add_group(struct sums *sums, const struct explain_node_step *steps, size_t n,
		      double ties, const struct ranked *own, size_t n1)
{
	double n0 = (double)(n - n1), total = (double)n, rank_sum = 0, median_elsewhere;

	for (size_t i = 0; i < n1; i++)
		rank_sum += own[i].rank;
	sums->excess += (rank_sum - (double)n1 * (total + 1) / 2) / (total + 1);
	sums->variance += (double)n1 * n0 / 12 * (total + 1 - ties / (total * (total - 1))) /
			  ((total + 1) * (total + 1));
	median_elsewhere = (row_elsewhere(steps, own, n1, (n - n1 - 1) / 2) +
			    row_elsewhere(steps, own, n1, (n - n1) / 2)) /
			   2;
	sums->offsets = xreallocarray(sums->offsets, sums->offset_n + n1, sizeof(double));
	for (size_t i = 0; i < n1; i++)
		sums->offsets[sums->offset_n++] =
			steps[own[i].position].log_ratio - median_elsewhere;
}

/* Distinct things per node; pairs are sorted. */
static void count_distinct(struct pair *pairs, size_t n, struct explain_node *nodes, int of_users)
{
	qsort(pairs, n, sizeof(*pairs), compare_pairs);
	for (size_t i = 0; i < n; i++) {
		struct explain_node *node = &nodes[pairs[i].node];

		if (i > 0 && compare_pairs(&pairs[i - 1], &pairs[i]) == 0)
			continue;
		if (of_users)
			node->user_n++;
		else
			node->group_n++;
	}
}

static void finish(struct sums *sums, struct explain_node *node)
{
	node->step_n = sums->offset_n;
	node->log_ratio = NAN;
	node->p_value = 1;
	if (sums->offset_n == 0)
		return;
	node->log_ratio = stat_median(sums->offsets, sums->offset_n);
	if (sums->variance > 0)
		node->p_value = erfc(sums->excess / sqrt(2 * sums->variance)) / 2;
	free(sums->offsets);
}

static int compare_by_p(const void *left, const void *right)
{
	const struct explain_node *const *a = left, *const *b = right;

	if ((*a)->p_value != (*b)->p_value)
		return (*a)->p_value < (*b)->p_value ? -1 : 1;
	return (*a)->node < (*b)->node ? -1 : 1;
}

static void bound_all(struct explain_node *nodes, uint32_t node_n)
{
	struct explain_node **order = xcalloc(node_n + 1, sizeof(struct explain_node *));
	size_t tested = 0;
	double floor = 0;

	for (uint32_t i = 0; i < node_n; i++)
		if (nodes[i].step_n > 0)
			order[tested++] = &nodes[i];
		else
			nodes[i].p_holm = 1;
	qsort(order, tested, sizeof(struct explain_node *), compare_by_p);
	for (size_t i = 0; i < tested; i++) {
		struct explain_node *node = order[i];

		floor = fmax(floor, fmin(1, node->p_value * (double)(tested - i)));
		node->p_holm = floor;
		node->is_slow = floor < EXPLAIN_NODE_LEVEL &&
				node->log_ratio >= log(EXPLAIN_NODE_RATIO) &&
				node->step_n >= EXPLAIN_NODE_STEPS && node->group_n >= GROUPS_MIN &&
				node->user_n >= USERS_MIN;
	}
	free(order);
}

void explain_nodes(struct explain_node_step *steps, size_t step_n, uint32_t node_n,
		   struct explain_node *ret_nodes)
{
	struct sums *sums = xcalloc(node_n + 1, sizeof(*sums));
	struct ranked *ranked = xcalloc(step_n + 1, sizeof(*ranked));
	struct pair *groups = xcalloc(step_n + 1, sizeof(*groups));
	struct pair *users = xcalloc(step_n + 1, sizeof(*users));
	size_t compared = 0;

	for (uint32_t i = 0; i < node_n; i++)
		ret_nodes[i] = (struct explain_node){.node = i};
	if (step_n > 0)
		qsort(steps, step_n, sizeof(*steps), compare_steps);
	for (size_t start = 0, end; start < step_n; start = end) {
		double ties;
		size_t n;

		for (end = start + 1; end < step_n && steps[end].group == steps[start].group; end++)
			;
		n = end - start;
		ties = rank_group(&steps[start], n, ranked);
		qsort(ranked, n, sizeof(*ranked), compare_ranked);
		for (size_t i = 0, next; i < n; i = next) {
			for (next = i + 1; next < n && ranked[next].node == ranked[i].node; next++)
				;
			if (next - i == n)
				break; /* the group ran nowhere else */
			add_group(&sums[ranked[i].node], &steps[start], n, ties, &ranked[i],
				  next - i);
			for (size_t k = i; k < next; k++, compared++) {
				groups[compared] =
					(struct pair){ranked[k].node, steps[start].group};
				users[compared] = (struct pair){
					ranked[k].node, steps[start + ranked[k].position].user};
			}
		}
	}
	count_distinct(groups, compared, ret_nodes, 0);
	count_distinct(users, compared, ret_nodes, 1);
	for (uint32_t i = 0; i < node_n; i++)
		finish(&sums[i], &ret_nodes[i]);
	bound_all(ret_nodes, node_n);
	free(users);
	free(groups);
	free(ranked);
	free(sums);
}
