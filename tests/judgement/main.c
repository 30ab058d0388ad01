/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * judgement: how well the model judges, beside simpler rules, on generated
 * streams or on the jobs of a CSV file.  Prints tables, or "name value unit n"
 * lines for scripts; decides nothing.
 */
#include <argp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "judgement.h"

#define SEED 20240229UL
#define METHODS_MAX 8
#define KINDS_MAX 16
#define CELL_STEPS 3000 /* of normal steps in a cell, */
#define SITE_NIGHTS 8   /* and nights of each group and factor on the site */
#define STREAM_JOBS 260 /* the longest history, a night, and where to put them */

static const struct method *const all_methods[] = {
	&method_ratio, &method_ols, &method_theil, &method_alone, &method_model,
};
#define METHOD_COUNT (sizeof(all_methods) / sizeof(*all_methods))

struct options {
	const char *data_path;
	const char *dump_path;
	const char *method;
	const char *metric;
	const char *measure;
	const char *cell;
	bool is_parsable;
	size_t cell_steps;
	unsigned site_nights;
	unsigned rounds;
	size_t night_jobs, slowed_jobs;
	unsigned long seed;
};

static const struct argp_option option_table[] = {
	{"data", 'd', "FILE", 0, "Measure on the jobs of this CSV file instead of generated ones",
	 0},
	{"dump", 'D', "FILE", 0, "Write every single judgement here, tab separated", 0},
	{"method", 'm', "NAME", 0, "This method alone", 0},
	{"metric", 'M', "wall|memory", 0, "This metric alone", 0},
	{"measure", 'w', "streams|work|cells|story|site", 0,
	 "This alone: streams of jobs, work and waiting (these two of DATA as well), false alarms "
	 "in ordinary noise, the article's outlier, how many mails are right",
	 0},
	{"cell", 'c', "NAME", 0, "Cells with this in their names alone, as in normal-0.3/40/30", 0},
	{"cell-steps", 'C', "N", 0, "Normal steps in each cell (default 3000)", 0},
	{"site-nights", 'S', "N", 0, "Nights of each of the site's groups and factors (default 8)",
	 0},
	{"parsable", 'P', NULL, 0, "Lines \"name value unit n\" instead of tables", 0},
	{"night", 'n', "N", 0, "Jobs of one group in a night, at most 30 (default 30)", 0},
	{"slowed", 'k', "N", 0, "Slowed ones among them (default 1)", 0},
	{"rounds", 'r', "N", 0, "Hold-outs of each stream, length and kind of history (default 3)",
	 0},
	{"seed", 's', "N", 0, "Another seed", 0},
	{0},
};

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
	struct options *options = state->input;

	switch (key) {
	case 'd':
		options->data_path = arg;
		return 0;
	case 'D':
		options->dump_path = arg;
		return 0;
	case 'm':
		options->method = arg;
		return 0;
	case 'M':
		options->metric = arg;
		return 0;
	case 'w':
		options->measure = arg;
		return 0;
	case 'c':
		options->cell = arg;
		return 0;
	case 'C':
		options->cell_steps = strtoul(arg, NULL, 10);
		return 0;
	case 'S':
		options->site_nights = (unsigned)strtoul(arg, NULL, 10);
		return 0;
	case 'P':
		options->is_parsable = true;
		return 0;
	case 'r':
		options->rounds = (unsigned)strtoul(arg, NULL, 10);
		return 0;
	case 'n':
		options->night_jobs = strtoul(arg, NULL, 10);
		if (options->night_jobs < 1 || options->night_jobs > NIGHT_JOBS_MAX)
			argp_error(state, "a night has 1 to %d jobs", NIGHT_JOBS_MAX);
		return 0;
	case 'k':
		options->slowed_jobs = strtoul(arg, NULL, 10);
		return 0;
	case 's':
		options->seed = strtoul(arg, NULL, 10);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = option_table,
	.parser = parse_option,
	.doc = "How well slow jobs are told from normal ones.",
};

static void measure(const struct plan *plan, const struct options *options, const struct site *site,
		    const char *prefix)
{
	struct tally *tallies[METHODS_MAX];
	char title[160];

	for (size_t m = 0; m < plan->method_count; m++)
		tallies[m] = tally_new();
	protocol_run(plan, site, tallies);
	for (size_t m = 0; m < plan->method_count && options->is_parsable; m++)
		tally_print_lines(tallies[m], prefix, plan->methods[m]->name, stdout);
	(void)snprintf(title, sizeof(title), "%s: %zu groups", prefix, site->count);
	if (!options->is_parsable)
		tally_print_table(tallies, plan, title, stdout);
	for (size_t m = 0; m < plan->method_count; m++)
		tally_free(tallies[m]);
}

