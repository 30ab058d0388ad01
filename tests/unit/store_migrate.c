/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Databases of every released schema, kept as SQL in tests/data/db, open, hold
 * what they held, and are then as a new one is.
 */
#include "store_fixture.h"

#include <dirent.h>
#include <sqlite3.h>

#define DATA "tests/data/db"

/* What two schemas must have in common: each table's and view's columns, each index. */
static const char schema_sql[] =
	"SELECT group_concat(line, x'0a') FROM (SELECT m.type || ' ' || m.name || ' ' ||"
	" coalesce(c.name || ' ' || c.type || ' ' || c.\"notnull\" || ' ' || c.pk, '') AS line"
	" FROM sqlite_master AS m LEFT JOIN pragma_table_info(m.name) AS c"
	" ON m.type IN ('table', 'view') ORDER BY 1)";

static sqlite3 *open_raw(const char *name)
{
	char path[200];
	sqlite3 *db;

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	must(sqlite3_open(path, &db) == SQLITE_OK, "open");
	return db;
}

/* The first value of the answer; the caller frees it. */
static char *ask(const char *name, const char *sql)
{
	sqlite3 *db = open_raw(name);
	sqlite3_stmt *stmt;
	char *answer;

	must(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) == SQLITE_OK &&
		     sqlite3_step(stmt) == SQLITE_ROW,
	     sqlite3_errmsg(db));
	answer = strdup((const char *)sqlite3_column_text(stmt, 0));
	must(answer != NULL, "answer");
	(void)sqlite3_finalize(stmt);
	(void)sqlite3_close(db);
	return answer;
}

static void make_from_sql(const char *name)
{
	char path[400], text[65536];
	sqlite3 *db = open_raw(name);
	size_t len = 0;
	FILE *fp;

	(void)snprintf(path, sizeof(path), "%s/%s", DATA, name);
	fp = fopen(path, "r");
	if (fp != NULL) {
		len = fread(text, 1, sizeof(text) - 1, fp);
		(void)fclose(fp);
	}
	text[len] = '\0';
	must(len > 0 && len < sizeof(text) - 1, path);
	must(sqlite3_exec(db, text, NULL, NULL, NULL) == SQLITE_OK, sqlite3_errmsg(db));
	(void)sqlite3_close(db);
}

/* All of them hold the same: a step on two nodes with a verdict that is told, and one that runs. */
static void check_contents(struct store *store)
{
	const struct store_finding_selection told = {.owner = "ann", .message_id = 1};
	const struct store_message_selection waiting = {.owner = "ann",
							.state_mask = 1U << STORE_MESSAGE_PENDING};
	struct step_verdict verdict;
	struct store_message message;
	struct store_finding finding;
	struct store_history history = {0};
	struct store_cursor *cursor;
	struct store_model model;
	struct step step;

	is_int(count_steps(store), 2, "two steps");
	cursor = get(store, 1, &step);
	is_int(step.state, STEP_STATE_COMPLETED, "one completed");
	is_int(step.node_seen_count, 2, "on two nodes");
	is_int(step.wall_us, 100 * S, "the longest counts");
	is_int(step.mem_peak_sum_bytes, 3000, "their memory is summed");
	is_int(step.cpu_us, 7500000, "its CPU time is that of both kinds");
	is_str(step.user, "ann", "its user");
	is_str(step.attrs, "words=174", "its attributes");
	store_cursor_close(cursor);
	is_int(state_of(store, 2), STEP_STATE_RUNNING, "the other runs");
	is_int(count_verdicts(store, id_of(store, 1), &verdict), 1, "a verdict");
	is_int(verdict.verdict, VERDICT_HIGH, "is high");
	is_near(verdict.ratio, 3, 0, "by a ratio");
	is_int(store_history_read(store, group_of(store, 1), T0 + HOUR, 10, &history, &err), 0,
	       "a history is read");
	is_int(history.count, 1, "with its step");
	is_int(history.count == 1 ? history.list[0].cpu_us : 0, 7500000, "and its CPU time");
	store_history_release(&history);
	is_int(store_model_get(store, group_of(store, 1), METRIC_WALL, &model, &err), 1, "a model");
	must(store_findings_open(store, &told, &cursor, &err) == 0, "list findings");
	is_int(store_findings_next(cursor, &finding, &err), 1, "a finding, in the message");
	store_cursor_close(cursor);
	must(store_messages_open(store, &waiting, &cursor, &err) == 0, "list messages");
	is_int(store_messages_next(cursor, &message, &err), 1, "which waits for its time");
	store_cursor_close(cursor);
}

