/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What differs: planted causes are found first, and noise is met with silence. */
#include "explain/differ.h"

#include <stdint.h>
#include <stdlib.h>

#include "tap.h"

#define PEERS 41

/* n peers; the first `odd` of them have `other` instead of `usual`. */
static const struct {
	const char *value, *usual, *other;
	size_t n, odd;
	const char *want; /* NULL: silence */
} cases[] = {
	{"174", "30", NULL, 41, 0, "k was 174; in the 41 normal jobs it was 30"},
	{"30", "30", NULL, 41, 0, NULL},
	{"30.0", "30", NULL, 41, 0, NULL},
	{"174", "30", "40", 41, 3, "k was 174; in 38 of the 41 normal jobs it was 30"},
	{"174", "30", "174", 41, 2, "k was 174; in 39 of the 41 normal jobs it was 30"},
	{"174", "30", "174", 41, 3, NULL},
	{"nt", "nr", NULL, 41, 0, "k was nt; in the 41 normal jobs it was nr"},
	{"nt", "nr", "nt", 41, 20, NULL},
	{"nt", "nr", NULL, 4, 0, NULL},
	{"nt", "nr", NULL, 5, 0, "k was nt; in the 5 normal jobs it was nr"},
	{NULL, "nr", NULL, 41, 0, "k was not declared; in the 41 normal jobs it was nr"},
	{"nt", NULL, NULL, 41, 0, "k was nt; in the 41 normal jobs it was not declared"},
	{NULL, NULL, NULL, 41, 0, NULL},
	{"nan", "30", NULL, 41, 0, "k was nan; in the 41 normal jobs it was 30"},
	{"1e999", "30", NULL, 41, 0, "k was 1e999; in the 41 normal jobs it was 30"},
	{"", "30", NULL, 41, 0, "k was ; in the 41 normal jobs it was 30"},
};

static void check_cases(void)
{
	const char *peers[PEERS];
	struct explain_difference difference;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct explain_attribute attribute = {"k", cases[i].value, peers, cases[i].n};
		size_t n;

		for (size_t j = 0; j < PEERS; j++)
			peers[j] = j < cases[i].odd ? cases[i].other : cases[i].usual;
		n = explain_differences(&attribute, 1, &difference, 1);
		is_int(n, cases[i].want != NULL, "case %zu: %s", i,
		       cases[i].want == NULL ? "silence" : cases[i].want);
		if (n > 0 && cases[i].want != NULL)
			is_str(difference.text, cases[i].want, "in these words");
	}
}

static uint64_t next_random(uint64_t *state)
{
	*state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return *state >> 33;
}

/* 300 nights of four attributes without meaning: a seed, a sample's name, a coin, a small number.
 */
static size_t count_false_alarms(void)
{
	uint64_t state = 1;
	size_t alarms = 0;

	for (int night = 0; night < 300; night++) {
		char texts[4][PEERS + 1][24];
		const char *peers[4][PEERS];
		struct explain_attribute attributes[4];
		struct explain_difference differences[4];

		for (size_t j = 0; j <= PEERS; j++) {
			(void)snprintf(texts[0][j], 24, "%u", (unsigned)next_random(&state));
			(void)snprintf(texts[1][j], 24, "s%u", (unsigned)next_random(&state));
			(void)snprintf(texts[2][j], 24, "%s",
				       next_random(&state) % 2 == 0 ? "head" : "tail");
			(void)snprintf(texts[3][j], 24, "%u", (unsigned)(next_random(&state) % 8));
		}
		for (size_t i = 0; i < 4; i++) {
			for (size_t j = 0; j < PEERS; j++)
				peers[i][j] = texts[i][j];
			attributes[i] =
				(struct explain_attribute){"k", texts[i][PEERS], peers[i], PEERS};
		}
		alarms += explain_differences(attributes, 4, differences, 4);
	}
	return alarms;
}

static void check_ranking(void)
{
	static const char *const names[] = {"seed", "threads", "filter_words", "db", "version"};
	static const char *const values[] = {"99", "9", "174", "nr", "2"};
	char seeds[PEERS][8], threads[PEERS][8];
	const char *peers[5][PEERS];
	struct explain_attribute attributes[5];
	struct explain_difference differences[5];
	size_t n;

	for (size_t j = 0; j < PEERS; j++) {
		(void)snprintf(seeds[j], sizeof(seeds[j]), "%zu", 7 * j % 100);
		(void)snprintf(threads[j], sizeof(threads[j]), "%zu", 4 + j % 5);
		peers[0][j] = seeds[j];
		peers[1][j] = threads[j];
		peers[2][j] = "30";
		peers[3][j] = "nr";
		peers[4][j] = j == 0 ? "2" : "1";
	}
	for (size_t i = 0; i < 5; i++)
		attributes[i] = (struct explain_attribute){names[i], values[i], peers[i], PEERS};
	n = explain_differences(attributes, 5, differences, 5);
	is_int(n, 2, "two of five differ");
	is_int(differences[0].index, 2, "what no peer had comes first");
	is_int(differences[1].index, 4, "then what one had");
	is_int(explain_differences(attributes, 5, differences, 1), 1, "no more than asked for");

	attributes[1].value = "64";
	n = explain_differences(attributes, 5, differences, 5);
	is_int(n, 3, "a number far from all others");
	is_int(differences[0].index, 1, "the farthest is first");
	is_str(differences[0].text,
	       "threads was 64; in the 41 normal jobs it was 4 to 8, half of them up to 6",
	       "and says where the others lie");
	is_int(explain_differences(attributes, 0, differences, 5), 0, "nothing to compare");
}

static void check_long_values(void)
{
	struct explain_difference difference;
	char value[129], other[129];
	const char *peers[PEERS];
	struct explain_attribute attribute = {"abcdefghijklmnopqrstuvwxyz_.-012", value, peers,
					      PEERS};

	memset(value, 'v', 128);
	memset(other, 'w', 128);
	value[128] = other[128] = '\0';
	for (size_t j = 0; j < PEERS; j++)
		peers[j] = other;
	is_int(explain_differences(&attribute, 1, &difference, 1), 1, "the longest values differ");
	ok(strstr(difference.text, value) != NULL && strstr(difference.text, other) != NULL,
	   "and are told whole");
}

int main(void)
{
	size_t alarms;

	check_cases();
	check_ranking();
	check_long_values();
	alarms = count_false_alarms();
	ok(alarms <= 12, "noise: %zu alarms in 1200 comparisons", alarms);
	return tap_done();
}
