/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which lines gained against peers: the statistic against scipy's, planted
 * differences, and silence where programs are equal, by simulation.
 */
#include "profile/gain.h"

#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <stdlib.h>

#include "tap.h"

#define PEERS_MAX 40
#define MINUTE_US 60e6

/* A step and its peers, with their texts. */
struct scene {
	struct profile_names *names;
	struct profile profiles[PEERS_MAX + 1];
	struct profile_of_step steps[PEERS_MAX + 1];
	size_t count;
};

static void scene_init(struct scene *scene)
{
	*scene = (struct scene){.names = profile_names_new()};
}

static void scene_release(struct scene *scene)
{
	for (size_t i = 0; i < scene->count; i++)
		profile_stacks_release(&scene->profiles[i]);
	profile_names_free(scene->names);
}

/* The first is the step. */
static void scene_add(struct scene *scene, const char *text, double wall_us)
{
	struct profile *profile = &scene->profiles[scene->count];

	profile_stacks_init(profile, scene->names);
	if (profile_add(profile, text, NULL) < 0)
		ok(0, "a profile: %s", text);
	scene->steps[scene->count++] = (struct profile_of_step){profile, wall_us};
}

static size_t gains_of(const struct scene *scene, struct profile_gain *ret_gains, size_t max)
{
	return profile_gains(&scene->steps[0], &scene->steps[1], scene->count - 1, ret_gains, max);
}

/* ---- against scipy ---- */

/*
 * Five peers with two lines that make up all samples: two tests.  By scipy 1.10:
 *
 *	z = lambda k, n: numpy.arcsin(numpy.sqrt((k + 0.375) / (n + 0.75)))
 *	p = z(numpy.array([30, 34, 28, 33, 31]), 100)
 *	t = (z(45, 100) - p.mean()) / numpy.sqrt(max(p.var(ddof=1), 1 / 400) * (1 + 1 / 5))
 *	2 * scipy.stats.t.sf(t, 4)
 */
static void check_reference(void)
{
	static const int peers[] = {30, 34, 28, 33, 31};
	struct profile_gain gain;
	struct scene scene;
	char text[100];

	scene_init(&scene);
	scene_add(&scene, "a (x.c:1) 55\nb (x.c:2) 45\n", MINUTE_US);
	for (size_t i = 0; i < 5; i++) {
		(void)snprintf(text, sizeof(text), "a (x.c:1) %d\nb (x.c:2) %d\n", 100 - peers[i],
			       peers[i]);
		scene_add(&scene, text, MINUTE_US);
	}
	is_int(gains_of(&scene, &gain, 1), 0, "a step that five peers do not tell from chance");
	scene_release(&scene);

	scene_init(&scene);
	scene_add(&scene, "a (x.c:1) 20\nb (x.c:2) 80\n", 2 * MINUTE_US);
	for (size_t i = 0; i < 5; i++) {
		(void)snprintf(text, sizeof(text), "a (x.c:1) %d\nb (x.c:2) %d\n", 100 - peers[i],
			       peers[i]);
		scene_add(&scene, text, MINUTE_US);
	}
	is_int(gains_of(&scene, &gain, 1), 1, "one that they do");
	is_near(gain.p_value, 0.00073808303, 1e-6, "the bound is scipy's");
	is_str(gain.function, "b", "the line's function");
	is_str(gain.file, "x.c", "its file");
	is_int(gain.line, 2, "its number");
	is_near(gain.share, 0.8, 1e-12, "its share");
	is_near(gain.usual_share, 0.31, 1e-12, "the peers' median");
	is_near(gain.us, 96e6, 1e-12, "its time");
	is_near(gain.usual_us, 18.6e6, 1e-12, "and theirs");
	scene_release(&scene);
}

/* ---- what is named ---- */

#define NORMAL                                                                                     \
	"<module> (wf.py:40);read (wf.py:10) 310\n"                                                \
	"<module> (wf.py:41);filter (wf.py:30);is_filtered (wf.py:21) 300\n"                       \
	"<module> (wf.py:41);filter (wf.py:31);write (wf.py:5) 390\n"

static void add_normal(struct scene *scene, size_t count)
{
	/* 31 % in line 21, and a little scatter */
	for (size_t i = 0; i < count; i++) {
		char text[300];
		int off = (int)(i % 5) * 5 - 10;

		(void)snprintf(text, sizeof(text),
			       "<module> (wf.py:40);read (wf.py:10) %d\n"
			       "<module> (wf.py:41);filter (wf.py:30);is_filtered (wf.py:21) %d\n"
			       "<module> (wf.py:41);filter (wf.py:31);write (wf.py:5) %d\n",
			       300 - off, 310 + off, 390);
		scene_add(scene, text, MINUTE_US);
	}
}

