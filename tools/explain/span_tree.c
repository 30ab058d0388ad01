/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Spans of the store, put together by the names on their way from the top. */
#include "explain/span_tree.h"

#include <math.h>
#include <string.h>

#include "joboutliers/units.h"
#include "util/stat.h"

/* A span took the time when it alone has so much of what the step took beyond its peers. */
#define CULPRIT_SHARE 0.5

/* A span as it is in the store. */
struct told {
	const char *id, *parent_id;
	const char *path;
	int depth;
	struct explain_span span;
	int64_t below_us; /* of the spans right below it */
	struct told *parent;
};

struct told_list {
	GArray *spans;     /* struct told, as they began */
	GHashTable *by_id; /* id to struct told */
};

static void told_release(struct told_list *list)
{
	if (list->by_id != NULL)
		g_hash_table_destroy(list->by_id);
	if (list->spans != NULL)
		(void)g_array_free(list->spans, TRUE);
	*list = (struct told_list){0};
}

/* ---- one step ---- */

static int read_told(struct store *store, int64_t step_id, GStringChunk *strings,
		     struct told_list *ret_list, struct jo_err *err)
{
	struct told_list list = {g_array_new(FALSE, TRUE, sizeof(struct told)),
				 g_hash_table_new(g_str_hash, g_str_equal)};
	struct store_cursor *cursor;
	struct store_span row;
	int rc = store_spans_open(store, step_id, &cursor, err);

	if (rc < 0) {
		told_release(&list);
		return rc;
	}
	while ((rc = store_spans_next(cursor, &row, err)) > 0) {
		struct told told = {
			.id = g_string_chunk_insert(strings, row.span_id),
			.parent_id = g_string_chunk_insert(strings, row.parent_id),
			.span = {.name = g_string_chunk_insert_const(strings, row.name),
				 .start_unix_us = row.start_unix_us,
				 .wall_us = row.wall_us,
				 .count = 1,
				 .error_count = row.is_error,
				 .status_text =
					 g_string_chunk_insert_const(strings, row.status_text),
				 .attrs = g_string_chunk_insert_const(strings, row.attrs)},
		};

		g_array_append_val(list.spans, told);
	}
	store_cursor_close(cursor);
	for (guint i = 0; i < list.spans->len; i++) {
		struct told *told = &g_array_index(list.spans, struct told, i);

		(void)g_hash_table_insert(list.by_id, (gpointer)(uintptr_t)told->id, told);
	}
	for (guint i = 0; i < list.spans->len; i++) {
		struct told *told = &g_array_index(list.spans, struct told, i);

		told->parent = g_hash_table_lookup(list.by_id, told->parent_id);
		if (told->parent != NULL)
			told->parent->below_us += told->span.wall_us;
	}
	if (rc < 0)
		told_release(&list);
	else
		*ret_list = list;
	return rc;
}

/* The names from the top to the span; of a circle, or what is too deep, the last of them. */
static void find_path(struct told *told, GStringChunk *strings)
{
	const struct told *way[EXPLAIN_SPAN_DEPTH_MAX];
	GString *path = g_string_new(NULL);
	int count = 0;

	for (const struct told *at = told; at != NULL && count < EXPLAIN_SPAN_DEPTH_MAX;
	     at = at->parent)
		way[count++] = at;
	told->depth = count - 1;
	while (count > 0)
		g_string_append_printf(path, "%s\n", way[--count]->span.name);
	told->path = g_string_chunk_insert_const(strings, path->str);
	(void)g_string_free(path, TRUE);
}

static int by_start(const void *a, const void *b)
{
	const struct explain_span *x = a, *y = b;

	return x->start_unix_us != y->start_unix_us ? (x->start_unix_us < y->start_unix_us ? -1 : 1)
						    : strcmp(x->path, y->path);
}

/* Append those of this depth whose path begins so, each followed by what is below it. */
static void append_below(const GArray *from, const char *prefix, int depth, GArray *to)
{
	for (guint i = 0; i < from->len; i++) {
		const struct explain_span *span = &g_array_index(from, struct explain_span, i);

		if (span->depth != depth || !g_str_has_prefix(span->path, prefix))
			continue;
		g_array_append_vals(to, span, 1);
		append_below(from, span->path, depth + 1, to);
	}
}

