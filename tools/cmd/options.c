/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What all commands share: their start, the database, and the options for output. */
#include "cmd/cmd.h"
#include "joboutliers/record.h"
#include "util/log.h"
#include "util/when.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int cmd_conf(struct cmd_env *env, struct jo_err *err)
{
	return env->conf != NULL ? 0 : conf_read(env->conf_path, &env->conf, err);
}

enum cmd_exit cmd_exit_of(int rc)
{
	if (rc >= 0)
		return (enum cmd_exit)rc;
	return rc == -EBUSY ? CMD_BUSY : CMD_FAILED;
}

int cmd_start(struct cmd_env *env, const struct argp *argp, int argc, char **argv, void *args,
	      struct jo_err *err)
{
	/* argp exits by itself where options are wrong: argp_err_exit_status is CMD_USAGE. */
	if (argp_parse(argp, argc, argv, 0, NULL, args) != 0)
		return CMD_USAGE;
	return cmd_conf(env, err) < 0 ? CMD_USAGE : CMD_DONE;
}

static_assert((int)CONF_BY_CLUSTER == STORE_GROUP_CLUSTER &&
		      (int)CONF_BY_PARTITION == STORE_GROUP_PARTITION &&
		      (int)CONF_BY_USER == STORE_GROUP_USER &&
		      (int)CONF_BY_CLASS == STORE_GROUP_CLASS &&
		      (int)CONF_BY_ACCOUNT == STORE_GROUP_ACCOUNT &&
		      (int)CONF_BY_QOS == STORE_GROUP_QOS &&
		      (int)CONF_BY_PROGRAM == STORE_GROUP_PROGRAM,
	      "GroupBy is handed to the store as it is");
static_assert((int)CONF_NAMES_FAMILY == CLASS_NAMES_FAMILY &&
		      (int)CONF_NAMES_WHOLE == CLASS_NAMES_WHOLE,
	      "and so is ClassNames");

/* A log that readers would have to make is in a folder that they may not write to: -EROFS. */
static bool may_not_open(enum store_mode mode, int rc)
{
	return rc == -EACCES || (rc == -EROFS && mode == STORE_READ);
}

/* What the copy is good for, in both texts that send somebody there. */
#define COPY_IS_FOR                                                                                \
	"is for list, show, plot, predict, report, export and check --running or --since"

/* And what can be said of one's own jobs. */
#define OWN_HAVE "list, show, profile, plot, predict, export and check --running or --since"

void cmd_readers(const struct conf *conf, struct store_readers *ret_readers)
{
	*ret_readers = (struct store_readers){
		.own = (const char *const *)conf->readers.list,
		.own_count = conf->readers.count,
		.all = (const char *const *)conf->readers_all.list,
		.all_count = conf->readers_all.count,
	};
}

int cmd_store_rules(const struct cmd_env *env, struct store *store, struct jo_err *err)
{
	struct store_readers readers;
	int rc = store_group_by(store, (unsigned)env->conf->group_by, err);

	if (rc == 0)
		rc = store_class_names(store, (enum class_names)env->conf->class_names, err);
	cmd_readers(env->conf, &readers);
	return rc < 0 ? rc : store_readers_set(store, &readers, err);
}

static int open_store(struct cmd_env *env, enum store_mode mode, struct store **ret_store,
		      struct jo_err *err)
{
	const struct store_options options = {mode, env->patience_ms > 0 ? env->patience_ms
									 : STORE_BUSY_TIMEOUT_MS};
	struct store *store = NULL;
	int rc = store_open(env->conf->database, &options, &store, err);

	if (rc == -ENOENT && mode != STORE_CREATE && env->conf->readers_database[0] != '\0')
		return jo_err_set(err, rc,
				  "%s: there is no database here; on the host that takes the "
				  "records 'sjoboutliers ingest' makes it, and its copy for "
				  "readers " COPY_IS_FOR,
				  env->conf->database);
	if (rc == -ENOENT && mode != STORE_CREATE)
		return jo_err_set(err, rc,
				  "%s: there is no database yet; 'sjoboutliers ingest' makes it",
				  env->conf->database);
	if (may_not_open(mode, rc) && env->conf->readers_database[0] != '\0')
		return jo_err_set(err, rc,
				  "database %s: this is for those who look after it; its copy for "
				  "readers " COPY_IS_FOR,
				  env->conf->database);
	if (rc == 0 && mode != STORE_READ)
		rc = cmd_store_rules(env, store, err);
	if (rc < 0) {
		store_close(store);
		return rc;
	}
	*ret_store = store;
	return 0;
}

