/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of a step's columns against the record's fields, the database, and itself. */
#include <string.h>

#include "joboutliers/record.h"
#include "step/columns.h"
#include "step/measure.h"
#include "step/step.h"
#include "tap.h"

/* Fields of a record that are no column of a step: what it tells of, what a node is made of, and
 * the stacks that were sampled, which have a table of their own. */
static const char *const other_fields[] = {
	"kind",           "node_model",    "socket_count",   "core_count",    "numa_node_count",
	"node_mem_bytes", "slurm_version", "plugin_version", "dropped_count", "profile"};

static const struct jo_record_field *find_field(const char *name)
{
	const struct jo_record_field *field = jo_record_fields;

	while (field->name != NULL && strcmp(field->name, name) != 0)
		field++;
	return field->name != NULL ? field : NULL;
}

static bool is_other(const char *name)
{
	for (size_t i = 0; i < sizeof(other_fields) / sizeof(other_fields[0]); i++)
		if (strcmp(other_fields[i], name) == 0)
			return true;
	return false;
}

static bool has_type(const struct step_column *column, enum jo_field_type type)
{
	switch (column->kind) {
	case COLUMN_NAME:
	case COLUMN_TEXT:
		return type == JO_FIELD_STRING;
	case COLUMN_WORD:
		return type == JO_FIELD_ENUM;
	default:
		return type == JO_FIELD_INT;
	}
}

static void check_record(void)
{
	size_t column_count = 0, step_field_count = 0;

	for (size_t i = 0; i < COL_COUNT; i++) {
		const struct step_column *column = &step_columns[i];
		const struct jo_record_field *field = find_field(column->member);

		if (column->known == KNOWN_STORE || column->kind == COLUMN_ATTRS)
			continue;
		column_count++;
		ok(field != NULL && has_type(column, field->type) &&
			   field->offset == column->record_offset &&
			   (field->type != JO_FIELD_STRING || field->size == column->record_size),
		   "%s is a field of the record, of its type", column->member);
	}
	for (const struct jo_record_field *field = jo_record_fields; field->name != NULL; field++)
		step_field_count += !is_other(field->name);
	is_int((int64_t)step_field_count, (int64_t)column_count,
	       "every field of the record that is of a step has a column");
}

static bool is_unit_of(const struct step_column *column, const char *name)
{
	const char *suffix = column->kind == COLUMN_BYTES      ? "_bytes"
			     : column->kind == COLUMN_DURATION ? "_s"
							       : "";
	size_t len = strlen(name), suffix_len = strlen(suffix);

	return len > suffix_len && strcmp(name + len - suffix_len, suffix) == 0;
}

static void check_names(void)
{
	for (size_t i = 0; i < COL_COUNT; i++) {
		const struct step_column *column = &step_columns[i];
		bool is_alone = true;

		for (size_t j = 0; j < i; j++) {
			const struct step_column *other = &step_columns[j];

			is_alone &= column->list.name == NULL || other->list.name == NULL ||
				    strcmp(column->list.name, other->list.name) != 0;
			is_alone &= column->csv.name == NULL || other->csv.name == NULL ||
				    strcmp(column->csv.name, other->csv.name) != 0;
		}
		ok(is_alone, "%s: no other column has one of its names", column->member);
		if (column->list.name != NULL)
			ok(column->list.header != NULL && column->list.help != NULL &&
				   is_unit_of(column, column->list.name) &&
				   (column->kind != COLUMN_WORD || column->words != NULL),
			   "%s: list has header, help, unit and words of it", column->member);
		if (column->csv.name != NULL)
			ok(is_unit_of(column, column->csv.name), "%s: its name in CSV has its unit",
			   column->member);
		if (column->json != JSON_NOT)
			ok(column->kind != COLUMN_WORD && column->kind != COLUMN_ATTRS,
			   "%s: JSON has it as a number or a text", column->member);
	}
}

/* Who reads a part of a step names these. */
static void check_lists(void)
{
	static const enum step_column_index list[] = {MEASURE_COLUMNS};

	for (int m = MEASURE_NONE + 1; m < MEASURE_COUNT; m++) {
		bool is_there = false;

		for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++) {
			const struct step_column *column = &step_columns[list[i]];
			struct step step = {0};
			int64_t amount = 1;

			memcpy((char *)&step + column->step_offset, &amount, sizeof(amount));
			is_there |= measure_amount(&step, (enum measure)m) == 1;
		}
		ok(is_there, "%s is one of MEASURE_COLUMNS", measure_word((enum measure)m));
	}
}

int main(void)
{
	check_record();
	check_names();
	check_lists();
	return tap_done();
}