/* Put those of one path together.  The array is the caller's. */
static GArray *put_together(struct told_list *list, GStringChunk *strings)
{
	GArray *spans = g_array_new(FALSE, TRUE, sizeof(struct explain_span));
	GArray *ordered = g_array_new(FALSE, TRUE, sizeof(struct explain_span));
	GHashTable *by_path = g_hash_table_new(g_str_hash, g_str_equal);

	for (guint i = 0; i < list->spans->len; i++) {
		struct told *told = &g_array_index(list->spans, struct told, i);
		struct explain_span *span;
		gpointer index;

		find_path(told, strings);
		told->span.path = told->path;
		told->span.depth = told->depth;
		told->span.own_us = told->span.wall_us > told->below_us
					    ? told->span.wall_us - told->below_us
					    : 0;
		told->span.usual_us = told->span.usual_own_us = NAN;
		if (!g_hash_table_lookup_extended(by_path, told->path, NULL, &index)) {
			(void)g_hash_table_insert(by_path, (gpointer)(uintptr_t)told->path,
						  GUINT_TO_POINTER(spans->len));
			g_array_append_val(spans, told->span);
			continue;
		}
		span = &g_array_index(spans, struct explain_span, GPOINTER_TO_UINT(index));
		span->wall_us += told->span.wall_us;
		span->own_us += told->span.own_us;
		span->count++;
		if (span->error_count == 0)
			span->status_text = told->span.status_text;
		span->error_count += told->span.error_count;
		span->attrs = "";
	}
	g_array_sort(spans, by_start);
	append_below(spans, "", 0, ordered);
	g_hash_table_destroy(by_path);
	(void)g_array_free(spans, TRUE);
	return ordered;
}

/* The spans of a step put together, NULL for none; or a negative errno. */
static int read_spans(struct store *store, int64_t step_id, GStringChunk *strings,
		      GArray **ret_spans, struct jo_err *err)
{
	struct told_list list = {0};
	int rc = read_told(store, step_id, strings, &list, err);

	if (rc < 0)
		return rc;
	*ret_spans = list.spans->len > 0 ? put_together(&list, strings) : NULL;
	told_release(&list);
	return 0;
}

/* ---- its peers ---- */

static bool is_of_size(const struct step *a, const struct step *b)
{
	double ratio;

	if (a->input_bytes == JO_MISSING || b->input_bytes == JO_MISSING || a->input_bytes == 0)
		return a->input_bytes == b->input_bytes;
	ratio = (double)b->input_bytes / (double)a->input_bytes;
	return ratio <= EXPLAIN_SAME_SIZE && ratio >= 1 / EXPLAIN_SAME_SIZE;
}

struct times {
	double list[EXPLAIN_SPAN_PEERS_MAX], own[EXPLAIN_SPAN_PEERS_MAX];
};

/* A peer's times of the spans of the tree: one that it does not have took none. */
static void take_peer(const struct explain_span_tree *tree, const GArray *spans,
		      struct times *times, size_t peer)
{
	for (guint i = 0; i < tree->spans->len; i++) {
		const struct explain_span *own =
			&g_array_index(tree->spans, struct explain_span, i);

		for (guint j = 0; j < spans->len; j++) {
			const struct explain_span *span =
				&g_array_index(spans, struct explain_span, j);

			if (strcmp(own->path, span->path) != 0)
				continue;
			times[i].list[peer] = (double)span->wall_us;
			times[i].own[peer] = (double)span->own_us;
			break;
		}
	}
}

static int read_peers(struct store *store, const struct explain_peers *peers, bool is_sized,
		      struct explain_span_tree *tree, struct jo_err *err)
{
	const struct step *step = &g_array_index(peers->steps, struct explain_step, 0).step;
	struct times *times = g_new0(struct times, tree->spans->len);
	double walls[EXPLAIN_SPAN_PEERS_MAX];
	int rc = 0;

