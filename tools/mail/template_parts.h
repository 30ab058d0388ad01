/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What templates and values are made of, for the files of template.h alone. */
#ifndef MAIL_TEMPLATE_PARTS_H
#define MAIL_TEMPLATE_PARTS_H

#include "mail/template.h"

enum mail_node_kind { NODE_TEXT, NODE_VALUE, NODE_IF, NODE_UNLESS };

struct mail_node {
	enum mail_node_kind kind;
	char *text; /* of NODE_TEXT */
	const struct mail_name *name;
	bool asks_one; /* "name.one" */
	size_t end;    /* of a section: the node behind it */
};

struct mail_template {
	GArray *nodes; /* struct mail_node */
};

static inline struct mail_node *mail_node_at(const struct mail_template *template, size_t i)
{
	return &g_array_index(template->nodes, struct mail_node, i);
}

struct mail_slot {
	char *text; /* of a text or count; NULL: no value */
	int64_t count;
	bool is_set;     /* of a flag */
	GPtrArray *list; /* of a list: struct mail_values */
	struct mail_image image;
};

struct mail_values {
	const struct mail_name *names;
	const struct mail_values *outer; /* of a list's member; NULL: none */
	struct mail_slot *slots;         /* one for each name */
};

/* The slot of a name in this table or one around it.  The table is told apart, as names may repeat.
 */
const struct mail_slot *mail_values_find(const struct mail_values *values,
					 const struct mail_name *name);

#endif