static const struct named {
	const char *what, *text;
	double wall_us;
	const char *function; /* NULL: nothing is named */
	int64_t line;
	bool is_function;
} named[] = {
	{"fewer samples of all", "a (wf.py:1) 100\n", MINUTE_US, NULL, 0, false},
	{"the same", NORMAL, MINUTE_US, NULL, 0, false},
	{"the same, and three times as long: all lines took longer", NORMAL, 3 * MINUTE_US, NULL, 0,
	 false},
	{"the innermost line, and not those that call it",
	 "<module> (wf.py:40);read (wf.py:10) 98\n"
	 "<module> (wf.py:41);filter (wf.py:30);is_filtered (wf.py:21) 780\n"
	 "<module> (wf.py:41);filter (wf.py:31);write (wf.py:5) 122\n",
	 2.6 * MINUTE_US, "is_filtered", 21, false},
	{"a new line in a function that has its others",
	 "<module> (wf.py:40);read (wf.py:10) 98\n"
	 "<module> (wf.py:41);filter (wf.py:30);is_filtered (wf.py:21) 98\n"
	 "<module> (wf.py:41);filter (wf.py:33) 682\n"
	 "<module> (wf.py:41);filter (wf.py:31);write (wf.py:5) 122\n",
	 2.6 * MINUTE_US, "filter", 33, false},
	{"a function that was edited, by the line it has now",
	 "<module> (wf.py:43);read (wf.py:13) 98\n"
	 "<module> (wf.py:44);filter (wf.py:33);is_filtered (wf.py:24) 780\n"
	 "<module> (wf.py:44);filter (wf.py:34);write (wf.py:8) 122\n",
	 2.6 * MINUTE_US, "is_filtered", 24, true},
	{"no line of a program that was edited, and does the same",
	 "<module> (wf.py:43);read (wf.py:13) 310\n"
	 "<module> (wf.py:44);filter (wf.py:33);is_filtered (wf.py:24) 300\n"
	 "<module> (wf.py:44);filter (wf.py:34);write (wf.py:8) 390\n",
	 2.6 * MINUTE_US, NULL, 0, false},
	{"where the calls end in many lines of a library, the line that calls it",
	 "<module> (wf.py:40);read (wf.py:10);l1 (lib.py:1) 170\n"
	 "<module> (wf.py:40);read (wf.py:10);l2 (lib.py:2) 170\n"
	 "<module> (wf.py:40);read (wf.py:10);l3 (lib.py:3) 170\n"
	 "<module> (wf.py:40);read (wf.py:10);l4 (lib.py:4) 170\n"
	 "<module> (wf.py:41);filter (wf.py:30);is_filtered (wf.py:21) 140\n"
	 "<module> (wf.py:41);filter (wf.py:31);write (wf.py:5) 180\n",
	 2.6 * MINUTE_US, "read", 10, false},
	{"nothing that took a larger share of less time",
	 "<module> (wf.py:41);filter (wf.py:30);is_filtered (wf.py:21) 1000\n", MINUTE_US / 5, NULL,
	 0, false},
};

static void check_named(void)
{
	for (size_t i = 0; i < sizeof(named) / sizeof(named[0]); i++) {
		struct profile_gain gains[3];
		struct scene scene;
		size_t count;

		scene_init(&scene);
		scene_add(&scene, named[i].text, named[i].wall_us);
		add_normal(&scene, i == 0 ? 2 : 10);
		count = gains_of(&scene, gains, 3);
		if (named[i].function == NULL) {
			is_int(count, 0, "nothing: %s", named[i].what);
		} else if (ok(count >= 1, "one: %s", named[i].what)) {
			is_str(gains[0].function, named[i].function, "its function");
			is_int(gains[0].line, named[i].line, "its line");
			is_int(gains[0].is_function, named[i].is_function,
			       "and whether all of the function is meant");
		}
		scene_release(&scene);
	}
}

static void check_second(void)
{
	struct profile_gain gains[3];
	struct scene scene;

	scene_init(&scene);
	scene_add(&scene,
		  "<module> (wf.py:40);read (wf.py:10) 400\n"
		  "<module> (wf.py:41);filter (wf.py:30);is_filtered (wf.py:21) 550\n"
		  "<module> (wf.py:41);filter (wf.py:31);write (wf.py:5) 50\n",
		  5 * MINUTE_US);
	add_normal(&scene, 20);
	is_int(gains_of(&scene, gains, 3), 2, "two lines that have nothing to do with each other");
	is_int(gains[0].line, 21, "the one that gained most time first");
	is_int(gains[1].line, 10, "and then the other");
	scene_release(&scene);

	scene_init(&scene);
	scene_add(&scene, "a (wf.py:1) 100\n", NAN);
	add_normal(&scene, 2);
	is_int(gains_of(&scene, gains, 3), 0, "two peers are too few");
	scene_release(&scene);
}

/* ---- by simulation: silence, and what is planted ---- */

#define STACKS 24
#define RUNS 400
#define PLANTED 4 /* the stack that is made to take more; a normal run spends 6 % there */

