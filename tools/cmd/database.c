/* SPDX-License-Identifier: GPL-2.0-or-later */
/* database: make it, bring it up to date, move it to another place. */
#include "cmd/cmd.h"
#include "util/progress.h"
#include "util/words.h"

#include <errno.h>
#include <inttypes.h>

enum work { WORK_NONE, WORK_CREATE, WORK_MIGRATE, WORK_COPY };

enum { OPTION_CREATE = 0x100, OPTION_MIGRATE, OPTION_COPY };

static const struct argp_option options[] = {
	{"create", OPTION_CREATE, NULL, 0, "make the database that Database names", 0},
	{"migrate", OPTION_MIGRATE, NULL, 0,
	 "bring it to this version's schema, as the next ingest does", 0},
	{"copy", OPTION_COPY, NULL, 0,
	 "copy all of the database FROM to TO, which is made, and compare them; what was broken "
	 "off goes on",
	 0},
	{0},
};

struct database_args {
	enum work work;
	const char *places[2]; /* FROM and TO */
	int place_count;
};

static error_t option(int key, char *text, struct argp_state *state)
{
	struct database_args *args = state->input;

	switch (key) {
	case OPTION_CREATE:
	case OPTION_MIGRATE:
	case OPTION_COPY:
		if (args->work != WORK_NONE)
			argp_error(state, "--create, --migrate or --copy: one at a time");
		args->work = (enum work)(key - OPTION_CREATE + WORK_CREATE);
		return 0;
	case ARGP_KEY_ARG:
		if (args->place_count < 2)
			args->places[args->place_count] = text;
		args->place_count++;
		return 0;
	case ARGP_KEY_END:
		if (args->work == WORK_NONE)
			argp_error(state, "--create, --migrate or --copy: one of them is needed");
		if (args->work == WORK_COPY && args->place_count != 2)
			argp_error(state, "--copy takes two databases, FROM and TO");
		if (args->work != WORK_COPY && args->place_count > 0)
			argp_error(state, "the database is what Database names; %s is for --copy",
				   args->places[0]);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* ---- create and migrate ---- */

/* The configuration's rules, such as who may read it, go into what is of the newest schema. */
static int set_rules(struct cmd_env *env, struct jo_err *err)
{
	struct store *store;
	int rc = cmd_store_open(env, STORE_WRITE, &store, err);

	if (rc == 0)
		store_close(store);
	return rc;
}

static int create(struct cmd_env *env, struct jo_err *err)
{
	struct store_created created;
	const char *what;
	int rc = store_create(env->conf->database, &created, err);

	if (rc == 0 && created.are_tables_made)
		rc = set_rules(env, err);
	if (rc < 0)
		return rc;
	if (created.is_database_made)
		what = "made";
	else
		what = created.are_tables_made ? "tables made" : "is there already";
	cmd_summary(env, "%s: %s, schema %" PRId64, env->conf->database, what, created.version);
	if (created.version < created.newest_version)
		cmd_summary_add(env,
				"this version's schema is %" PRId64
				": 'sjoboutliers database --migrate' brings it there",
				created.newest_version);
	return 0;
}

static void show_steps(void *context, int64_t done, int64_t total)
{
	struct progress *progress = context;

	progress->total = total;
	progress_update(progress, done);
}

static int migrate(struct cmd_env *env, struct jo_err *err)
{
	const char *database = env->conf->database;
	struct store_migrated migrated;
	struct progress progress;
	int rc;

	progress_start(&progress, "bringing verdicts over", 0);
	progress.unit = "steps";
	rc = store_migrate(database, progress.is_watched ? show_steps : NULL, &progress, &migrated,
			   err);
	progress_stop(&progress);
	if (rc == -ENOENT)
		return jo_err_set(err, rc,
				  "%s: there is no database yet; 'sjoboutliers database --create' "
				  "makes it",
				  database);
	if (rc == 0)
		rc = set_rules(env, err);
	if (rc < 0)
		return rc;
	if (migrated.from == migrated.to)
		cmd_summary(env, "%s: is up to date, schema %" PRId64, database, migrated.to);
	else
		cmd_summary(env, "%s: from schema %" PRId64 " to %" PRId64, database, migrated.from,
			    migrated.to);
	return 0;
}

/* ---- copy ---- */

/* The line of a phase, and which phase it is of. */
struct phases {
	struct progress progress;
	enum store_transfer_phase phase;
};

static void begin_phase(struct phases *phases, enum store_transfer_phase phase)
{
	static const char *const titles[] = {
		[STORE_TRANSFER_RESUME] = "comparing what is there",
		[STORE_TRANSFER_COPY] = "copying",
		[STORE_TRANSFER_COMPARE] = "comparing",
	};

	progress_start(&phases->progress, titles[phase], 0);
	phases->progress.unit = "rows";
	phases->phase = phase;
}

static void show_rows(void *context, enum store_transfer_phase phase, int64_t done, int64_t total)
{
	struct phases *phases = context;

	if (phase != phases->phase) {
		progress_stop(&phases->progress);
		begin_phase(phases, phase);
		/* What was there already says nothing of how long the rest takes. */
		phases->progress.first = done;
	}
	show_steps(&phases->progress, done, total);
}

static int copy(struct cmd_env *env, const struct database_args *args, struct jo_err *err)
{
	const char *from = args->places[0], *to = args->places[1];
	struct store_transfer done;
	struct phases phases;
	int rc;

	/* What Database cannot be is no place either. */
	for (int i = 0; i < 2; i++)
		if (conf_set(env->conf, "Database", args->places[i], err) < 0)
			return CMD_USAGE;
	begin_phase(&phases, STORE_TRANSFER_RESUME);
	rc = store_transfer(from, to, phases.progress.is_watched ? show_rows : NULL, &phases, &done,
			    err);
	progress_stop(&phases.progress);
	if (rc < 0)
		return rc;
	cmd_summary(env, "%s: %" PRId64 " row%s in %" PRId64 " tables, each the same as in %s", to,
		    done.row_count, words_plural(done.row_count), done.table_count, from);
	cmd_summary_add(env, "%" PRId64 " of them copied by this run; SHA-256 of all %s",
			done.copied_count, done.digest);
	if (done.dropped_count > 0)
		cmd_summary_add(env,
				"%" PRId64 " row%s of the run before %s no longer in the source",
				done.dropped_count, words_plural(done.dropped_count),
				done.dropped_count == 1 ? "was" : "were");
	if (done.replaced_count > 0)
		cmd_summary_add(env, "%" PRId64 " text%s not UTF-8: U+FFFD stands for what is not",
				done.replaced_count, done.replaced_count == 1 ? " was" : "s were");
	return 0;
}

int cmd_database(struct cmd_env *env, int argc, char **argv, struct jo_err *err)
{
	static const struct argp argp = {
		options,
		option,
		"[FROM TO]",
		"Make the database, bring it up to date, or copy it to another place, as from a "
		"file to a server.",
		NULL,
		NULL,
		NULL,
	};
	struct database_args args = {0};
	int rc = cmd_start(env, &argp, argc, argv, &args, err);

	if (rc != CMD_DONE)
		return rc;
	switch (args.work) {
	case WORK_CREATE:
		return create(env, err);
	case WORK_MIGRATE:
		return migrate(env, err);
	default:
		return copy(env, &args, err);
	}
}