/* Slowing several at once is compared for the model, unless another question is asked. */
static bool has_together(const struct options *options)
{
	return options->slowed_jobs == 1 && options->dump_path == NULL &&
	       (options->method == NULL || strcmp(options->method, method_model.name) == 0);
}

static void measure_shifts(const struct plan *plan, const struct options *options)
{
	struct tally *tallies[METHODS_MAX];

	for (size_t m = 0; m < plan->method_count; m++)
		tallies[m] = tally_new();
	shift_run(plan, tallies);
	for (size_t m = 0; m < plan->method_count && options->is_parsable; m++)
		tally_print_shift_lines(tallies[m], plan->methods[m]->name, stdout);
	if (!options->is_parsable)
		tally_print_shift_table(tallies, plan, stdout);
	for (size_t m = 0; m < plan->method_count; m++)
		tally_free(tallies[m]);
}

/* Every kind at once. */
static void measure_generated_together(const struct plan *plan, const struct options *options,
				       int metric)
{
	struct site sites[KINDS_MAX];
	char prefix[160];
	size_t count = 0;

	for (; count < KINDS_MAX && kind_names[count] != NULL; count++) {
		gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);

		gsl_rng_set(rng, options->seed + count);
		generate_site(kind_names[count], metric, rng, STREAM_JOBS, &sites[count]);
		gsl_rng_free(rng);
	}
	(void)snprintf(prefix, sizeof(prefix), "together.%s", metric_word(metric));
	together_run(plan, sites, count, prefix, options->is_parsable);
	for (size_t i = 0; i < count; i++)
		site_release(&sites[i]);
}

static void measure_generated(const struct plan *plan, const struct options *options)
{
	char prefix[160];

	for (int metric = 0; metric < METRIC_COUNT; metric++) {
		if (options->metric != NULL && strcmp(options->metric, metric_word(metric)) != 0)
			continue;
		for (size_t i = 0; kind_names[i] != NULL; i++) {
			gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
			struct site site;

			gsl_rng_set(rng, options->seed + i);
			generate_site(kind_names[i], metric, rng, STREAM_JOBS, &site);
			(void)snprintf(prefix, sizeof(prefix), "%s.%s", kind_names[i],
				       metric_word(metric));
			measure(plan, options, &site, prefix);
			site_release(&site);
			gsl_rng_free(rng);
		}
		if (has_together(options))
			measure_generated_together(plan, options, metric);
	}
	if (options->metric == NULL || strcmp(options->metric, metric_word(METRIC_WALL)) == 0)
		measure_shifts(plan, options);
}

static bool is_measured(const struct options *options, const char *name)
{
	return options->measure == NULL || strcmp(options->measure, name) == 0;
}

/* The tally of twins by length of history and all together, and what there was before as well. */
static void print_work(struct work_tally *tallies[LENGTH_COUNT], const char *name,
		       const struct plan *plan, const struct options *options)
{
	struct work_tally *all = work_tally_new();
	const char *method = plan->methods[0]->name;
	char text[80];

	for (size_t l = 0; l < LENGTH_COUNT; l++) {
		(void)snprintf(text, sizeof(text), "%s/%zu", name, lengths[l]);
		work_tally_print(tallies[l], text, method, options->is_parsable);
		work_tally_add(all, tallies[l]);
	}
	work_tally_print(all, name, method, options->is_parsable);
	free(all);
}

/* Each kind, and all of them by length of history. */
static void measure_generated_work(const struct plan *plan, const struct options *options)
{
	struct work_tally *sums[LENGTH_COUNT];

	for (size_t l = 0; l < LENGTH_COUNT; l++)
		sums[l] = work_tally_new();
	if (!options->is_parsable)
		work_print_head("work and waiting", plan->methods[0]->name);
	for (size_t i = 0; work_kind_names[i] != NULL; i++) {
		struct work_tally *tallies[LENGTH_COUNT], *all = work_tally_new();
		gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
		struct site wall, cpu;

		gsl_rng_set(rng, options->seed + i);
		generate_twins(work_kind_names[i], rng, STREAM_JOBS, &wall, &cpu);
		for (size_t l = 0; l < LENGTH_COUNT; l++)
			tallies[l] = work_tally_new();
		work_run(plan, &wall, &cpu, tallies);
		for (size_t l = 0; l < LENGTH_COUNT; l++) {
			work_tally_add(all, tallies[l]);
			work_tally_add(sums[l], tallies[l]);
			free(tallies[l]);
		}
		work_tally_print(all, work_kind_names[i], plan->methods[0]->name,
				 options->is_parsable);
		free(all);
		site_view_release(&cpu);
		site_release(&wall);
		gsl_rng_free(rng);
	}
	print_work(sums, "all", plan, options);
	for (size_t l = 0; l < LENGTH_COUNT; l++)
		free(sums[l]);
}

