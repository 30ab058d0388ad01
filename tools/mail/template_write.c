/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes a template out with values. */
#include "mail/template_parts.h"

struct writer {
	const struct mail_template *template;
	GString *out;
	GPtrArray *images; /* NULL: no marks */
};

static bool has_value(const struct mail_node *node, const struct mail_slot *slot)
{
	if (slot == NULL)
		return false;
	switch (node->name->kind) {
	case MAIL_NAME_TEXT:
		return slot->text != NULL;
	case MAIL_NAME_COUNT:
		return node->asks_one ? slot->count == 1 : slot->count != 0;
	case MAIL_NAME_FLAG:
		return slot->is_set;
	case MAIL_NAME_LIST:
		return slot->list != NULL;
	case MAIL_NAME_IMAGE:
		return slot->image.png != NULL;
	}
	return false;
}

static void write_value(struct writer *writer, const struct mail_node *node,
			const struct mail_slot *slot)
{
	if (!has_value(node, slot))
		return;
	if (node->name->kind == MAIL_NAME_IMAGE) {
		if (writer->images == NULL)
			return;
		g_string_append_printf(writer->out, "%c%u%c", MAIL_IMAGE_MARK, writer->images->len,
				       MAIL_VALUE_END);
		g_ptr_array_add(writer->images, (gpointer)&slot->image);
		return;
	}
	if (writer->images != NULL)
		g_string_append_c(writer->out, MAIL_VALUE_BEGIN);
	g_string_append(writer->out, slot->text);
	if (writer->images != NULL)
		g_string_append_c(writer->out, MAIL_VALUE_END);
}

static void write_nodes(struct writer *writer, size_t from, size_t to,
			const struct mail_values *values)
{
	for (size_t i = from; i < to;) {
		const struct mail_node *node = mail_node_at(writer->template, i);
		const struct mail_slot *slot =
			node->kind == NODE_TEXT ? NULL : mail_values_find(values, node->name);

		if (node->kind == NODE_TEXT)
			g_string_append(writer->out, node->text);
		else if (node->kind == NODE_VALUE)
			write_value(writer, node, slot);
		else if (has_value(node, slot) != (node->kind == NODE_IF))
			; /* the section is left out */
		else if (node->kind == NODE_IF && node->name->kind == MAIL_NAME_LIST)
			for (guint k = 0; k < slot->list->len; k++)
				write_nodes(writer, i + 1, node->end, slot->list->pdata[k]);
		else
			write_nodes(writer, i + 1, node->end, values);
		i = node->kind == NODE_IF || node->kind == NODE_UNLESS ? node->end : i + 1;
	}
}

char *mail_template_write(const struct mail_template *template, const struct mail_values *values,
			  GPtrArray *images)
{
	struct writer writer = {template, g_string_new(NULL), images};

	write_nodes(&writer, 0, template->nodes->len, values);
	return g_string_free(writer.out, FALSE);
}