struct program {
	double precision; /* of the Dirichlet distribution of a run's shares: at 100 a line of 31 %
			     has a standard deviation of 4.6 % */
	double stay;      /* the chance that a sample is as the one before */
	double planted;   /* how many times as long the planted stack takes */
};

static void make_run(const gsl_rng *rng, size_t sample_count, const struct program *program,
		     double wall_us, struct scene *scene)
{
	double alpha[STACKS], shares[STACKS], sum = 0;
	int64_t counts[STACKS] = {0};
	gsl_ran_discrete_t *table;
	struct strbuf text;
	size_t at = 0;

	for (size_t i = 0; i < STACKS; i++)
		sum += 1 / (double)(i + 1);
	for (size_t i = 0; i < STACKS; i++)
		alpha[i] = program->precision / (double)(i + 1) / sum;
	gsl_ran_dirichlet(rng, STACKS, alpha, shares);
	shares[PLANTED] *= program->planted;
	table = gsl_ran_discrete_preproc(STACKS, shares);
	for (size_t i = 0; i < sample_count; i++) {
		if (i == 0 || gsl_rng_uniform(rng) >= program->stay)
			at = gsl_ran_discrete(rng, table);
		counts[at]++;
	}
	strbuf_init(&text);
	for (size_t i = 0; i < STACKS; i++)
		if (counts[i] > 0)
			strbuf_addf(&text,
				    "<module> (p.py:%zu);f%zu (p.py:%zu);g%zu (q.py:%zu) %" PRId64
				    "\n",
				    90 + i % 3, i / 4, 200 + i / 2, i / 2, 300 + i, counts[i]);
	scene_add(scene, text.text, wall_us * (0.9 + 0.2 * gsl_rng_uniform(rng)));
	strbuf_release(&text);
	gsl_ran_discrete_free(table);
}

/* In how many of RUNS the step, which took 2.6 times as long, has a line that gained; and in how
 * many that is the planted one. */
static int count_said(const gsl_rng *rng, size_t peer_count, size_t own_samples,
		      size_t peer_samples, const struct program *program, int *ret_right)
{
	const struct program normal = {program->precision, program->stay, 1};
	int said = 0;

	*ret_right = 0;
	for (size_t run = 0; run < RUNS; run++) {
		struct profile_gain gain;
		struct scene scene;

		scene_init(&scene);
		make_run(rng, own_samples, program, 2.6 * MINUTE_US, &scene);
		for (size_t i = 0; i < peer_count; i++)
			make_run(rng, peer_samples, &normal, MINUTE_US, &scene);
		if (gains_of(&scene, &gain, 1) > 0) {
			said++;
			*ret_right += gain.line == 300 + PLANTED;
		}
		scene_release(&scene);
	}
	return said;
}

static void check_silence(const gsl_rng *rng)
{
	static const struct {
		size_t peer_count, own_samples, peer_samples;
		struct program program;
	} rows[] = {
		{3, 300, 300, {100, 0, 1}},   {4, 300, 300, {100, 0.8, 1}},
		{6, 40, 300, {1000, 0.8, 1}}, {6, 300, 40, {30, 0.9, 1}},
		{10, 600, 300, {1e6, 0, 1}},  {10, 600, 300, {1e6, 0.9, 1}},
		{20, 300, 300, {30, 0.8, 1}}, {40, 300, 300, {100, 0.8, 1}},
		{40, 40, 600, {1e6, 0.8, 1}},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int right, said = count_said(rng, rows[i].peer_count, rows[i].own_samples,
					     rows[i].peer_samples, &rows[i].program, &right);

		ok(said <= RUNS * PROFILE_GAIN_LEVEL,
		   "%zu peers, precision %g, samples that stay %g: of 100 equal programs at most 5 "
		   "say anything",
		   rows[i].peer_count, rows[i].program.precision, rows[i].program.stay);
		printf("# %d of %d did\n", said, RUNS);
	}
}

static void check_planted(const gsl_rng *rng)
{
	static const struct {
		size_t peer_count;
		struct program program;
		double named_min;
	} rows[] = {
		{4, {1000, 0.5, 40}, 0.75},
		{8, {100, 0.8, 40}, 0.75},
		{20, {100, 0.8, 20}, 0.75},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int right, said = count_said(rng, rows[i].peer_count, 400, 200, &rows[i].program,
					     &right);

		ok(right >= RUNS * rows[i].named_min,
		   "%zu peers, a line that takes %g times as long: it is named, as a rule",
		   rows[i].peer_count, rows[i].program.planted);
		ok(said - right <= RUNS * PROFILE_GAIN_LEVEL, "and hardly ever another");
		printf("# %d of %d said something, %d the line\n", said, RUNS, right);
	}
}

int main(void)
{
	gsl_rng *rng = gsl_rng_alloc(gsl_rng_taus2);

	check_reference();
	check_named();
	check_second();
	check_silence(rng);
	check_planted(rng);
	gsl_rng_free(rng);
	return tap_done();
}