static void measure_data_work(const struct plan *plan, const struct options *options,
			      struct site *wall, struct site *cpu)
{
	struct work_tally *tallies[LENGTH_COUNT];
	struct site slow, busy;

	join_twins(wall, cpu, &slow, &busy);
	for (size_t l = 0; l < LENGTH_COUNT; l++)
		tallies[l] = work_tally_new();
	if (!options->is_parsable)
		work_print_head("work and waiting", plan->methods[0]->name);
	work_run(plan, &slow, &busy, tallies);
	print_work(tallies, "data", plan, options);
	for (size_t l = 0; l < LENGTH_COUNT; l++)
		free(tallies[l]);
	site_view_release(&slow);
	site_view_release(&busy);
}

/* The last of the methods that were asked for, which is the model. */
static struct plan plan_of_one(const struct plan *plan)
{
	struct plan one = *plan;

	one.methods = &plan->methods[plan->method_count - 1];
	one.method_count = 1;
	return one;
}

/* What is stated of one method. */
static void measure_stated(const struct plan *plan, const struct options *options)
{
	struct plan one = plan_of_one(plan);

	if (is_measured(options, "work") && options->metric == NULL)
		measure_generated_work(&one, options);
	if (is_measured(options, "cells"))
		cells_run(&one, options->cell, options->cell_steps, options->is_parsable);
	if (is_measured(options, "story"))
		story_run(&one, options->is_parsable);
	if (is_measured(options, "site"))
		site_run(&one, options->site_nights, options->is_parsable);
}

static void measure_data_streams(const struct plan *plan, const struct options *options,
				 const struct site sites[METRIC_COUNT])
{
	char prefix[160];

	for (int metric = 0; metric < METRIC_COUNT; metric++) {
		if (options->metric != NULL && strcmp(options->metric, metric_word(metric)) != 0)
			continue;
		(void)snprintf(prefix, sizeof(prefix), "data.%s", metric_word(metric));
		measure(plan, options, &sites[metric], prefix);
		if (has_together(options) && sites[metric].count > 0)
			together_run(plan, &sites[metric], 1, prefix, options->is_parsable);
	}
}

static int measure_data(const struct plan *plan, const struct options *options, struct jo_err *err)
{
	struct plan one = plan_of_one(plan);
	struct site sites[METRIC_COUNT];
	int rc;

	rc = jobs_read(options->data_path, sites, err);
	if (rc != 0)
		return rc;
	if (is_measured(options, "streams"))
		measure_data_streams(plan, options, sites);
	if (is_measured(options, "work") && options->metric == NULL && sites[METRIC_CPU].count > 0)
		measure_data_work(&one, options, &sites[METRIC_WALL], &sites[METRIC_CPU]);
	for (int metric = 0; metric < METRIC_COUNT; metric++)
		site_release(&sites[metric]);
	return 0;
}

int main(int argc, char **argv)
{
	struct options options = {.rounds = 3,
				  .night_jobs = NIGHT_JOBS_MAX,
				  .slowed_jobs = 1,
				  .seed = SEED,
				  .cell_steps = CELL_STEPS,
				  .site_nights = SITE_NIGHTS};
	const struct method *methods[METHOD_COUNT];
	struct plan plan = {.methods = methods};
	struct jo_err err;
	int rc = 0;

	argp_parse(&argp, argc, argv, 0, NULL, &options);
	for (size_t i = 0; i < METHOD_COUNT; i++)
		if (options.method == NULL || strcmp(options.method, all_methods[i]->name) == 0)
			methods[plan.method_count++] = all_methods[i];
	if (plan.method_count == 0) {
		fprintf(stderr, "judgement: no method %s\n", options.method);
		return 1;
	}
	plan.rounds = options.rounds;
	plan.night_jobs = options.night_jobs;
	plan.slowed_jobs = options.slowed_jobs;
	plan.seed = options.seed;
	plan.progress = isatty(STDERR_FILENO) ? stderr : NULL;
	if (options.dump_path != NULL) {
		plan.dump = fopen(options.dump_path, "w");
		if (plan.dump == NULL) {
			perror(options.dump_path);
			return 1;
		}
	}
	if (options.data_path != NULL)
		rc = measure_data(&plan, &options, &err);
	else if (is_measured(&options, "streams"))
		measure_generated(&plan, &options);
	if (options.data_path == NULL)
		measure_stated(&plan, &options);
	if (plan.dump != NULL && fclose(plan.dump) != 0) {
		perror(options.dump_path);
		return 1;
	}
	if (rc != 0) {
		fprintf(stderr, "judgement: %s\n", err.text);
		return 1;
	}
	return 0;
}
