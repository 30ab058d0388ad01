/* SPDX-License-Identifier: GPL-2.0-or-later */
/* PCRE2, on bytes: a line in another encoding than UTF-8 is matched all the same. */
#include "intake/pattern.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <errno.h>
#include <pcre2.h>
#include <stdlib.h>
#include <string.h>

#include "util/alloc.h"
#include "util/strbuf.h"

/*
 * How often a match may go back and try again: patterns that are good need tens, and one such
 * as (a+)+b on a line of a million letters ends after some milliseconds.
 */
#define MATCH_STEPS_MAX 100000
#define MATCH_KIB_MAX 20000 /* where the library has no machine code for it; its own default */

struct group {
	const char *name;
	unsigned int number;
	struct strbuf text;
};

struct pattern {
	pcre2_code *code;
	pcre2_match_data *found;
	pcre2_match_context *limits;
	struct group *groups;
	size_t group_count;
};

/* The names are in a table of the library's: two bytes of a number, then the name. */
static void find_groups(struct pattern *pattern)
{
	uint32_t count = 0, entry_size = 0;
	PCRE2_SPTR entry = NULL;

	(void)pcre2_pattern_info(pattern->code, PCRE2_INFO_NAMECOUNT, &count);
	(void)pcre2_pattern_info(pattern->code, PCRE2_INFO_NAMEENTRYSIZE, &entry_size);
	(void)pcre2_pattern_info(pattern->code, PCRE2_INFO_NAMETABLE, &entry);
	pattern->groups = xcalloc(count > 0 ? count : 1, sizeof(*pattern->groups));
	for (; pattern->group_count < count; entry += entry_size) {
		struct group *group = &pattern->groups[pattern->group_count++];

		group->number = (unsigned int)entry[0] << 8 | entry[1];
		group->name = (const char *)entry + 2;
		strbuf_init(&group->text);
	}
}

int pattern_new(const char *text, struct pattern **ret_pattern, struct jo_err *err)
{
	struct pattern *pattern;
	PCRE2_UCHAR why[128];
	PCRE2_SIZE at;
	pcre2_code *code;
	int number;

	code = pcre2_compile((PCRE2_SPTR)text, PCRE2_ZERO_TERMINATED,
			     PCRE2_NEVER_BACKSLASH_C | PCRE2_NEVER_UTF, &number, &at, NULL);
	if (code == NULL) {
		(void)pcre2_get_error_message(number, why, sizeof(why));
		return jo_err_set(err, -EINVAL, "pattern, at '%.40s': %s", text + at,
				  (const char *)why);
	}
	/* Without machine code it is slower, and that is all. */
	(void)pcre2_jit_compile(code, PCRE2_JIT_COMPLETE);
	pattern = xcalloc(1, sizeof(*pattern));
	pattern->code = code;
	pattern->found = pcre2_match_data_create_from_pattern(code, NULL);
	pattern->limits = pcre2_match_context_create(NULL);
	if (pattern->found == NULL || pattern->limits == NULL)
		alloc_failed();
	(void)pcre2_set_match_limit(pattern->limits, MATCH_STEPS_MAX);
	(void)pcre2_set_heap_limit(pattern->limits, MATCH_KIB_MAX);
	find_groups(pattern);
	*ret_pattern = pattern;
	return 0;
}

void pattern_free(struct pattern *pattern)
{
	if (pattern == NULL)
		return;
	for (size_t i = 0; i < pattern->group_count; i++)
		strbuf_release(&pattern->groups[i].text);
	free(pattern->groups);
	pcre2_match_context_free(pattern->limits);
	pcre2_match_data_free(pattern->found);
	pcre2_code_free(pattern->code);
	free(pattern);
}

size_t pattern_group_count(const struct pattern *pattern)
{
	return pattern->group_count;
}

const char *pattern_group_name(const struct pattern *pattern, size_t group)
{
	return pattern->groups[group].name;
}

int pattern_match(struct pattern *pattern, const char *line, struct jo_err *err)
{
	const PCRE2_SIZE *bounds;
	PCRE2_UCHAR why[128];
	int rc = pcre2_match(pattern->code, (PCRE2_SPTR)line, strlen(line), 0, 0, pattern->found,
			     pattern->limits);

	if (rc == PCRE2_ERROR_NOMATCH)
		return 0;
	if (rc < 0) {
		(void)pcre2_get_error_message(rc, why, sizeof(why));
		return jo_err_set(err, -EINVAL, "the pattern cannot be matched: %s",
				  (const char *)why);
	}
	bounds = pcre2_get_ovector_pointer(pattern->found);
	for (size_t i = 0; i < pattern->group_count; i++) {
		struct group *group = &pattern->groups[i];
		PCRE2_SIZE begin = bounds[2 * group->number];
		PCRE2_SIZE end = bounds[2 * group->number + 1];

		strbuf_reset(&group->text);
		/* "\K" in a lookahead can set an end before its begin. */
		if (begin != PCRE2_UNSET && begin < end)
			strbuf_add(&group->text, line + begin, end - begin);
	}
	return 1;
}

const char *pattern_group(struct pattern *pattern, size_t group)
{
	return pattern->groups[group].text.text;
}
