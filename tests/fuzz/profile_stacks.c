/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Folded text: what is taken adds up, reads back as it is written, and can be compared and drawn.
 */
#include "fuzz.h"
#include "profile/gain.h"

#include <errno.h>
#include <math.h>

static void check_counts(const struct profile *profile)
{
	size_t place_count = profile_place_count(profile->names);
	struct profile_place_counts *counts = calloc(place_count + 1, sizeof(*counts));
	int64_t self = 0, total = profile->other_count;

	fuzz_check(counts != NULL);
	profile_count(profile, NULL, counts);
	for (size_t i = 0; i < place_count; i++) {
		fuzz_check(counts[i].self_count <= counts[i].total_count);
		fuzz_check(counts[i].total_count <= profile->sample_count);
		self += i < profile->names->frames->len ? counts[i].self_count : 0;
	}
	for (size_t i = 0; i < profile->stacks->len; i++)
		total += profile_stack(profile, i)->count;
	fuzz_check(self == profile->sample_count - profile->other_count);
	fuzz_check(total == profile->sample_count);
	free(counts);
}

static void check_gains(const struct profile *profile)
{
	const struct profile_of_step step = {profile, 1e6};
	const struct profile_of_step peers[] = {step, step, step, {profile, NAN}};
	struct profile_gain gain;

	if (profile->sample_count >= PROFILE_GAIN_SAMPLES_MIN)
		fuzz_check(profile_gains(&step, peers, 4, &gain, 1) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);
	struct profile_names *names = profile_names_new();
	struct profile profile, again;
	struct strbuf folded, twice;
	struct jo_err err = {0};

	profile_stacks_init(&profile, names);
	profile_stacks_init(&again, names);
	strbuf_init(&folded);
	strbuf_init(&twice);
	if (profile_add(&profile, text, &err) == 0) {
		profile_sort(&profile);
		profile_fold(&profile, &folded);
		fuzz_check(profile_add(&again, folded.text, &err) == 0);
		fuzz_check(again.sample_count == profile.sample_count);
		profile_sort(&again);
		profile_fold(&again, &twice);
		fuzz_check(strcmp(folded.text, twice.text) == 0);
		check_counts(&profile);
		check_gains(&profile);
	} else {
		fuzz_check(err.text[0] != '\0' && strchr(err.text, '\n') == NULL);
		fuzz_check(profile.sample_count == 0 && profile.stacks->len == 0);
	}
	strbuf_release(&folded);
	strbuf_release(&twice);
	profile_stacks_release(&profile);
	profile_stacks_release(&again);
	profile_names_free(names);
	free(text);
	return 0;
}
