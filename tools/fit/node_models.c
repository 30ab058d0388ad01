/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A sorted list of nodes, and what was already looked up in it by the store's name ids. */
#include "node_models.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "attributes.h"
#include "util/alloc.h"

struct node {
	char *name;
	char *cluster;
	double model;
};

struct known_id {
	int64_t id;
	double model;
};

struct node_models {
	struct store *store;
	struct node *list;
	size_t count, capacity;
	/* A cache: slot id % size; another cluster's node of that name empties the slot. */
	struct known_id *known;
	char *known_cluster;
};

#define KNOWN_IDS 4096 /* more nodes than this are looked up again now and then */

static int compare_nodes(const void *a, const void *b)
{
	const struct node *x = a, *y = b;
	int by_name = strcmp(x->name, y->name);

	return by_name != 0 ? by_name : strcmp(x->cluster, y->cluster);
}

static void add_node(struct node_models *nodes, const struct store_node *node)
{
	struct node *last = nodes->count > 0 ? &nodes->list[nodes->count - 1] : NULL;

	/* Descriptions come by cluster, node and since: the last description of a node is its
	 * newest. */
	if (last != NULL && strcmp(last->name, node->node) == 0 &&
	    strcmp(last->cluster, node->cluster) == 0) {
		last->model = fit_attributes_category(node->node_model);
		return;
	}
	nodes->list = xgrow(nodes->list, nodes->count, &nodes->capacity, sizeof(nodes->list[0]));
	nodes->list[nodes->count++] = (struct node){
		.name = xstrdup(node->node),
		.cluster = xstrdup(node->cluster),
		.model = fit_attributes_category(node->node_model),
	};
}

static void forget_ids(struct node_models *nodes, const char *cluster)
{
	for (size_t i = 0; i < KNOWN_IDS; i++)
		nodes->known[i].id = JO_MISSING;
	free(nodes->known_cluster);
	nodes->known_cluster = xstrdup(cluster);
}

int node_models_load(struct store *store, struct node_models **ret_nodes, struct jo_err *err)
{
	struct node_models *nodes = xcalloc(1, sizeof(*nodes));
	struct store_cursor *cursor = NULL;
	struct store_node node;
	int rc;

	nodes->store = store;
	nodes->known = xcalloc(KNOWN_IDS, sizeof(nodes->known[0]));
	forget_ids(nodes, "");
	rc = store_descriptions_open(store, &cursor, err);
	if (rc < 0)
		goto out;
	while ((rc = store_descriptions_next(cursor, &node, err)) > 0)
		add_node(nodes, &node);
	store_cursor_close(cursor);
	if (rc < 0)
		goto out;
	if (nodes->count > 0)
		qsort(nodes->list, nodes->count, sizeof(nodes->list[0]), compare_nodes);
	*ret_nodes = nodes;
	nodes = NULL;
	rc = 0;
out:
	node_models_free(nodes);
	return rc;
}

void node_models_free(struct node_models *nodes)
{
	if (nodes == NULL)
		return;
	for (size_t i = 0; i < nodes->count; i++) {
		free(nodes->list[i].name);
		free(nodes->list[i].cluster);
	}
	free(nodes->list);
	free(nodes->known);
	free(nodes->known_cluster);
	free(nodes);
}

double node_models_of_name(const struct node_models *nodes, const char *cluster, const char *node)
{
	size_t low = 0, high = nodes->count;
	double model = NAN;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(nodes->list[middle].name, node) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < nodes->count && strcmp(nodes->list[low].name, node) == 0; low++) {
		const char *described = nodes->list[low].cluster;

		if (cluster[0] == '\0' || strcmp(described, cluster) == 0)
			return nodes->list[low].model;
		if (described[0] == '\0')
			model = nodes->list[low].model;
	}
	return model;
}

double node_models_of_id(struct node_models *nodes, const char *cluster, int64_t node_name_id)
{
	struct known_id *known;

	if (node_name_id == JO_MISSING || nodes->count == 0)
		return NAN;
	if (strcmp(cluster, nodes->known_cluster) != 0)
		forget_ids(nodes, cluster);
	known = &nodes->known[(uint64_t)node_name_id % KNOWN_IDS];
	if (known->id != node_name_id) {
		const char *name = store_name(nodes->store, node_name_id);

		known->id = node_name_id;
		known->model = node_models_of_name(nodes, cluster, name);
	}
	return known->model;
}
