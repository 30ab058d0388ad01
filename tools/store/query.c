/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Conditions and the values bound to them; which there are is for those who select. */
#include "query.h"

#include <assert.h>

#include "joboutliers/record.h"
#include "name.h"

void query_init(struct query *query)
{
	strbuf_init(&query->sql);
	query->use = DB_CURSOR;
	query->count = 0;
	query->lists = NULL;
}

void query_release(struct query *query)
{
	strbuf_release(&query->sql);
	arena_release(&query->lists);
}

static void add_value(struct query *query, struct query_value value)
{
	assert(query->count < QUERY_VALUES_MAX);
	query->values[query->count++] = value;
}

void query_again(struct query *query)
{
	add_value(query, query->values[query->count - 1]);
}

void query_list(struct query *query, const char *condition, struct strbuf *list)
{
	strbuf_adds(&query->sql, condition);
	add_value(query, (struct query_value){.text = arena_strdup(&query->lists, list->text)});
	strbuf_release(list);
}

void query_int(struct query *query, const char *condition, int64_t value)
{
	if (value == JO_MISSING)
		return;
	strbuf_adds(&query->sql, condition);
	add_value(query, (struct query_value){.number = value});
}

void query_mask(struct query *query, const char *column, unsigned mask)
{
	if (mask == 0)
		return;
	strbuf_addf(&query->sql, " AND %s IN (", column);
	for (int bit = 0, is_first = 1; bit < 32; bit++)
		if ((mask & 1U << bit) != 0) {
			strbuf_addf(&query->sql, is_first ? "%d" : ", %d", bit);
			is_first = 0;
		}
	strbuf_adds(&query->sql, ")");
}

int query_names(struct query *query, struct store *store, const char *condition,
		const struct store_words *words, struct jo_err *err)
{
	struct strbuf list;
	int64_t id;
	int rc = 0;

	if (words->count == 0)
		return 0;
	strbuf_init(&list);
	db_list_next(&list);
	strbuf_adds(&list, "-1");
	for (size_t i = 0; i < words->count; i++) {
		rc = name_find(store, words->list[i], &id, err);
		if (rc < 0)
			break;
		db_list_next(&list);
		strbuf_addf(&list, "%lld", (long long)id);
	}
	db_list_end(&list);
	query_list(query, condition, &list);
	return rc;
}

static void add_json_text(struct strbuf *list, const char *text)
{
	strbuf_addc(list, '"');
	for (; *text != '\0'; text++) {
		if (*text == '"' || *text == '\\' || (unsigned char)*text < 0x20)
			strbuf_addf(list, "\\u%04x", (unsigned)(unsigned char)*text);
		else
			strbuf_addc(list, *text);
	}
	strbuf_addc(list, '"');
}

void query_texts(struct query *query, const char *condition, const struct store_words *words)
{
	struct strbuf list;

	if (words->count == 0)
		return;
	strbuf_init(&list);
	for (size_t i = 0; i < words->count; i++) {
		db_list_next(&list);
		add_json_text(&list, words->list[i]);
	}
	db_list_end(&list);
	query_list(query, condition, &list);
}

int query_open(struct query *query, struct store *store, enum cursor_kind kind,
	       struct store_cursor **ret_cursor, struct jo_err *err)
{
	struct store_cursor *cursor;
	int rc;

	rc = cursor_open(store, kind, query->use, query->sql.text, &cursor, err);
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < query->count; i++) {
		if (query->values[i].text != NULL)
			db_bind_copy(&cursor->stmt, query->values[i].text);
		else
			db_bind_int(&cursor->stmt, query->values[i].number);
	}
	*ret_cursor = cursor;
	return 0;
}
