/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where a step's time went, beside the median of its peers. */
#include "cmd/show.h"

#include <math.h>
#include <stdlib.h>

#include "step/efficiency.h"
#include "util/alloc.h"
#include "util/stat.h"

enum { USE_CPU, USE_IO, USE_MEMORY, USE_IDLE };

static const struct {
	const char *word, *label;
} names[SHOW_USE_COUNT] = {
	[USE_CPU] = {"cpu", "CPU"},
	[USE_IO] = {"io_stalled", "stalled on I/O"},
	[USE_MEMORY] = {"memory_stalled", "stalled on memory"},
	[USE_IDLE] = {"idle", "idle"},
};

/*
 * As shares: CPU time of what its CPUs had, stalls of the run time.  A task may
 * stall while others compute, so idle is what no share accounts for.  NaN: not known.
 */
static void find_shares(const struct step *step, double shares[SHOW_USE_COUNT])
{
	double wall_us = (double)step->wall_us;

	for (int i = 0; i < SHOW_USE_COUNT; i++)
		shares[i] = NAN;
	if (step->wall_us == JO_MISSING || step->wall_us <= 0)
		return;
	shares[USE_CPU] = efficiency_of(step, EFFICIENCY_CPU);
	if (step->psi_io_some_us != JO_MISSING)
		shares[USE_IO] = (double)step->psi_io_some_us / wall_us;
	if (step->psi_memory_some_us != JO_MISSING)
		shares[USE_MEMORY] = (double)step->psi_memory_some_us / wall_us;
	if (!isnan(shares[USE_CPU]))
		shares[USE_IDLE] =
			fmax(0, 1 - shares[USE_CPU] - (isnan(shares[USE_IO]) ? 0 : shares[USE_IO]) -
					(isnan(shares[USE_MEMORY]) ? 0 : shares[USE_MEMORY]));
}

/* NaN where no peer knows it. */
static double median_share(const struct explain_peers *peers, int use)
{
	double *list = xcalloc(peers->peer_count + 1, sizeof(*list));
	double shares[SHOW_USE_COUNT], median = NAN;
	size_t n = 0;

	for (size_t i = 0; i < peers->peer_count; i++) {
		find_shares(&explain_peer(peers, i)->step, shares);
		if (!isnan(shares[use]))
			list[n++] = shares[use];
	}
	if (n > 0)
		median = stat_median(list, n);
	free(list);
	return median;
}

void show_uses(const struct step *step, const struct explain_peers *peers,
	       struct show_use ret_uses[SHOW_USE_COUNT])
{
	double shares[SHOW_USE_COUNT];

	find_shares(step, shares);
	for (int i = 0; i < SHOW_USE_COUNT; i++)
		ret_uses[i] = (struct show_use){names[i].word, names[i].label, shares[i],
						median_share(peers, i)};
}
