/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From sacct's selection options to the store's conditions. */
#include "cmd/selection.h"
#include "joboutliers/units.h"
#include "util/alloc.h"
#include "util/log.h"
#include "util/when.h"
#include "util/words.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Slurm's numbers of the steps that have a name. */
static const struct {
	const char *name;
	int64_t step_id;
} named_steps[] = {
	{"batch", INT64_C(4294967291)},
	{"interactive", INT64_C(4294967290)},
};

static const struct {
	const char *text;
	enum step_state state;
} short_states[] = {
	{"R", STEP_STATE_RUNNING},    {"CD", STEP_STATE_COMPLETED},
	{"F", STEP_STATE_FAILED},     {"TO", STEP_STATE_TIMEOUT},
	{"CA", STEP_STATE_CANCELLED}, {"OOM", STEP_STATE_OUT_OF_MEMORY},
	{"NF", STEP_STATE_NODE_FAIL}, {"PR", STEP_STATE_PREEMPTED},
	{"DL", STEP_STATE_DEADLINE},  {"BF", STEP_STATE_BOOT_FAIL},
};

/* A number up to max, which has at most 16 digits; *text is moved behind it. */
static bool read_number_to(const char **text, int64_t max, int64_t *ret_value)
{
	size_t digits = strspn(*text, "0123456789");
	int64_t value;

	if (digits == 0 || digits > 16)
		return false;
	value = strtoll(*text, NULL, 10);
	if (value > max)
		return false;
	*ret_value = value;
	*text += digits;
	return true;
}

/* Slurm's are of 32 bits. */
static bool read_number(const char **text, int64_t *ret_value)
{
	return read_number_to(text, UINT32_MAX, ret_value);
}

/* A job's, or one that was made for a job without. */
static bool read_job_number(const char **text, int64_t *ret_value)
{
	const char *at = *text;

	if (!read_number_to(&at, STEP_JOB_MADE_LAST, ret_value) ||
	    (*ret_value > UINT32_MAX && *ret_value < STEP_JOB_MADE_FIRST))
		return false;
	*text = at;
	return true;
}

static bool read_step(const char **text, int64_t *ret_step_id)
{
	for (size_t i = 0; i < sizeof(named_steps) / sizeof(named_steps[0]); i++) {
		if (strcasecmp(*text, named_steps[i].name) != 0)
			continue;
		*text += strlen(*text);
		*ret_step_id = named_steps[i].step_id;
		return true;
	}
	return read_number(text, ret_step_id);
}

int cmd_job_parse(const char *text, struct store_job *ret_job, struct jo_err *err)
{
	struct store_job job = {JO_MISSING, JO_MISSING, JO_MISSING, JO_MISSING};
	const char *at = text;
	bool is_good = read_job_number(&at, &job.job_id);

	if (is_good && *at == '_')
		is_good = (at++, read_number(&at, &job.array_task_id));
	else if (is_good && *at == '+')
		is_good = (at++, read_number(&at, &job.het_job_offset));
	if (is_good && *at == '.')
		is_good = (at++, read_step(&at, &job.step_id));
	if (!is_good || *at != '\0')
		return jo_err_set(err, -EINVAL,
				  "'%.40s' is not a job: expected a form such as 123, 123_4, "
				  "123+1, 123.0 or 123_4.batch",
				  text);
	*ret_job = job;
	return 0;
}

int cmd_state_parse(const char *text, enum step_state *ret_state, struct jo_err *err)
{
	int found;

	for (size_t i = 0; i < sizeof(short_states) / sizeof(short_states[0]); i++) {
		if (strcasecmp(text, short_states[i].text) == 0) {
			*ret_state = short_states[i].state;
			return 0;
		}
	}
	found = words_index(step_state_words, text);
	if (found > STEP_STATE_NONE) {
		*ret_state = (enum step_state)found;
		return 0;
	}
	return jo_err_set(
		err, -EINVAL,
		"'%.40s' is not a state: expected one such as COMPLETED, FAILED, TIMEOUT, "
		"OUT_OF_MEMORY, CANCELLED or RUNNING",
		text);
}

enum { OPTION_PROFILED = 0x400 };

static const struct argp_option options[] = {
	{"starttime", 'S', "TIME", 0, "steps that ran at or after TIME, in any form of sacct's", 0},
	{"endtime", 'E', "TIME", 0, "steps that ran before TIME", 0},
	{"user", 'u', "USER[,...]", 0, "of these users", 0},
	{"partition", 'p', "NAME[,...]", 0, "in these partitions", 0},
	{"jobs", 'j', "JOB[.STEP][,...]", 0, "these jobs or steps", 0},
	{"clusters", 'M', "NAME[,...]", 0, "on these clusters", 0},
	{"accounts", 'A', "NAME[,...]", 0, "of these accounts", 0},
	{"class", 'C', "NAME[,...]", 0, "of these job classes", 0},
	{"state", 's', "STATE[,...]", 0, "in these states, such as FAILED or TIMEOUT", 0},
	{"profiled", OPTION_PROFILED, NULL, 0, "with samples of where their time went", 0},
	{0},
};

