/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What differs: planted causes are found first, and noise is met with silence. */
#include "explain/differ.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "tap.h"

#define PEERS 41
#define UNITS (PEERS + 12)
#define NOISE 20
#define NIGHTS 1000

/* n peers; the first `odd` of them have `other` instead of `usual`. */
static const struct {
	const char *value, *usual, *other;
	size_t n, odd;
	const char *want; /* NULL: silence */
} cases[] = {
	{"174", "30", NULL, 41, 0, "k was 174; in the 41 normal jobs it was 30"},
	{"30", "30", NULL, 41, 0, NULL},
	{"30.0", "30", NULL, 41, 0, NULL},
	{"174", "30", "40", 41, 1, "k was 174; in 40 of the 41 normal jobs it was 30"},
	{"174", "30", "174", 41, 1, "k was 174; in 40 of the 41 normal jobs it was 30"},
	{"174", "30", "40", 41, 2, NULL},
	{"174", "30", "174", 41, 3, NULL},
	{"nt", "nr", NULL, 41, 0, "k was nt; in the 41 normal jobs it was nr"},
	{"nt", "nr", "nt", 41, 20, NULL},
	{"nt", "nr", NULL, 18, 0, NULL},
	{"nt", "nr", NULL, 19, 0, "k was nt; in the 19 normal jobs it was nr"},
	{NULL, "nr", NULL, 41, 0, NULL},
	{"nt", NULL, NULL, 41, 0, NULL},
	{NULL, NULL, NULL, 41, 0, NULL},
	{"nt", "nr", NULL, 0, 0, NULL},
	{"nan", "30", NULL, 41, 0, "k was nan; in the 41 normal jobs it was 30"},
	{"1e999", "30", NULL, 41, 0, "k was 1e999; in the 41 normal jobs it was 30"},
	{"", "30", NULL, 41, 0, "k was ; in the 41 normal jobs it was 30"},
};

static struct explain_value value_of(const char *text)
{
	return text == NULL ? (struct explain_value){NULL, NAN} : explain_value_of(text);
}

static void check_cases(void)
{
	struct explain_value values[PEERS + 1];
	const struct explain_attribute attribute = {"k", values};
	struct explain_difference difference;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		size_t n;

		values[0] = value_of(cases[i].value);
		for (size_t j = 0; j < PEERS; j++)
			values[j + 1] =
				value_of(j < cases[i].odd ? cases[i].other : cases[i].usual);
		n = explain_differences(&attribute, 1, 1, cases[i].n, &difference, 1);
		is_int(n, cases[i].want != NULL, "case %zu: %s", i,
		       cases[i].want == NULL ? "silence" : cases[i].want);
		if (n > 0 && cases[i].want != NULL)
			is_str(difference.text, cases[i].want, "in these words");
	}
}

/* ---- noise, and causes planted in it ---- */

struct world {
	uint64_t state;
	char texts[NOISE][UNITS][24];
	struct explain_value values[NOISE][UNITS];
	struct explain_attribute attributes[NOISE];
};

static double next_uniform(struct world *world)
{
	world->state = world->state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return ((double)(world->state >> 33) + 0.5) / (double)(UINT64_C(1) << 31);
}

/* Twenty attributes without meaning, of the kinds that jobs have. */
static void make_noise(struct world *world, size_t units)
{
	static const char *const names[] = {"head", "tail"};

	for (size_t i = 0; i < NOISE; i++) {
		for (size_t j = 0; j < units; j++) {
			char *text = world->texts[i][j];
			double u = next_uniform(world), v = next_uniform(world);

			switch (i % 10) {
			case 0: /* a seed */
				(void)snprintf(text, 24, "%.0f", 1e9 * u);
				break;
			case 1: /* a sample's name */
				(void)snprintf(text, 24, "s%.0f", 1e9 * u);
				break;
			case 2: /* a coin */
				(void)snprintf(text, 24, "%s", names[u < 0.5]);
				break;
			case 3: /* a small number */
				(void)snprintf(text, 24, "%.0f", 8 * u);
				break;
			case 4: /* always the same */
				(void)snprintf(text, 24, "1");
				break;
			case 5: /* seldom another one */
				(void)snprintf(text, 24, "%s", names[u < 0.02]);
				break;
			case 6: /* one of many nodes */
				(void)snprintf(text, 24, "n%.0f", 30 * u);
				break;
			case 7: /* a measure */
				(void)snprintf(text, 24, "%.6f",
					       exp(sqrt(-2 * log(u)) * cos(2 * M_PI * v)));
				break;
			case 8: /* one with a heavy tail, negative too */
				(void)snprintf(text, 24, "%.6f", tan(M_PI * (u - 0.5)));
				break;
			default: /* mostly nothing */
				(void)snprintf(text, 24, "%.0f", u < 0.7 ? 0 : 100 * v);
				break;
			}
			world->values[i][j] = explain_value_of(text);
		}
		world->attributes[i] = (struct explain_attribute){"k", world->values[i]};
	}
}

static void check_noise(struct world *world, size_t outliers)
{
	struct explain_difference difference;
	size_t nights = 0;

	for (int night = 0; night < NIGHTS; night++) {
		make_noise(world, outliers + PEERS);
		nights += explain_differences(world->attributes, NOISE, outliers, PEERS,
					      &difference, 1);
	}
	/* three standard errors above what is promised */
	ok(nights <= 71,
	   "noise in 20 attributes, %zu outliers: something is named in %zu of %d nights", outliers,
	   nights, NIGHTS);
}

