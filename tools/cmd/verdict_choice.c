/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads a list of verdicts and levels, and compares with it. */
#include "cmd/verdict_choice.h"
#include "util/strlist.h"
#include "util/words.h"

#include <errno.h>

static int add_word(struct verdict_choice *choice, const char *word, struct jo_err *err)
{
	int verdict = words_index(verdict_words, word);
	int level = words_index(verdict_level_words, word);

	if (verdict >= 0)
		choice->verdict_mask |= 1U << verdict;
	else if (level <= VERDICT_LEVEL_NONE)
		return jo_err_set(err, -EINVAL,
				  "'%.40s' is not a verdict: expected " VERDICT_CHOICE_WORDS, word);
	else if (choice->least_level == VERDICT_LEVEL_NONE || level < (int)choice->least_level)
		choice->least_level = (enum verdict_level)level;
	return 0;
}

int verdict_choice_add(struct verdict_choice *choice, const char *list, struct jo_err *err)
{
	struct strlist words = {0};
	int rc = 0;

	strlist_split(&words, list);
	for (size_t i = 0; rc == 0 && i < words.count; i++)
		rc = add_word(choice, words.list[i], err);
	strlist_release(&words);
	return rc;
}

bool verdict_choice_is_set(const struct verdict_choice *choice)
{
	return choice->verdict_mask != 0 || choice->least_level != VERDICT_LEVEL_NONE;
}

bool verdict_choice_has(const struct verdict_choice *choice, enum verdict verdict,
			enum verdict_level level)
{
	return (choice->verdict_mask & 1U << verdict) != 0 ||
	       (choice->least_level != VERDICT_LEVEL_NONE && level >= choice->least_level);
}
