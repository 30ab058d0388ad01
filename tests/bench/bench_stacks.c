/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How long slurmstepd takes for what hostile processes leave as stacks: 4 MB, as much as is read.
 */
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "joboutliers/record.h"
#include "stacks.h"

#define BYTES_MAX (4 << 20)
#define ROUNDS 5

/* Lines of `len` bytes that differ in their last ones alone, in frames of `frame` bytes. */
static char *make_text(size_t len, size_t frame)
{
	char *text = malloc(BYTES_MAX + 1), *end = text;

	check(text != NULL, "no memory");
	for (int i = 0; end + len < text + BYTES_MAX; i++) {
		for (size_t j = 0; j < len - 10; j++)
			end[j] = j % frame == frame - 1 ? ';' : 'a';
		(void)sprintf(end + len - 10, "%07d 1\n", i % 10000000);
		end += len;
	}
	*end = '\0';
	return text;
}

static double merge_s(const char *made)
{
	char written[JO_PROFILE_SIZE], *text = strdup(made);
	struct stacks stacks;
	double begin_s = clock_s(CLOCK_THREAD_CPUTIME_ID);

	check(text != NULL, "no memory");
	begin_s = clock_s(CLOCK_THREAD_CPUTIME_ID);
	stacks_init(&stacks);
	check(stacks_add(&stacks, text, NULL) == 0, "cannot add");
	check(stacks_write(&stacks, written, sizeof(written), NULL) == 0, "cannot write");
	stacks_free(&stacks);
	begin_s = clock_s(CLOCK_THREAD_CPUTIME_ID) - begin_s;
	free(text);
	return begin_s;
}

int main(void)
{
	static const struct {
		const char *name;
		size_t len, frame;
	} kinds[] = {
		{"short", 12, 100},
		{"long", 240, 100},
		{"deep", 240, 2},
		{"longest", 3600, 110},
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		char *text = make_text(kinds[i].len, kinds[i].frame);
		double least_s = INFINITY;

		for (int round = 0; round < ROUNDS; round++)
			least_s = fmin(least_s, merge_s(text));
		printf("hostile_%s_stacks %.1f ms\n", kinds[i].name, least_s * 1e3);
		free(text);
	}
	return 0;
}
