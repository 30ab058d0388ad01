/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Words the admin's lines, and queues the notice of them. */
#include "notify/admin.h"

#include <errno.h>

#include "notify/drift_values.h"
#include "notify/queue.h"
#include "notify/texts.h"
#include "util/when.h"

/* More lines say no more: then something is wrong with the set-up, not with users. */
#define NOTICE_LINES_MAX 40

/* ---- lines ---- */

/* Write the text with the values, which are then freed. */
static void add_line(const struct notify_settings *settings, const char *part,
		     struct mail_values *values, struct strlist *lines)
{
	char *line = mail_catalog_line(settings->wording, part, values);

	strlist_add(lines, line);
	g_free(line);
	mail_values_free(values);
}

void notify_admin_add_count(const struct notify_settings *settings, const char *part,
			    const struct mail_name *names, int64_t count, struct strlist *lines)
{
	struct mail_values *values;

	if (count == 0)
		return;
	values = mail_values_new(names);
	mail_values_count(values, names[0].name, count);
	add_line(settings, part, values, lines);
}

static void add_node(const struct notify_settings *settings, const struct slow_node *node,
		     struct strlist *lines)
{
	struct mail_values *values = mail_values_new(notify_slow_node_names);
	char since[WHEN_TEXT_SIZE];

	mail_values_text(values, "node", node->name);
	mail_values_format(values, "since", "%.10s", when_format(node->night_from_unix_us, since));
	mail_values_format(values, "ratio", "%.2g", node->ratio);
	mail_values_count(values, "steps", (int64_t)node->step_count);
	mail_values_count(values, "groups", (int64_t)node->group_count);
	mail_values_count(values, "users", (int64_t)node->user_count);
	mail_values_format(values, "p", "%.1g", node->p_value);
	mail_values_count(values, "held", (int64_t)node->held_count);
	add_line(settings, "admin-slow-node", values, lines);
}

void notify_admin_add_machine(const struct notify_settings *settings,
			      const struct machine_news *news, struct strlist *lines)
{
	for (guint i = 0; i < news->nodes->len; i++)
		add_node(settings, g_ptr_array_index(news->nodes, i), lines);
	for (guint i = 0; i < news->drifts->len; i++) {
		const struct machine_drift *drift =
			&g_array_index(news->drifts, struct machine_drift, i);
		struct mail_values *values = mail_values_new(notify_node_drift_names);

		notify_node_drift_fill(settings->wording, drift->finding, drift->held_count,
				       values);
		add_line(settings, "admin-node-drift", values, lines);
	}
}

/* ---- the notice ---- */

int notify_last_notice(struct store *store, int64_t *ret_created_unix_us, struct jo_err *err)
{
	struct store_message_selection selection = {.owner = ""};
	struct store_cursor *cursor;
	struct store_message message;
	int rc;

	*ret_created_unix_us = JO_MISSING;
	rc = store_messages_open(store, &selection, &cursor, err);
	if (rc < 0)
		return rc;
	while ((rc = store_messages_next(cursor, &message, err)) > 0)
		if (message.kind == STORE_MESSAGE_ADMIN)
			*ret_created_unix_us = message.created_unix_us;
	store_cursor_close(cursor);
	return rc;
}

static void add_failure(const struct notify_settings *settings, const struct store_message *message,
			struct strlist *lines)
{
	struct mail_values *values = mail_values_new(notify_undelivered_names);

	mail_values_text(values, "user", message->owner);
	mail_values_text(values, "address", message->address);
	mail_values_text(values, "reason", message->error);
	add_line(settings, "admin-undelivered", values, lines);
}

static int add_failures(struct store *store, const struct notify_settings *settings,
			int64_t since_unix_us, struct strlist *lines, struct jo_err *err)
{
	struct store_message_selection selection = {.state_mask = 1u << STORE_MESSAGE_FAILED};
	struct store_cursor *cursor;
	struct store_message message;
	int rc;

	rc = store_messages_open(store, &selection, &cursor, err);
	if (rc < 0)
		return rc;
	while ((rc = store_messages_next(cursor, &message, err)) > 0)
		if (message.kind == STORE_MESSAGE_USER && message.done_unix_us > since_unix_us)
			add_failure(settings, &message, lines);
	store_cursor_close(cursor);
	return rc;
}

static bool has_trouble(const struct notify_notice *notice)
{
	for (size_t i = 0; i < notice->fact_count; i++)
		if (notice->facts[i].state == HEALTH_TROUBLE)
			return true;
	return false;
}

static struct mail_values *notice_values(const struct strlist *lines,
					 const struct notify_notice *notice)
{
	struct mail_values *values = mail_values_new(notify_admin_names);

	mail_values_flag(values, "is_well", lines->count == 0 && !has_trouble(notice));
	for (size_t i = 0; i < notice->fact_count; i++) {
		struct mail_values *fact = mail_values_member(values, "facts");

		mail_values_text(fact, "label", notice->facts[i].label);
		mail_values_text(fact, "text", notice->facts[i].text);
		mail_values_flag(fact, "is_trouble", notice->facts[i].state == HEALTH_TROUBLE);
	}

	for (size_t i = 0; i < lines->count && i < NOTICE_LINES_MAX; i++)
		mail_values_text(mail_values_member(values, "lines"), "line", lines->list[i]);
	if (lines->count > NOTICE_LINES_MAX)
		mail_values_count(values, "rest", (int64_t)(lines->count - NOTICE_LINES_MAX));
	return values;
}

static int queue_notice(struct store *store, const struct notify_settings *settings,
			const struct strlist *lines, const struct notify_notice *notice,
			int64_t now_unix_us, struct jo_err *err)
{
	struct mail_values *values = notice_values(lines, notice);
	char *subject = mail_catalog_line(settings->wording, "admin-subject", values);
	struct mail_doc doc;
	const struct notify_outgoing outgoing = {
		.kind = STORE_MESSAGE_ADMIN,
		.owner = "",
		.headers = {.to_address = settings->admin_address, .subject = subject},
		.doc = &doc,
	};
	int rc;

	mail_doc_init(&doc);
	mail_catalog_write(settings->wording, "admin", values, &doc);
	mail_values_free(values);
	rc = store_begin(store, err);
	if (rc == 0) {
		rc = notify_queue_message(store, settings, &outgoing, now_unix_us, err);
		if (rc == 0)
			rc = store_commit(store, err);
		if (rc < 0)
			store_rollback(store);
	}
	g_free(subject);
	mail_doc_release(&doc);
	return rc;
}

int notify_queue_notice(struct store *store, const struct notify_settings *settings,
			const struct notify_notice *notice, int64_t now_unix_us, struct jo_err *err)
{
	struct strlist all = {0};
	struct jo_err queue_err = {0};
	int64_t last_unix_us;
	int rc;

	/* failures come first: they are told once, the lines again when they still hold */
	rc = notify_last_notice(store, &last_unix_us, err);
	if (rc == 0)
		rc = add_failures(store, settings, last_unix_us, &all, err);
	for (size_t i = 0; i < notice->lines->count; i++)
		strlist_add(&all, notice->lines->list[i]);
	if (rc == 0 && (all.count > 0 || has_trouble(notice) || mail_days_is_weekly(now_unix_us))) {
		rc = queue_notice(store, settings, &all, notice, now_unix_us, &queue_err);
		if (rc == 0)
			rc = 1;
		else if (rc == -EEXIST)
			rc = 0;
		else if (err != NULL)
			*err = queue_err;
	}
	strlist_release(&all);
	return rc;
}