	tree->peer_count = 0;
	for (size_t i = 0;
	     rc == 0 && i < peers->peer_count && tree->peer_count < EXPLAIN_SPAN_PEERS_MAX; i++) {
		const struct step *peer = &explain_peer(peers, i)->step;
		GStringChunk *strings;
		GArray *spans = NULL;

		if ((is_sized && !is_of_size(step, peer)) || peer->wall_us == JO_MISSING)
			continue;
		strings = g_string_chunk_new(4096);
		rc = read_spans(store, peer->id, strings, &spans, err);
		if (rc == 0 && spans != NULL) {
			walls[tree->peer_count] = (double)peer->wall_us;
			take_peer(tree, spans, times, tree->peer_count++);
			(void)g_array_free(spans, TRUE);
		}
		g_string_chunk_free(strings);
	}
	for (guint i = 0; tree->peer_count >= EXPLAIN_SPAN_PEERS_MIN && i < tree->spans->len; i++) {
		struct explain_span *span = &g_array_index(tree->spans, struct explain_span, i);

		span->usual_us = stat_median(times[i].list, tree->peer_count);
		span->usual_own_us = stat_median(times[i].own, tree->peer_count);
	}
	if (tree->peer_count >= EXPLAIN_SPAN_PEERS_MIN)
		tree->usual_us = stat_median(walls, tree->peer_count);
	g_free(times);
	return rc;
}

/* ---- which took the time ---- */

static void find_culprit(struct explain_span_tree *tree)
{
	double excess_us = (double)tree->wall_us - tree->usual_us;
	double most_us = CULPRIT_SHARE * excess_us;

	if (!(excess_us > 0))
		return;
	for (guint i = 0; i < tree->spans->len; i++) {
		const struct explain_span *span =
			&g_array_index(tree->spans, struct explain_span, i);
		double more_us = (double)span->own_us - span->usual_own_us;

		if (more_us >= most_us) {
			tree->culprit = span;
			most_us = more_us;
		}
	}
}

int explain_span_tree_read(struct store *store, const struct explain_peers *peers,
			   struct explain_span_tree *ret_tree, struct jo_err *err)
{
	struct explain_span_tree tree = {.strings = g_string_chunk_new(4096), .usual_us = NAN};
	const struct step *step = &g_array_index(peers->steps, struct explain_step, 0).step;
	int rc = 0;

	*ret_tree = (struct explain_span_tree){0};
	if (peers->outlier_count > 0)
		rc = read_spans(store, step->id, tree.strings, &tree.spans, err);
	if (rc == 0 && tree.spans != NULL) {
		tree.wall_us = step->wall_us;
		rc = read_peers(store, peers, true, &tree, err);
		if (rc == 0 && tree.peer_count < EXPLAIN_SPAN_PEERS_MIN)
			rc = read_peers(store, peers, false, &tree, err);
		find_culprit(&tree);
	}
	if (rc < 0 || tree.spans == NULL) {
		explain_span_tree_release(&tree);
		return rc;
	}
	*ret_tree = tree;
	return 1;
}

int explain_culprit_read(struct store *store, const struct explain_peers *peers,
			 struct explain_span_tree *ret_tree, struct jo_err *err)
{
	int rc;

	if (metric_infos[peers->metric].kind != METRIC_OF_TIME)
		return 0;
	rc = explain_span_tree_read(store, peers, ret_tree, err);
	if (rc <= 0 || ret_tree->culprit != NULL)
		return rc;
	explain_span_tree_release(ret_tree);
	return 0;
}

void explain_span_tree_release(struct explain_span_tree *tree)
{
	if (tree->spans != NULL)
		(void)g_array_free(tree->spans, TRUE);
	if (tree->strings != NULL)
		g_string_chunk_free(tree->strings);
	*tree = (struct explain_span_tree){0};
}

void explain_culprit_write(const struct explain_span_tree *tree, struct strbuf *text)
{
	char own[24], all[24], usual[24], usual_all[24];

	strbuf_addf(text, "%s took %s of its %s; in normal jobs %s of %s", tree->culprit->name,
		    jo_duration_format(tree->culprit->wall_us, own, sizeof(own)),
		    jo_duration_format(tree->wall_us, all, sizeof(all)),
		    jo_duration_format((int64_t)tree->culprit->usual_us, usual, sizeof(usual)),
		    jo_duration_format((int64_t)tree->usual_us, usual_all, sizeof(usual_all)));
}