int cmd_store_open(struct cmd_env *env, enum store_mode mode, struct store **ret_store,
		   struct jo_err *err)
{
	struct store *store = NULL;
	int rc = open_store(env, mode, &store, err);

	if (rc < 0)
		return rc;
	if (store_is_own_only(store)) {
		store_close(store);
		return jo_err_set(err, -EACCES,
				  "database %s: this is for those who look after it; who sees own "
				  "jobs alone has " OWN_HAVE,
				  env->conf->database);
	}
	*ret_store = store;
	return 0;
}

int cmd_store_read(struct cmd_env *env, bool is_for_people, struct store **ret_store,
		   struct jo_err *err)
{
	const struct store_options options = {STORE_READ, STORE_BUSY_TIMEOUT_MS};
	const char *path = env->conf->readers_database;
	char copied[WHEN_TEXT_SIZE];
	bool is_elsewhere;
	struct store *store;
	int rc = open_store(env, STORE_READ, ret_store, err);

	/* Where jobs are submitted there may be none. */
	is_elsewhere = rc == -ENOENT;
	if ((!is_elsewhere && !may_not_open(STORE_READ, rc)) || path[0] == '\0')
		return rc;
	rc = store_open(path, &options, &store, err);
	if (rc == -ENOENT && is_elsewhere)
		return jo_err_set(err, rc,
				  "%s: there is no database yet, or not here; 'sjoboutliers "
				  "ingest' makes it, and 'publish' %s, its copy for readers",
				  env->conf->database, path);
	if (rc == -ENOENT)
		return jo_err_set(err, rc,
				  "%s: the copy for readers is not there yet; the next night "
				  "makes it",
				  path);
	if (rc < 0)
		return rc;
	if (store_copied_unix_us(store) == JO_MISSING) {
		store_close(store);
		return jo_err_set(err, -EBADMSG, "%s: is no copy for readers", path);
	}
	if (is_for_people)
		log_line("as of %s", when_format(store_copied_unix_us(store), copied));
	*ret_store = store;
	return 0;
}

void cmd_read_time(const char *text, int64_t now_unix_us, int64_t *ret_unix_us,
		   struct argp_state *state)
{
	struct jo_err err;

	if (when_parse(text, now_unix_us, ret_unix_us, &err) < 0)
		argp_error(state, "%s", err.text);
}

void cmd_summary(struct cmd_env *env, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	(void)vsnprintf(env->summary, sizeof(env->summary), format, ap);
	va_end(ap);
}

void cmd_summary_add(struct cmd_env *env, const char *format, ...)
{
	size_t len = strlen(env->summary);
	va_list ap;

	if (len + 2 > sizeof(env->summary))
		return;
	env->summary[len++] = '\n';
	va_start(ap, format);
	(void)vsnprintf(env->summary + len, sizeof(env->summary) - len, format, ap);
	va_end(ap);
}

char *cmd_help_columns(int key, const char *text, const struct out_column *columns,
		       const char *default_selection)
{
	if (key == ARGP_KEY_HELP_POST_DOC)
		return out_columns_help(columns, default_selection);
	return (char *)text;
}

enum { OPTION_JSON = 0x100, OPTION_SORT };

static const struct argp_option output_options[] = {
	{"format", 'o', "COLUMN[,...]", 0, "print these columns", 0},
	{"sort", OPTION_SORT, "COLUMN[,...]", 0,
	 "sort by these columns, '-' before one for its largest first", 0},
	{"parsable", 'P', NULL, 0, "fields separated by '|', numbers in base units", 0},
	{"noheader", 'n', NULL, 0, "no header line", 0},
	{"json", OPTION_JSON, NULL, 0, "print JSON", 0},
	{0},
};

static error_t output_option(int key, char *text, struct argp_state *state)
{
	struct out_options *options = state->input;

	switch (key) {
	case 'o':
		options->columns = text;
		return 0;
	case OPTION_SORT:
		options->order = text;
		return 0;
	case 'P':
		options->format = OUT_PARSABLE;
		return 0;
	case 'n':
		options->no_header = true;
		return 0;
	case OPTION_JSON:
		options->format = OUT_JSON;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

const struct argp cmd_output_argp = {output_options, output_option, NULL, NULL, NULL, NULL, NULL};

int cmd_output_open(const struct out_options *options, const char *name,
		    const struct out_column *columns, const char *default_columns,
		    struct out **ret_out, struct jo_err *err)
{
	/* Fields of JSON have names, so more of them are in nobody's way. */
	if (options->format == OUT_JSON)
		default_columns = "all";
	if (out_open(ret_out, stdout, options, name, columns, default_columns, err) < 0)
		return CMD_USAGE;
	return CMD_DONE;
}
