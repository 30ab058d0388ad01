/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rows of the step tables: from a record, to and from statements, compared. */
#include "row.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "name.h"
#include "open_store.h"

static int compare_attrs(const void *a, const void *b)
{
	return strcmp(((const struct jo_attr *)a)->key, ((const struct jo_attr *)b)->key);
}

const char *row_attrs_text(struct store *store, const struct jo_attrs *attrs)
{
	struct jo_attrs sorted;
	char text[JO_ATTRS_TEXT_SIZE];

	if (attrs->count == 0)
		return NULL;
	sorted.count = attrs->count;
	memcpy(sorted.list, attrs->list, attrs->count * sizeof(attrs->list[0]));
	qsort(sorted.list, sorted.count, sizeof(sorted.list[0]), compare_attrs);
	return arena_strdup(&store->texts, jo_attrs_format(&sorted, text));
}

/* A suspended step does not run: its clock goes on, and what it took does not grow. */
static void take_off_suspended(struct row *row)
{
	union cell *wall = &row->cells[COL_wall_us], *suspended = &row->cells[COL_suspended_us];

	if (suspended->number == JO_MISSING)
		return;
	if (suspended->number >= 0 && suspended->number <= wall->number)
		wall->number -= suspended->number;
	else
		suspended->number = JO_MISSING; /* of no run time that is known */
}

int64_t row_duration(int64_t us)
{
	return us >= 0 && us <= JO_US_MAX ? us : JO_MISSING;
}

/* Most records tell the two kinds of CPU time apart, and what is judged is both together. */
static void add_cpu_times(struct row *row)
{
	int64_t user_us = row->cells[COL_cpu_user_us].number;
	int64_t system_us = row->cells[COL_cpu_system_us].number;
	union cell *cpu = &row->cells[COL_cpu_us];

	if (cpu->number == JO_MISSING && user_us != JO_MISSING && system_us != JO_MISSING)
		cpu->number = row_duration(user_us + system_us);
}

/* The attribute that what was taken off a name becomes. */
#define TAG_KEY "sample"

/*
 * Of a class that nobody declared the record has whatever its writer made of the
 * names; the same rule for all of them is here.  What numbers the job among its
 * like is one of its attributes, unless it has one of that name, or has enough.
 */
static void make_class(const struct store *store, const struct jo_record *record,
		       struct class_made *ret_class, struct jo_attrs *attrs)
{
	const struct class_facts facts = {record->job_name, record->program, record->comment,
					  record->step_kind};

	ret_class->tag[0] = '\0';
	if (record->class_is_declared != 1)
		class_name_make(store->class_names, &facts, ret_class);
	if (record->class_is_declared == 1 || ret_class->name[0] == '\0')
		(void)snprintf(ret_class->name, sizeof(ret_class->name), "%s", record->class_name);
	attrs->count = record->attrs.count;
	memcpy(attrs->list, record->attrs.list, attrs->count * sizeof(attrs->list[0]));
	/* A number alone counts the jobs, and would be taken for an amount. */
	if (ret_class->tag[strspn(ret_class->tag, "0123456789")] != '\0' &&
	    jo_attrs_get(attrs, TAG_KEY) == NULL)
		(void)jo_attrs_set(attrs, TAG_KEY, ret_class->tag, NULL);
}

/* One record as the row of a step that has this node alone; state and group are left open. */
int row_from_record(struct store *store, const struct store_input *input, int64_t now_unix_us,
		    struct row *ret_row, struct jo_err *err)
{
	const struct jo_record *record = input->record;
	struct row row = {.id = JO_MISSING};
	struct class_made class;
	struct jo_attrs attrs;
	int rc;

	make_class(store, record, &class, &attrs);

