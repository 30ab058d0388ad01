/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Slow nodes: the test's numbers from outside, a planted node found, noise silent. */
#include "explain/node_effect.h"
#include "tap.h"

#include <stdlib.h>

#define LENGTH(a) (sizeof(a) / sizeof((a)[0]))

static const double a1[] = {0.31, 0.25, 0.40, 0.12, 0.25, 0.55};
static const double b1[] = {0.05, -0.10, 0.12, 0.20, -0.02, 0.01, 0.25, -0.30, 0.08};
static const double a2[] = {1.3, 1.2}, b2[] = {1.0, 0.9, 1.25, 0.8};

static size_t put(struct explain_node_step *steps, size_t n, uint32_t node, uint64_t group,
		  const double *values, size_t count)
{
	for (size_t i = 0; i < count; i++)
		steps[n++] = (struct explain_node_step){node, group, i % 3, values[i]};
	return n;
}

/*
 * scipy 1.10.1: mannwhitneyu(a1, b1, alternative="greater", method="asymptotic",
 * use_continuity=False).pvalue; for two groups the weighted sums of rankdata()
 * by van Elteren's formula, and norm.sf of their ratio.
 */
static void agrees_with_scipy(void)
{
	struct explain_node_step steps[64];
	struct explain_node nodes[2];
	size_t n = put(steps, 0, 0, 7, a1, LENGTH(a1));

	n = put(steps, n, 1, 7, b1, LENGTH(b1));
	explain_nodes(steps, n, 2, nodes);
	is_near(nodes[0].p_value, 0.0027016780167393173, 1e-12, "one group is Wilcoxon's test");
	is_near(nodes[1].p_value, 1 - 0.0027016780167393173, 1e-12, "the others are as fast");
	is_near(nodes[0].log_ratio, 0.28 - 0.05, 1e-12, "by this much");

	n = put(steps, n, 0, 3, a2, LENGTH(a2));
	n = put(steps, n, 1, 3, b2, LENGTH(b2));
	explain_nodes(steps, n, 2, nodes);
	is_near(nodes[0].p_value, 0.000959312299552476, 1e-12, "two groups are combined");
	is_near(nodes[0].p_holm, 2 * 0.000959312299552476, 1e-12, "and bounded over both nodes");
	is_int(nodes[0].step_n, LENGTH(a1) + LENGTH(a2), "all steps count");
	is_int(nodes[0].group_n, 2, "and both groups");
	is_int(nodes[0].user_n, 3, "and the users");
	ok(nodes[0].is_slow && !nodes[1].is_slow, "so the node is slow, and the other is not");
}

static void refusals(void)
{
	struct explain_node_step steps[64];
	struct explain_node nodes[3];
	size_t n;

	explain_nodes(NULL, 0, 1, nodes);
	ok(!nodes[0].is_slow && isnan(nodes[0].log_ratio), "without steps nothing is said");

	n = put(steps, 0, 0, 1, a1, LENGTH(a1));
	explain_nodes(steps, n, 1, nodes);
	is_int(nodes[0].step_n, 0, "a group on one node alone compares nothing");

	for (n = 0; n < 20; n++)
		steps[n] = (struct explain_node_step){n % 2 == 0, 1, 1, 0.5};
	explain_nodes(steps, n, 2, nodes);
	is_near(nodes[0].p_value, 1, 0, "equal values say nothing");

	for (n = 0; n < 40; n++)
		steps[n] = (struct explain_node_step){n % 2, n % 4 / 2, 5, n % 2 ? 1.0 : 0.0};
	explain_nodes(steps, n, 2, nodes);
	ok(nodes[1].p_holm < EXPLAIN_NODE_LEVEL && !nodes[1].is_slow,
	   "one user's steps do not make a node slow");
}

/* Uniform noise; the same on every machine. */
static double noise(uint64_t *state)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return (double)(*state >> 40) / (1 << 24) - 0.5;
}

static size_t night(struct explain_node_step *steps, size_t n, uint64_t seed, double slowdown)
{
	uint64_t state = seed;

	for (size_t i = 0; i < n; i++) {
		uint64_t group = (uint64_t)((noise(&state) + 0.5) * 40);
		uint32_t node = (uint32_t)((noise(&state) + 0.5) * 100);

		steps[i] = (struct explain_node_step){
			node, group, group % 11,
			noise(&state) * (1 + (double)group / 10) + (node == 17 ? slowdown : 0)};
	}
	return n;
}

static void planted_is_found_and_noise_is_not(void)
{
	static struct explain_node_step steps[4000];
	struct explain_node nodes[100];
	size_t found = 0, wrong = 0, by_noise = 0;

	for (uint64_t seed = 1; seed <= 100; seed++) {
		explain_nodes(steps, night(steps, LENGTH(steps), seed, log(3)), 100, nodes);
		found += (size_t)nodes[17].is_slow;
		for (size_t i = 0; i < LENGTH(nodes); i++)
			wrong += (size_t)(nodes[i].is_slow && i != 17);
		explain_nodes(steps, night(steps, LENGTH(steps), seed + 1000, 0), 100, nodes);
		for (size_t i = 0; i < LENGTH(nodes); i++)
			by_noise += (size_t)nodes[i].is_slow;
	}
	is_int(found, 100, "a node three times slower is found in each of 100 nights");
	ok(wrong <= 2, "and hardly another beside it (%zu)", wrong);
	ok(by_noise <= 3, "100 nights of noise name hardly a node (%zu)", by_noise);
}

int main(void)
{
	refusals();
	agrees_with_scipy();
	planted_is_found_and_noise_is_not();
	return tap_done();
}
