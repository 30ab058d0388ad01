/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Regular expressions with named groups (PCRE2), for lines that somebody wrote
 * and a pattern that somebody else did: no match takes longer than a limit.
 * Private to intake/.
 */
#ifndef INTAKE_PATTERN_H
#define INTAKE_PATTERN_H

#include <stddef.h>

#include "joboutliers/err.h"

struct pattern;

/* Make it of a regular expression of Perl's.  Returns 0, or -EINVAL with *err saying what is wrong
 * where in it. */
int pattern_new(const char *text, struct pattern **ret_pattern, struct jo_err *err);

/* Free it; NULL is fine. */
void pattern_free(struct pattern *pattern);

/* Its named groups: how many, and each one's name, good as long as the pattern. */
size_t pattern_group_count(const struct pattern *pattern);
const char *pattern_group_name(const struct pattern *pattern, size_t group);

/*
 * Look for it in a line.  Returns 1; 0 when it is not there; or -EINVAL when that
 * could not be found out within the limit.
 */
int pattern_match(struct pattern *pattern, const char *line, struct jo_err *err);

/* What the group matched last, "" when it took no part; good until the next match. */
const char *pattern_group(struct pattern *pattern, size_t group);

#endif