/* A constant that changed, or a number far out, is to be the first thing named. */
static void check_planted(struct world *world, size_t outliers, bool is_number, size_t want)
{
	struct explain_difference difference;
	size_t nights = 0;

	for (int night = 0; night < NIGHTS; night++) {
		size_t index = is_number ? 7 : 4;

		make_noise(world, outliers + PEERS);
		for (size_t i = 5; i < NOISE; i += 10) /* no chance causes beside the planted one */
			for (size_t j = 0; j < outliers + PEERS; j++)
				world->values[i][j] = explain_value_of("tail");
		for (size_t j = 0; j < outliers; j++)
			world->values[index][j] = explain_value_of(is_number ? "1e6" : "2");
		if (explain_differences(world->attributes, NOISE, outliers, PEERS, &difference, 1) >
		    0)
			nights += difference.index == index;
	}
	ok(nights >= want, "a planted %s, %zu outliers: first in %zu of %d nights",
	   is_number ? "number" : "word", outliers, nights, NIGHTS);
}

static void check_ranking(void)
{
	static const char *const names[] = {"seed", "threads", "filter_words", "db", "version"};
	static const char *const own[] = {"99", "6", "174", "nr", "2"};
	char seeds[PEERS][8], threads[PEERS][8];
	struct explain_value values[5][PEERS + 1];
	struct explain_attribute attributes[5];
	struct explain_difference differences[5];
	size_t n;

	for (size_t j = 0; j < PEERS; j++) {
		(void)snprintf(seeds[j], sizeof(seeds[j]), "%zu", 7 * j % 100);
		(void)snprintf(threads[j], sizeof(threads[j]), "%zu", 4 + j % 5);
		values[0][j + 1] = explain_value_of(seeds[j]);
		values[1][j + 1] = explain_value_of(threads[j]);
		values[2][j + 1] = explain_value_of("30");
		values[3][j + 1] = explain_value_of("nr");
		values[4][j + 1] = explain_value_of(j == 0 ? "2" : "1");
	}
	for (size_t i = 0; i < 5; i++) {
		values[i][0] = explain_value_of(own[i]);
		attributes[i] = (struct explain_attribute){names[i], values[i]};
	}
	n = explain_differences(attributes, 5, 1, PEERS, differences, 5);
	is_int(n, 2, "two of five differ");
	is_int(differences[0].index, 2, "what no peer had comes first");
	is_int(differences[1].index, 4, "then what one had");
	ok(fabs(differences[0].p_value - 1.0 / 42) < 1e-12, "with the chance of it");
	is_int(explain_differences(attributes, 5, 1, PEERS, differences, 1), 1,
	       "no more than asked for");

	values[2][0] = explain_value_of("30");
	values[1][0] = explain_value_of("64");
	n = explain_differences(attributes, 5, 1, PEERS, differences, 5);
	is_int(n, 2, "a number far from all others");
	is_int(differences[0].index, 1, "comes first where the odd one is no longer alone");
	is_str(differences[0].text,
	       "threads was 64; in the 41 normal jobs it was 4 to 8, half of them up to 6",
	       "and says where the others lie");
	is_int(explain_differences(attributes, 0, 1, PEERS, differences, 5), 0,
	       "nothing to compare");
}

static void check_set(void)
{
	struct explain_value words[UNITS], numbers[UNITS];
	const struct explain_attribute attributes[] = {{"threads", numbers}, {"db", words}};
	struct explain_difference differences[2];
	size_t n;

	for (size_t j = 0; j < UNITS; j++) {
		words[j] = explain_value_of(j < 11 || j == 20 ? "nt" : "nr");
		numbers[j] = explain_value_of(j % 2 == 0 ? "4" : "8");
	}
	n = explain_differences(attributes, 2, 12, PEERS, differences, 2);
	is_int(n, 1, "of twelve outliers one thing differs");
	is_str(differences[0].text, "db was nt in 11 of the 12; in 1 of the 41 normal jobs",
	       "and says of how many");
	/* P(11 or more of 12 have it | 12 of 53 have it), times the three tests: "nt", "nr",
	 * threads */
	ok(fabs(differences[0].p_value / (3 * 1.84794e-09) - 1) < 0.01, "with the chance of it, %g",
	   differences[0].p_value);
	for (size_t j = 0; j < 12; j++)
		numbers[j] = explain_value_of(j % 2 == 0 ? "16" : "32");
	n = explain_differences(attributes, 2, 12, PEERS, differences, 2);
	is_int(n, 2, "numbers differ as well");
	is_str(differences[1].text, "threads was around 32; in the 41 normal jobs around 4",
	       "by their medians");
}

static void check_long_values(void)
{
	struct explain_difference difference;
	char value[129], other[129];
	struct explain_value values[PEERS + 1];
	const struct explain_attribute attribute = {"abcdefghijklmnopqrstuvwxyz_.-012", values};

	memset(value, 'v', 128);
	memset(other, 'w', 128);
	value[128] = other[128] = '\0';
	values[0] = explain_value_of(value);
	for (size_t j = 0; j < PEERS; j++)
		values[j + 1] = explain_value_of(other);
	is_int(explain_differences(&attribute, 1, 1, PEERS, &difference, 1), 1,
	       "the longest values differ");
	ok(strstr(difference.text, value) != NULL && strstr(difference.text, other) != NULL,
	   "and are told whole");
}

int main(void)
{
	static struct world world = {.state = 1};

	check_cases();
	check_ranking();
	check_set();
	check_long_values();
	check_noise(&world, 1);
	check_noise(&world, 2);
	check_noise(&world, 12);
	check_planted(&world, 1, false, 900);
	check_planted(&world, 1, true, 850);
	check_planted(&world, 12, false, 990);
	check_planted(&world, 12, true, 990);
	return tap_done();
}
