/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The spans of a step: a tree for people, a list for programs. */
#include "cmd/show.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "explain/span_tree.h"
#include "joboutliers/units.h"
#include "util/json_member.h"

/* With more nobody sees which matters; --json has all. */
#define LINES_MAX 30

#define NAME_WIDTH 32 /* of a level's indent and a name; what is longer moves the rest */

static void print_span(const struct explain_span *span, struct strbuf *line)
{
	char text[24];
	int indent = 2 * span->depth;

	strbuf_addf(line, "%*s%-*s %9s", indent, "", NAME_WIDTH - indent, span->name,
		    jo_duration_format(span->wall_us, text, sizeof(text)));
	if (!isnan(span->usual_us))
		strbuf_addf(line, " (its peers %s)",
			    jo_duration_format((int64_t)span->usual_us, text, sizeof(text)));
	if (span->count > 1)
		strbuf_addf(line, ", %" PRId64 " of them", span->count);
	if (span->error_count > 0)
		strbuf_addf(line, ", error%s%s", span->status_text[0] != '\0' ? ": " : "",
			    span->status_text);
	if (span->depth == 0 && span->attrs[0] != '\0')
		strbuf_addf(line, ", %s", span->attrs);
}

int show_spans(struct store *store, const struct explain_peers *peers, struct strbuf *line,
	       struct jo_err *err)
{
	struct explain_span_tree tree;
	int rc = explain_span_tree_read(store, peers, &tree, err);

	if (rc <= 0)
		return rc;
	if (tree.culprit != NULL)
		explain_culprit_write(&tree, line);
	show_line("span", line);
	for (guint i = 0; i < tree.spans->len && i < LINES_MAX; i++) {
		print_span(&g_array_index(tree.spans, struct explain_span, i), line);
		show_line(i == 0 ? "spans" : "", line);
	}
	if (tree.spans->len > LINES_MAX)
		strbuf_addf(line, "and %u more: --json has them", tree.spans->len - LINES_MAX);
	show_line("", line);
	explain_span_tree_release(&tree);
	return 0;
}

static json_t *span_object(const struct explain_span *span)
{
	json_t *object = json_object();

	json_member_text(object, "name", span->name);
	json_member_int(object, "depth", span->depth);
	json_member_int(object, "start_unix_us", span->start_unix_us);
	json_member_int(object, "wall_us", span->wall_us);
	json_member_int(object, "own_us", span->own_us);
	json_member_real(object, "peers_wall_us", span->usual_us);
	json_member_real(object, "peers_own_us", span->usual_own_us);
	json_member_int(object, "count", span->count);
	json_member_int(object, "error_count", span->error_count);
	json_member_text(object, "error", span->status_text);
	json_member_text(object, "attributes", span->attrs);
	return object;
}

int show_spans_json(struct store *store, const struct explain_peers *peers, json_t *object,
		    struct jo_err *err)
{
	struct explain_span_tree tree;
	int rc = explain_span_tree_read(store, peers, &tree, err);
	json_t *list;

	if (rc <= 0)
		return rc;
	list = json_array();
	for (guint i = 0; i < tree.spans->len; i++)
		(void)json_array_append_new(
			list, span_object(&g_array_index(tree.spans, struct explain_span, i)));
	(void)json_object_set_new(object, "spans", list);
	if (tree.culprit != NULL)
		(void)json_object_set_new(object, "span", span_object(tree.culprit));
	explain_span_tree_release(&tree);
	return 0;
}
