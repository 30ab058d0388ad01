/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Compares a step's names with the site's patterns. */
#include "finding/excluded.h"

#include <fnmatch.h>

static bool fits(const struct strlist *patterns, const char *name)
{
	for (size_t i = 0; i < patterns->count; i++)
		if (fnmatch(patterns->list[i], name, 0) == 0)
			return true;
	return false;
}

bool excluded_has(const struct excluded *excluded, const struct step *step)
{
	return fits(&excluded->partitions, step->partition) ||
	       fits(&excluded->accounts, step->account) || fits(&excluded->users, step->user) ||
	       fits(&excluded->classes, step->class_name) || fits(&excluded->qos, step->qos);
}
