/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The priors of the last nights: found again as they were, and only where they are those. */
#include "fit/night_priors.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

#include "judge_fixture.h"

#define NIGHTS 70 /* more than are kept */
#define DAY (24 * HOUR)

static struct model_params params_of(int night)
{
	struct model_params params;

	model_params_init(&params);
	for (int m = 0; m < METRIC_COUNT; m++) {
		params.prior[m].scale = 0.1 + night + 0.001 * m;
		params.prior[m].alike = 1.0 / (1 + night);
		params.prior[m].tail[MODEL_SPREAD_TAILS - 1] = 1.0 / (3 + m);
		params.prior[m].group_n = (uint32_t)(100 + night);
	}
	return params;
}

/* Whether the night's are kept, and as they were. */
static int find(struct store *store, int night)
{
	struct model_params params, expected = params_of(night);
	int rc;

	model_params_init(&params);
	rc = night_priors_get(store, T0 + night * DAY, &params, &err);
	for (int m = 0; m < METRIC_COUNT && rc == 1; m++) {
		const struct model_prior *got = &params.prior[m], *want = &expected.prior[m];

		rc = memcmp(got, want, offsetof(struct model_prior, group_n)) == 0 &&
		     got->group_n == want->group_n;
	}
	return rc;
}

static void check_found(struct store *store)
{
	struct model_params params = params_of(3), other;

	is_int(find(store, 3), 0, "nothing is kept at first");
	must(night_priors_put(store, T0 + 3 * DAY, &params, &err));
	is_int(find(store, 3), 1, "a night is found as it was");
	is_int(find(store, 4), 0, "but no other");
	model_params_init(&other);
	other.history_max++;
	is_int(night_priors_get(store, T0 + 3 * DAY, &other, &err), 0,
	       "nor what was learnt with other parameters");
	other.prior[0].scale = 99;
	must(night_priors_put(store, T0 + 3 * DAY, &other, &err));
	is_int(find(store, 3), 1, "which may be kept beside");
	params.prior[1].scale = 77;
	must(night_priors_put(store, T0 + 3 * DAY, &params, &err));
	model_params_init(&other);
	is_int(night_priors_get(store, T0 + 3 * DAY, &other, &err), 1,
	       "a night that is judged again");
	ok(other.prior[1].scale == 77, "has its new ones");
}

static void check_room(struct store *store)
{
	int found = 0;

	/* A first check judges the last weeks first, and what is older later. */
	for (int i = 0; i < NIGHTS; i++) {
		int night = (i + NIGHTS / 2) % NIGHTS;
		struct model_params params = params_of(night);

		must(night_priors_put(store, T0 + night * DAY, &params, &err));
	}
	for (int night = 0; night < NIGHTS; night++)
		found += find(store, night);
	is_int(found, 64, "64 nights are kept");
	is_int(find(store, 0), 0, "not the first");
	is_int(find(store, NIGHTS - 1), 1, "and the last");
}

/* What is there may be another version's, cut short, or no numbers. */
static void check_damaged(struct store *store)
{
	struct model_params params = params_of(5);
	double numbers[64];
	int64_t version;
	const void *data;
	size_t size;

	must(store_blob_put(store, "night-priors", MODEL_FORMAT_VERSION + 1, "1234567", 7, &err));
	is_int(find(store, 5), 0, "of another version: none");
	must(store_blob_put(store, "night-priors", MODEL_FORMAT_VERSION, "1234567", 7, &err));
	is_int(find(store, 5), 0, "cut short: none");
	must(night_priors_put(store, T0 + 5 * DAY, &params, &err));
	is_int(store_blob_get(store, "night-priors", &version, &data, &size, &err), 1, "one night");
	if (!ok(size <= sizeof(numbers), "of a few numbers"))
		return;
	memcpy(numbers, data, size);
	numbers[size / sizeof(numbers[0]) - 1] = NAN;
	must(store_blob_put(store, "night-priors", version, numbers, size, &err));
	is_int(find(store, 5), 0, "of which one is none");
}

int main(void)
{
	struct store *store;

	begin_tests();
	store = open_store("1.db", STORE_CREATE);
	must(store_begin(store, &err));
	check_found(store);
	check_room(store);
	check_damaged(store);
	must(store_commit(store, &err));
	store_close(store);
	return end_tests();
}