/* Of a script's unset variable, perhaps: it must not mean everything. */
static int empty_list(const char *text, struct jo_err *err)
{
	return jo_err_set(err, -EINVAL, "'%.40s' names nothing to select", text);
}

static int add_jobs(struct cmd_selection *select, const char *text, struct jo_err *err)
{
	struct strlist words = {0};
	int rc;

	strlist_split(&words, text);
	rc = words.count > 0 ? 0 : empty_list(text, err);
	select->jobs =
		xreallocarray(select->jobs, select->job_count + words.count, sizeof(*select->jobs));
	for (size_t i = 0; rc == 0 && i < words.count; i++) {
		rc = cmd_job_parse(words.list[i], &select->jobs[select->job_count], err);
		if (rc == 0)
			select->job_count++;
	}
	strlist_release(&words);
	return rc;
}

static int add_states(struct cmd_selection *select, const char *text, struct jo_err *err)
{
	struct strlist words = {0};
	enum step_state state;
	int rc;

	strlist_split(&words, text);
	rc = words.count > 0 ? 0 : empty_list(text, err);
	for (size_t i = 0; rc == 0 && i < words.count; i++) {
		rc = cmd_state_parse(words.list[i], &state, err);
		if (rc == 0)
			select->state_mask |= 1U << state;
	}
	strlist_release(&words);
	return rc;
}

/* Options that are lists of names. */
static const struct {
	int key;
	const char *noun; /* one of the names */
	size_t offset;    /* in struct cmd_selection, of a struct strlist */
} lists[] = {
	{'u', "user", offsetof(struct cmd_selection, users)},
	{'p', "partition", offsetof(struct cmd_selection, partitions)},
	{'M', "cluster", offsetof(struct cmd_selection, clusters)},
	{'A', "account", offsetof(struct cmd_selection, accounts)},
	{'C', "class", offsetof(struct cmd_selection, classes)},
};
#define LISTS (sizeof(lists) / sizeof(lists[0]))

static int option_value(struct cmd_selection *select, int key, const char *text, struct jo_err *err)
{
	struct strlist *list;

	switch (key) {
	case 'S':
		select->has_since = true;
		return when_parse(text, select->now_unix_us, &select->since_unix_us, err);
	case 'E':
		select->has_until = true;
		return when_parse(text, select->now_unix_us, &select->until_unix_us, err);
	case 'j':
		return add_jobs(select, text, err);
	case 's':
		return add_states(select, text, err);
	case OPTION_PROFILED:
		select->want_profiled = true;
		return 0;
	default:
		break;
	}
	for (size_t i = 0; i < LISTS; i++) {
		if (lists[i].key != key)
			continue;
		list = (struct strlist *)(void *)((char *)select + lists[i].offset);
		strlist_split(list, text);
		return list->count > 0 ? 0 : empty_list(text, err);
	}
	return ARGP_ERR_UNKNOWN;
}

static error_t option(int key, char *text, struct argp_state *state)
{
	struct jo_err err = {0};
	const struct cmd_selection *select = state->input;
	int rc = option_value(state->input, key, text, &err);

	if (key == ARGP_KEY_END && select->has_since && select->has_until &&
	    select->since_unix_us > select->until_unix_us)
		argp_error(state, "--starttime is after --endtime");
	if (rc < 0)
		argp_error(state, "%s", err.text);
	return rc;
}

const struct argp cmd_selection_argp = {options, option, NULL, NULL, NULL, NULL, NULL};

void cmd_selection_release(struct cmd_selection *select)
{
	strlist_release(&select->users);
	strlist_release(&select->partitions);
	strlist_release(&select->clusters);
	strlist_release(&select->accounts);
	strlist_release(&select->classes);
	free(select->jobs);
	select->jobs = NULL;
	select->job_count = 0;
}

int cmd_selection_tell_unknown(const struct cmd_selection *select, struct store *store,
			       struct jo_err *err)
{
	int rc = 0;

	for (size_t i = 0; i < LISTS; i++) {
		const struct strlist *list =
			(const struct strlist *)(const void *)((const char *)select +
							       lists[i].offset);

		for (size_t n = 0; n < list->count; n++) {
			bool has_name;

			rc = store_has_name(store, list->list[n], &has_name, err);
			if (rc < 0)
				return rc;
			if (!has_name)
				log_line("nothing was recorded of %s %s", lists[i].noun,
					 list->list[n]);
		}
	}
	return rc;
}

static struct store_words words(const struct strlist *list)
{
	return (struct store_words){(const char *const *)list->list, list->count};
}

void cmd_selection_apply(const struct cmd_selection *select, struct store_selection *ret_selection)
{
	store_selection_init(ret_selection);
	if (select->has_since)
		ret_selection->active_from_unix_us = select->since_unix_us;
	if (select->has_until)
		ret_selection->active_to_unix_us = select->until_unix_us;
	ret_selection->users = words(&select->users);
	ret_selection->partitions = words(&select->partitions);
	ret_selection->clusters = words(&select->clusters);
	ret_selection->accounts = words(&select->accounts);
	ret_selection->classes = words(&select->classes);
	ret_selection->jobs = select->jobs;
	ret_selection->job_count = select->job_count;
	ret_selection->state_mask = select->state_mask;
	ret_selection->want_profiled = select->want_profiled;
}
