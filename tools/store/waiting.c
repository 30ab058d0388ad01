/* SPDX-License-Identifier: GPL-2.0-or-later */
/* New steps come first, and together: a server takes many rows at a time. */
#include "waiting.h"

#include <stdlib.h>

#include "joboutliers/record.h"
#include "open_store.h"
#include "row.h"
#include "statements.h"
#include "util/alloc.h"

/* A megabyte of them. */
#define NOTES_MAX 32768

enum note_kind { NOTE_NEW, NOTE_CHANGED, NOTE_GONE };

struct note {
	enum note_kind kind;
	int64_t step_id, group_id, end_unix_us, change_unix_us; /* of what is gone the id alone */
};

struct waiting_notes {
	size_t count;
	struct note list[NOTES_MAX];
};

struct waiting_notes *waiting_notes_new(void)
{
	return xcalloc(1, sizeof(struct waiting_notes));
}

void waiting_notes_free(struct waiting_notes *notes)
{
	free(notes);
}

static int note(struct store *store, const struct note *note, struct jo_err *err)
{
	struct waiting_notes *notes = store->waiting_notes;
	int rc = notes->count == NOTES_MAX ? waiting_flush(store, err) : 0;

	if (rc == 0)
		notes->list[notes->count++] = *note;
	return rc;
}

static bool is_to_wait(const struct row *step)
{
	return step->cells[COL_end_unix_us].number != JO_MISSING &&
	       step->cells[COL_is_script].number == 0;
}

static int note_step(struct store *store, enum note_kind kind, const struct row *step,
		     struct jo_err *err)
{
	return note(store,
		    &(struct note){kind, step->id, step->cells[COL_group_id].number,
				   step->cells[COL_end_unix_us].number,
				   step->cells[COL_ingest_unix_us].number},
		    err);
}

int waiting_add(struct store *store, const struct row *step, struct jo_err *err)
{
	return is_to_wait(step) ? note_step(store, NOTE_NEW, step, err) : 0;
}

int waiting_change(struct store *store, const struct row *step, struct jo_err *err)
{
	return note_step(store, is_to_wait(step) ? NOTE_CHANGED : NOTE_GONE, step, err);
}

int waiting_drop(struct store *store, int64_t step_id, struct jo_err *err)
{
	return note(store, &(struct note){.kind = NOTE_GONE, .step_id = step_id}, err);
}

static int write_note(struct store *store, const struct note *note, struct jo_err *err)
{
	static const enum store_statement statements[] = {
		[NOTE_NEW] = STMT_WAITING_ADD,
		[NOTE_CHANGED] = STMT_WAITING_PUT,
		[NOTE_GONE] = STMT_WAITING_DROP,
	};
	struct db_stmt *stmt;
	int rc = store_use(store, statements[note->kind], &stmt, err);

	if (rc < 0)
		return rc;
	db_bind_int(stmt, note->step_id);
	if (note->kind != NOTE_GONE) {
		db_bind_int(stmt, note->group_id);
		db_bind_int(stmt, note->end_unix_us);
		db_bind_int(stmt, note->change_unix_us);
	}
	return note->kind == NOTE_NEW ? db_put(stmt, err) : db_run(stmt, err);
}

int waiting_flush(struct store *store, struct jo_err *err)
{
	const struct waiting_notes *notes = store->waiting_notes;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < notes->count; i++)
		if (notes->list[i].kind == NOTE_NEW)
			rc = write_note(store, &notes->list[i], err);
	for (size_t i = 0; rc == 0 && i < notes->count; i++)
		if (notes->list[i].kind != NOTE_NEW)
			rc = write_note(store, &notes->list[i], err);
	if (rc == 0)
		waiting_forget(store);
	return rc;
}

void waiting_forget(struct store *store)
{
	store->waiting_notes->count = 0;
}
