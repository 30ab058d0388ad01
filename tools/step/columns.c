/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rows of the table of columns, and a step's values by them. */
#include "columns.h"

#include <string.h>

#include "step.h"

static const char *const source_words[] = {"sacct", "csv",   "plugin", "nextflow", "snakemake",
					   "swf",   "jsonl", "log",    "otlp",   NULL};
static const char *const input_source_words[] = {
	"", "option", "files", "environment", "program", "inherited", "invalid", "read", NULL};
static const char *const mem_source_words[] = {"", "cgroup-v1", "cgroup-v2", NULL};

/* WORD(type) is the one kind that says more than its name. */
#define COLUMN_WORD(type) COLUMN_WORD

#define OF_RECORD(name)                                                                            \
	.record_offset = offsetof(struct jo_record, name),                                         \
	.record_size = sizeof(((struct jo_record *)NULL)->name),
#define OF_RECORD_BEFORE(name) OF_RECORD(name)
#define OF_RECORD_START(name) OF_RECORD(name)
#define OF_RECORD_END(name) OF_RECORD(name)
#define OF_RECORD_STORE(name)

/* clang-format off */
#define COLUMN_ROW(column, kind_, member_, known_, rule_, ...) \
	{ \
		.member = #member_, \
		.kind = COLUMN_##kind_, \
		.known = KNOWN_##known_, \
		.rule = RULE_##rule_, \
		.step_offset = offsetof(struct step, member_), \
		OF_RECORD_##known_(member_) \
		__VA_ARGS__ \
	},
/* clang-format on */

const struct step_column step_columns[] = {STEP_COLUMNS(COLUMN_ROW)};

size_t step_columns_csv(const struct step_column *ret_columns[COL_COUNT])
{
	size_t count = 0;

	for (int part = 0; part < CSV_PART_COUNT; part++)
		for (size_t i = 0; i < COL_COUNT; i++)
			if (step_columns[i].csv.name != NULL &&
			    (int)step_columns[i].csv.part == part)
				ret_columns[count++] = &step_columns[i];
	return count;
}

static const char *member_of(const struct step_column *column, const struct step *step)
{
	return (const char *)step + column->step_offset;
}

const char *column_string(const struct step_column *column, const struct step *step)
{
	const char *text;

	memcpy(&text, member_of(column, step), sizeof(text));
	return text;
}

int64_t column_number(const struct step_column *column, const struct step *step)
{
	int64_t number;

	memcpy(&number, member_of(column, step), sizeof(number));
	return number;
}

const char *column_word(const struct step_column *column, const struct step *step)
{
	int value;

	memcpy(&value, member_of(column, step), sizeof(value));
	/* a damaged database may have any number */
	for (int i = 0; i <= value; i++)
		if (column->words[i] == NULL)
			return "";
	return column->words[value];
}