	for (int i = 0; i < COL_COUNT; i++) {
		const struct step_column *column = &step_columns[i];
		const char *member = (const char *)record + column->record_offset;
		union cell *cell = &row.cells[i];
		int number;

		if (column->known == KNOWN_STORE) {
			cell->number = JO_MISSING;
			continue;
		}
		switch (column->kind) {
		case COLUMN_NUMBER:
		case COLUMN_BYTES:
		case COLUMN_DURATION:
		case COLUMN_TIME:
			/* A start tells what was given, not what was taken. */
			if (record->kind == JO_RECORD_START && column->known == KNOWN_END)
				cell->number = JO_MISSING;
			else
				memcpy(&cell->number, member, sizeof(cell->number));
			if (column->kind == COLUMN_DURATION)
				cell->number = row_duration(cell->number);
			break;
		case COLUMN_WORD:
			memcpy(&number, member, sizeof(number));
			cell->number = number;
			break;
		case COLUMN_NAME:
			if (i == COL_user_id && input->user != NULL)
				member = input->user;
			else if (i == COL_class_id)
				member = class.name;
			rc = name_id(store, member, &cell->number, err);
			if (rc < 0)
				return rc;
			break;
		case COLUMN_TEXT:
			cell->text = *member != '\0' ? arena_strdup(&store->texts, member) : NULL;
			break;
		case COLUMN_ATTRS:
			cell->text = row_attrs_text(store, &attrs);
			break;
		}
	}
	if (row.cells[COL_array_task_id].number == JO_MISSING)
		row.cells[COL_array_task_id].number = -1;
	if (row.cells[COL_restart_count].number == JO_MISSING)
		row.cells[COL_restart_count].number = 0;
	if (row.cells[COL_class_is_declared].number != 1)
		row.cells[COL_class_is_declared].number = 0;
	row.cells[COL_is_script].number = 0;
	row.cells[COL_source].number = (int64_t)input->source;
	row.cells[COL_state].number = (int64_t)input->state;
	row.cells[COL_node_seen_count].number = 1;
	row.cells[COL_node_ended_count].number = record->kind == JO_RECORD_END;
	row.cells[COL_ingest_unix_us].number = now_unix_us;
	if (record->kind == JO_RECORD_END && record->profile[0] != '\0')
		row.profile = record->profile;
	take_off_suspended(&row);
	add_cpu_times(&row);
	*ret_row = row;
	return 0;
}

static bool is_wanted(int column, bool is_node)
{
	return !is_node || column_is_of_node(&step_columns[column]);
}

void row_bind(struct db_stmt *stmt, const struct row *row, bool is_node)
{
	for (int i = 0; i < COL_COUNT; i++) {
		if (!is_wanted(i, is_node))
			continue;
		if (column_is_text(&step_columns[i]))
			db_bind_text(stmt, row->cells[i].text);
		else
			db_bind_int(stmt, row->cells[i].number);
	}
}

void row_bind_key(struct db_stmt *stmt, const struct row *row)
{
	db_bind_int(stmt, row->cells[COL_job_id].number);
	db_bind_int(stmt, row->cells[COL_cluster_id].number);
	db_bind_int(stmt, row->cells[COL_array_task_id].number);
	db_bind_int(stmt, row->cells[COL_restart_count].number);
	db_bind_int(stmt, row->cells[COL_step_id].number);
}

static bool is_time(const struct step_column *column)
{
	return column->kind == COLUMN_DURATION || column->kind == COLUMN_TIME;
}

/* The id and then the columns, in the order of row_bind; texts go to the store's arena. */
int row_read(struct store *store, struct db_stmt *stmt, bool is_node, struct row *ret_row,
	     struct jo_err *err)
{
	struct row row = {.id = db_column_int(stmt)};
	int rc;

	for (int i = 0; i < COL_COUNT; i++) {
		union cell *cell = &row.cells[i];
		const char *text;

		if (!is_wanted(i, is_node)) {
			cell->number = JO_MISSING;
		} else if (column_is_text(&step_columns[i])) {
			text = db_column_text(stmt);
			cell->text = *text != '\0' ? arena_strdup(&store->texts, text) : NULL;
		} else {
			cell->number = is_time(&step_columns[i]) ? db_column_us(stmt)
								 : db_column_int(stmt);
		}
	}
	rc = db_row_check(stmt, err);
	if (rc == 0)
		*ret_row = row;
	return rc;
}

int64_t row_end(const struct row *row)
{
	int64_t start = row->cells[COL_start_unix_us].number, wall = row->cells[COL_wall_us].number;
	int64_t suspended = row->cells[COL_suspended_us].number, end;

	if (row->cells[COL_node_ended_count].number != 1 || start == JO_MISSING ||
	    wall == JO_MISSING || __builtin_add_overflow(start, wall, &end) ||
	    (suspended != JO_MISSING && __builtin_add_overflow(end, suspended, &end)))
		return JO_MISSING;
	return end;
}

bool row_is_missing(const struct row *row, int column)
{
	const union cell *cell = &row->cells[column];

	switch (step_columns[column].kind) {
	case COLUMN_TEXT:
	case COLUMN_ATTRS:
		return cell->text == NULL;
	case COLUMN_NAME:
		return cell->number == 0;
	default:
		return cell->number == JO_MISSING;
	}
}

bool row_cell_equals(const struct row *a, const struct row *b, int column)
{
	const union cell *x = &a->cells[column], *y = &b->cells[column];

	if (!column_is_text(&step_columns[column]))
		return x->number == y->number;
	if (x->text == NULL || y->text == NULL)
		return x->text == y->text;
	return strcmp(x->text, y->text) == 0;
}
