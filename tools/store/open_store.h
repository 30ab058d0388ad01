/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What an open store holds: each part is one file's business.  Private to
 * store/, as all headers here that store.h does not include.
 *
 * The files of store/ know those above them in this list, and none below
 *
 *	terms  driver (engine, engines, sqlite..., postgres...)  arena  keymap  columns
 *	open_store  statements  setting  cursor	what is prepared, once and for readers; and what is asked for by name
 *	name_text  name  query	names as ids, conditions with bound values
 *	row  waiting  merge  group  node_touch  node_add  profile_text  step_select
 *	verdict_queue	verdicts that are put, and go together
 *	step_id	numbers that are given out once
 *	job_months	which months have which jobs
 *	transaction	which writes what group, node_touch, waiting, verdict_queue and step_id noted
 *	span  span_join	what programs told of themselves
 *	verdict_text  verdict_pack  verdict_select	verdicts as bytes
 *	fresh  step_update  add_batch  add_script  add  steps  verdicts  judged  drift  outbox  ...	what others call
 *	verdict_repack  schema  readers_copy  copy_mark  store
 *	upkeep  table_list  table_rows  table_values  transfer	databases as a whole, which are not opened as stores
 */
#ifndef STORE_OPEN_STORE_H
#define STORE_OPEN_STORE_H

#include "util/arena.h"
#include "driver.h"
#include "keymap.h"
#include "step/class_name.h"
#include "terms.h"

/* What verdicts that were made in turn have in common, and its row in the database. */
struct judging {
	int64_t id; /* 0: none yet */
	int32_t night;
	int64_t judged_unix_us;
	double alpha;
	int64_t model_version;
};

struct store {
	struct db *db;
	enum store_mode mode;
	bool is_in_transaction;
	int64_t step_number;          /* step_id.c: of the last step; JO_MISSING: look */
	int64_t step_number_written;  /* as the database has it */
	unsigned group_by;            /* group.c: a set of group_rule.h's */
	enum class_names class_names; /* group.c: how an undeclared class is made */
	int64_t copied_unix_us;       /* readers_copy.c: JO_MISSING for the site's own database */
	struct db_stmt *statements;   /* statements.c: those that are prepared once */
	struct name_slot *names;      /* name.c: a cache of ids */
	struct name_texts *name_texts; /* name_text.c: and of names */
	struct node_descriptions *nodes; /* node_description.c: those that were asked for */
	struct cursor_idle *idle;     /* cursor.c: statements of closed cursors */
	struct verdict_texts *verdict_texts;
	struct verdict_queue *verdict_queue; /* of the transaction */
	struct waiting_notes *waiting_notes; /* of the transaction */
	struct judging judging;              /* verdicts.c: that of the last one */
	struct job_months *job_months;       /* where jobs can be */
	struct keymap groups;                /* group.c: the columns of step_group to its id */
	struct keymap touched;               /* group.c: group id to changes and newest end */
	struct keymap touched_nodes;         /* node_touch.c: cluster and node to what came of it */

	/* Texts that functions hand out, each good until its function's next call. */
	struct arena_block *texts; /* of the rows that store_add works on */
	struct arena_block *held_message, *held_model, *held_blob;
};

#endif