static void one_version(const char *name, const char *wanted)
{
	struct store *store;
	struct store_added added;
	struct jo_record end = record_of(JO_RECORD_END, 2, 0, "n1");
	char *schema;

	make_from_sql(name);
	store = open_new(name);
	is_int(store_check(store, &err), 0, "%s is whole", name);
	check_contents(store);
	add(store, &end, &added);
	is_int(state_of(store, 2), STEP_STATE_COMPLETED, "it can be added to");
	store_close(store);
	schema = ask(name, schema_sql);
	is_str(schema, wanted, "%s: its schema is a new one's", name);
	free(schema);
	schema = ask(name, "PRAGMA user_version");
	ok(atoi(schema) > 0, "of version %s", schema);
	free(schema);
}

/* More verdicts than are packed in a transaction, of which a run before had done some; it was
 * broken off. */
static void many_verdicts(void)
{
	const char *name = "many";
	sqlite3 *db;
	char *count;

	store_close(open_new(name));
	db = open_raw(name);
	must(sqlite3_exec(
		     db,
		     "CREATE TABLE verdict_wide (step INTEGER, metric INTEGER, verdict INTEGER,"
		     " reason_id INTEGER, value REAL, expected REAL, low REAL, high REAL,"
		     " ratio REAL, score REAL, p_value REAL, threshold_ratio REAL, alpha REAL,"
		     " group_id INTEGER, history_count INTEGER, censored_count INTEGER,"
		     " regime_start_unix_us INTEGER, borrowed_count INTEGER,"
		     " borrowed_from_id INTEGER, attrs_used TEXT, detail TEXT,"
		     " model_version INTEGER, judged_unix_us INTEGER, night INTEGER,"
		     " measure INTEGER, level INTEGER, near_count INTEGER, like_count INTEGER,"
		     " PRIMARY KEY (step, metric)) WITHOUT ROWID;"
		     "DROP TABLE waiting; ALTER TABLE step ADD COLUMN is_judged INTEGER;"
		     "ALTER TABLE span DROP COLUMN sender;"
		     "INSERT INTO judging VALUES (1, 20231114, 5, 0.005, 3);"
		     "INSERT INTO name VALUES (900, 'too-few');"
		     "INSERT INTO verdict VALUES (3, 1, 1, x'');"
		     "WITH RECURSIVE n (i) AS (SELECT 10 UNION ALL SELECT i + 1 FROM n"
		     " WHERE i < 12009) INSERT INTO verdict_wide (step, metric, verdict,"
		     " reason_id, value, expected, p_value, alpha, borrowed_from_id, attrs_used,"
		     " detail, model_version, judged_unix_us, night) SELECT i, m, 3 * (m = 1),"
		     " 900 * (m = 1), 5e6, 4e6, 0.5, 0.005, 0,"
		     " '[{\"name\":\"attr.words\",\"gain\":1},{\"name\":\"nodes\"}]',"
		     " '{\"group\":\"class a\",\"sized\":true,\"night_n\":4,\"apart_n\":1,"
		     "\"regime_ratio\":1}', 3, 5, 20231114"
		     " FROM n, (SELECT 0 AS m UNION SELECT 1);"
		     "PRAGMA user_version = 19;",
		     NULL, NULL, NULL) == SQLITE_OK,
	     sqlite3_errmsg(db));
	(void)sqlite3_close(db);
	store_close(open_new(name));
	count = ask(name, "SELECT count(*) || ' ' || min(judging) || ' ' || max(judging) || ' ' ||"
			  " max(kinds) FROM verdict WHERE step >= 10");
	is_str(count, "12000 1 1 3", "the verdicts of all steps are packed");
	free(count);
	count = ask(name, "SELECT group_concat(text, '|') FROM (SELECT text FROM verdict_text"
			  " ORDER BY text)");
	is_str(count, "class a|too-few|words, nodes", "with their texts");
	free(count);
	count = ask(name, "SELECT count(*) FROM sqlite_master WHERE name = 'verdict_wide'");
	is_str(count, "0", "and the old ones are gone");
	free(count);
}

static int is_sql(const struct dirent *entry)
{
	const char *dot = strrchr(entry->d_name, '.');

	return dot != NULL && strcmp(dot, ".sql") == 0;
}

int main(void)
{
	struct dirent **names;
	char *wanted;
	int count;

	begin_tests();
	store_close(open_new("new"));
	wanted = ask("new", schema_sql);
	count = scandir(DATA, &names, is_sql, alphasort);
	ok(count >= 1, "there are databases of released versions");
	for (int i = 0; i < count; i++) {
		one_version(names[i]->d_name, wanted);
		free(names[i]);
	}
	if (count >= 0)
		free(names);
	free(wanted);
	many_verdicts();
	return end_tests();
}
