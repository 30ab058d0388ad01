/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which high verdicts are worth a mail: each floor, each exclusion, and what is not known. */
#include "finding/candidates.h"

#include "tap.h"

#define S INT64_C(1000000)
#define MIB (1024.0 * 1024)

static const struct step good_step = {
	.user = "ann",
	.account = "bio",
	.partition = "long",
	.qos = "normal",
	.class_name = "align",
	.cpu_count = 4,
};

/* Twice what was expected: an hour and 4 core-hours, or 1 GiB too much. */
static const struct step_verdict good_wall = {
	.metric = METRIC_WALL,
	.verdict = VERDICT_HIGH,
	.value = 7200e6,
	.expected = 3600e6,
	.ratio = 2,
};
static const struct step_verdict good_memory = {
	.metric = METRIC_MEMORY,
	.verdict = VERDICT_HIGH,
	.value = 2048 * MIB,
	.expected = 1024 * MIB,
	.ratio = 2,
};

static void test_floors(void)
{
	static const struct {
		const char *name;
		bool is_memory, has_no_cpus;
		double min_ratio;
		int64_t min_time_us;
		double min_core_hours;
		int64_t min_memory_bytes;
		bool want;
	} cases[] = {
		{"a run time below the ratio", false, false, 2.01, 0, 0, 0, false},
		{"below the time", false, false, 0, 3601 * S, 0, 0, false},
		{"below the core-hours", false, false, 0, 0, 4.01, 0, false},
		{"at all of them", false, false, 2, 3600 * S, 4, INT64_MAX, true},
		{"core-hours that are not known", false, true, 0, 0, 1e9, 0, true},
		{"memory below the ratio", true, false, 2.01, 0, 0, 0, false},
		{"below the memory", true, false, 0, 0, 0, (int64_t)(1025 * MIB), false},
		{"at both of them", true, false, 2, INT64_MAX, 1e9, (int64_t)(1024 * MIB), true},
	};
	const struct wishes wishes = {0};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct finding_rules rules = {
			.min_ratio = cases[i].min_ratio,
			.min_time_us = cases[i].min_time_us,
			.min_core_hours = cases[i].min_core_hours,
			.min_memory_bytes = cases[i].min_memory_bytes,
		};
		struct step step = good_step;

		if (cases[i].has_no_cpus)
			step.cpu_count = JO_MISSING;
		is_int(candidates_admit(&rules, &wishes, &step,
					cases[i].is_memory ? &good_memory : &good_wall),
		       cases[i].want, "%s", cases[i].name);
	}
}

static void test_verdicts(void)
{
	const struct finding_rules rules = {.min_ratio = 0};
	const struct wishes wishes = {0};
	struct step_verdict verdict = good_wall;
	struct step step = good_step;

	verdict.verdict = VERDICT_LOW;
	ok(!candidates_admit(&rules, &wishes, &step, &verdict), "what is low is no finding");
	verdict = good_wall;
	verdict.expected = NAN;
	ok(!candidates_admit(&rules, &wishes, &step, &verdict),
	   "nor is what was expected of nothing");
	step.is_expected = true;
	ok(!candidates_admit(&rules, &wishes, &step, &good_wall), "nor what its owner expected");
}

/* A mail is about what is certain. */
static void test_certainty(void)
{
	static const struct {
		const char *name;
		double alpha, p_value;
		int64_t near_count, like_count;
		bool want;
	} cases[] = {
		{"one normal step in 6,000", 0.00015, 1 / 6000.0, 40, 0, false},
		{"one in 6,000 where one in 1,000 is enough", 0.001, 1 / 6000.0, 40, 0, true},
		{"one in 7,000", 0.00015, 1 / 7000.0, 40, 0, true},
		{"what one of three did before", 0.00015, 1e-7, 3, 1, false},
		{"what one of three did, where any chance will do", 1, 1e-7, 3, 1, false},
		{"what one of fifty did", 0.00015, 1e-7, 50, 1, true},
		{"what two of fifty did", 0.00015, 1e-7, 50, 2, false},
		{"what nobody counted", 0.00015, 1e-7, JO_MISSING, JO_MISSING, true},
		{"a chance that is not known", 0.00015, NAN, 40, 0, false},
	};
	const struct wishes wishes = {0};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct finding_rules rules = {.alpha = cases[i].alpha};
		struct step_verdict verdict = good_wall;

		verdict.p_value = cases[i].p_value;
		verdict.near_count = cases[i].near_count;
		verdict.like_count = cases[i].like_count;
		is_int(candidates_admit(&rules, &wishes, &good_step, &verdict), cases[i].want, "%s",
		       cases[i].name);
	}
}

static void test_exclusions(void)
{
	static const struct {
		const char *name;
		size_t offset; /* of the list */
		const char *patterns;
		bool want;
	} cases[] = {
		{"another partition", offsetof(struct excluded, partitions), "short,ann", true},
		{"the partition", offsetof(struct excluded, partitions), "short,long", false},
		{"the account", offsetof(struct excluded, accounts), "b?o", false},
		{"the user", offsetof(struct excluded, users), "[a-c]nn", false},
		{"the class", offsetof(struct excluded, classes), "al*", false},
		{"a class in other letters", offsetof(struct excluded, classes), "AL*", true},
		{"the QOS", offsetof(struct excluded, qos), "normal", false},
		{"all but what begins so", offsetof(struct excluded, qos), "[!n]*", true},
		{"a pattern that is none", offsetof(struct excluded, users), "[", true},
	};
	const struct wishes wishes = {0};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct finding_rules rules = {.min_ratio = 0};
		struct strlist list = {0};

		strlist_split(&list, cases[i].patterns);
		*(struct strlist *)(void *)((char *)&rules.excluded + cases[i].offset) = list;
		is_int(candidates_admit(&rules, &wishes, &good_step, &good_wall), cases[i].want,
		       "%s", cases[i].name);
		strlist_release(&list);
	}
}

int main(void)
{
	test_floors();
	test_verdicts();
	test_certainty();
	test_exclusions();
	return tap_done();
}
