/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Streams of which both the run time and the CPU time are known: generated ones,
 * whose work and waiting are drawn apart, and the jobs of a file that have both.
 */
#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "judgement.h"

#define GROUPS_OF_KIND 6
#define SIZE_SD 1.0 /* of log sizes */
#define TYPICAL_S 600.0
#define HOUR_S 3600.0
#define NODES 4

/*
 * The clock says work / speed * machine + waiting; the processors work / speed,
 * but for a little.  What a machine does to a job only makes it slower.
 */
static const struct work_kind {
	const char *name;
	double cpu_sd;       /* of log CPU time at a size */
	double cpu_freedom;  /* of Student's t; 0: normal */
	double machine;      /* mean of the log of what other jobs on the node make of it */
	double wait_share;   /* mean waiting, in parts of the work */
	double speed_spread; /* of the log speed of nodes: from minus so much to so much */
} work_kinds[] = {
	{"calm", 0.05, 0, 0.05, 0.02, 0},      {"busy", 0.05, 0, 0.25, 0.1, 0},
	{"busy-0.1", 0.1, 0, 0.25, 0.1, 0},    {"busy-0.2", 0.2, 0, 0.25, 0.1, 0},
	{"busy-heavy", 0.05, 3, 0.25, 0.1, 0}, {"waits", 0.05, 0, 0.1, 0.6, 0},
	{"both-noisy", 0.3, 0, 0.3, 0.1, 0},   {"speeds", 0.05, 0, 0.1, 0.05, 0.4},
};
#define WORK_KIND_COUNT (sizeof(work_kinds) / sizeof(*work_kinds))

const char *const work_kind_names[] = {
	"calm", "busy", "busy-0.1", "busy-0.2", "busy-heavy", "waits", "both-noisy", "speeds", NULL,
};

static const struct work_kind *kind_find(const char *name)
{
	size_t i = 0;

	while (strcmp(work_kinds[i].name, name) != 0)
		i++;
	return &work_kinds[i];
}

/* What a job of some size costs, as in calibration.c. */
static double work_s(size_t group, double size)
{
	static const double fixed[] = {1, 0, 0.3};
	double share = fixed[group % (sizeof(fixed) / sizeof(*fixed))];

	return TYPICAL_S * (share + (1 - share) * size);
}

static void twins_draw(const struct work_kind *kind, size_t group, const double speeds[NODES],
		       size_t node, gsl_rng *rng, struct point *wall, struct point *cpu)
{
	double size = exp(gsl_ran_gaussian(rng, SIZE_SD));
	double work = work_s(group, size) / speeds[node];
	double noise = kind->cpu_freedom > 0 ? gsl_ran_tdist(rng, kind->cpu_freedom)
					     : gsl_ran_gaussian(rng, 1);

	cpu->value = work * exp(kind->cpu_sd * noise);
	wall->value = cpu->value * exp(gsl_ran_gamma(rng, 2, kind->machine / 2)) +
		      work * gsl_ran_exponential(rng, kind->wait_share);
	wall->size_bytes = cpu->size_bytes = floor(1e9 * size);
}

static struct site twin_of(const struct site *site, enum metric metric)
{
	struct site twin = site_view(site);

	twin.metric = metric;
	return twin;
}

void generate_twins(const char *kind_name, gsl_rng *rng, size_t stream_length,
		    struct site *ret_wall, struct site *ret_cpu)
{
	const struct work_kind *kind = kind_find(kind_name);
	size_t jobs = GROUPS_OF_KIND * stream_length;
	struct site wall = {.kind = kind->name, .metric = METRIC_WALL, .attr_count = 1};
	char text[32];

	wall.attr_names = calloc(1, sizeof(*wall.attr_names));
	wall.attrs = calloc(jobs, sizeof(*wall.attrs));
	wall.texts = calloc(NODES, sizeof(*wall.texts));
	if (wall.attr_names == NULL || wall.attrs == NULL || wall.texts == NULL)
		abort();
	wall.attr_names[0] = strdup("node");
	for (size_t i = 0; i < NODES; i++) {
		(void)snprintf(text, sizeof(text), "n%zu", i);
		wall.texts[wall.text_count++] = strdup(text);
	}
	*ret_cpu = twin_of(&wall, METRIC_CPU);
	for (size_t group = 0; group < GROUPS_OF_KIND; group++) {
		struct stream *of_wall, *of_cpu;
		double speeds[NODES];

		(void)snprintf(text, sizeof(text), "class-%zu", group);
		of_wall = site_stream(&wall, "main", "alice", text);
		of_cpu = site_stream(ret_cpu, "main", "alice", text);
		for (size_t i = 0; i < NODES; i++)
			speeds[i] = exp(kind->speed_spread * (2.0 * (double)i / (NODES - 1) - 1));
		for (size_t j = 0; j < stream_length; j++) {
			struct attr_value *node = &wall.attrs[group * stream_length + j];
			size_t n = gsl_rng_uniform_int(rng, NODES);
			struct point slow = {.end_s = HOUR_S * (double)j, .row = j, .attrs = node};
			struct point busy = slow;

			*node = (struct attr_value){wall.texts[n], NAN};
			twins_draw(kind, group, speeds, n, rng, &slow, &busy);
			stream_add(of_wall, &slow);
			stream_add(of_cpu, &busy);
		}
	}
	*ret_wall = wall;
}

/* Both streams are in the order of their jobs' ends. */
static void streams_join(const struct stream *wall, const struct stream *cpu,
			 struct stream *ret_wall, struct stream *ret_cpu)
{
	size_t w = 0;

	for (size_t c = 0; c < cpu->count; c++) {
		while (w < wall->count && wall->points[w].row != cpu->points[c].row)
			w++;
		if (w == wall->count)
			return;
		stream_add(ret_wall, &wall->points[w]);
		stream_add(ret_cpu, &cpu->points[c]);
	}
}

void join_twins(struct site *wall, struct site *cpu, struct site *ret_wall, struct site *ret_cpu)
{
	*ret_wall = twin_of(wall, METRIC_WALL);
	*ret_cpu = twin_of(cpu, METRIC_CPU);
	for (size_t i = 0; i < cpu->count; i++) {
		const struct stream *stream = &cpu->streams[i];
		const struct stream *other =
			site_stream(wall, stream->partition, stream->user, stream->class);

		streams_join(other, stream,
			     site_stream(ret_wall, stream->partition, stream->user, stream->class),
			     site_stream(ret_cpu, stream->partition, stream->user, stream->class));
	}
}
