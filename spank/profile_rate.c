/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Words and numbers of --job-profile. */
#include "profile_rate.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *word;
	int rate_hz;
} words[] = {
	{"0", 0},
	{"no", 0},
	{"off", 0},
	{"", PROFILE_RATE_USUAL_HZ},
	{"1", PROFILE_RATE_USUAL_HZ},
	{"yes", PROFILE_RATE_USUAL_HZ},
	{"on", PROFILE_RATE_USUAL_HZ},
};

int profile_rate_parse(const char *text, int *ret_rate_hz, struct jo_err *err)
{
	char *end;
	long rate_hz;

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(words[i].word, text) == 0) {
			*ret_rate_hz = words[i].rate_hz;
			return 0;
		}
	errno = 0;
	rate_hz = strtol(text, &end, 10);
	if (errno != 0 || text[0] < '0' || text[0] > '9' || *end != '\0' || rate_hz < 2 ||
	    rate_hz > PROFILE_RATE_MAX_HZ)
		return jo_err_set(err, -EINVAL,
				  "'%.40s': expected 2 to %d samples a second, on or off", text,
				  PROFILE_RATE_MAX_HZ);
	*ret_rate_hz = (int)rate_hz;
	return 0;
}
