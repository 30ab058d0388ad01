/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Values by name, in the order of their table. */
#include "mail/template_parts.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "mail/doc.h"

struct mail_values *mail_values_new(const struct mail_name *names)
{
	struct mail_values *values = g_new0(struct mail_values, 1);
	size_t count = 0;

	while (names[count].name != NULL)
		count++;
	values->names = names;
	values->slots = g_new0(struct mail_slot, count);
	return values;
}

void mail_values_free(struct mail_values *values)
{
	if (values == NULL)
		return;
	for (size_t i = 0; values->names[i].name != NULL; i++) {
		struct mail_slot *slot = &values->slots[i];

		g_free(slot->text);
		g_free(slot->image.text);
		g_clear_pointer(&slot->image.png, g_bytes_unref);
		g_clear_pointer(&slot->list, g_ptr_array_unref);
	}
	g_free(values->slots);
	g_free(values);
}

/* A name that its table does not have is our own mistake. */
static struct mail_slot *slot_of(struct mail_values *values, const char *name,
				 enum mail_name_kind kind)
{
	size_t i = 0;

	while (values->names[i].name != NULL && strcmp(values->names[i].name, name) != 0)
		i++;
	assert(values->names[i].name != NULL && values->names[i].kind == kind);
	(void)kind;
	return &values->slots[i];
}

void mail_values_text(struct mail_values *values, const char *name, const char *text)
{
	struct mail_slot *slot = slot_of(values, name, MAIL_NAME_TEXT);

	g_free(slot->text);
	slot->text = text == NULL || text[0] == '\0' ? NULL : mail_clean(text, MAIL_CLEAN_MAX);
}

void mail_values_format(struct mail_values *values, const char *name, const char *format, ...)
{
	va_list ap;
	char *text;

	va_start(ap, format);
	text = g_strdup_vprintf(format, ap);
	va_end(ap);
	mail_values_text(values, name, text);
	g_free(text);
}

void mail_values_count(struct mail_values *values, const char *name, int64_t count)
{
	struct mail_slot *slot = slot_of(values, name, MAIL_NAME_COUNT);

	g_free(slot->text);
	slot->text = count == 0 ? NULL : g_strdup_printf("%" PRId64, count);
	slot->count = count;
}

void mail_values_flag(struct mail_values *values, const char *name, bool is_set)
{
	slot_of(values, name, MAIL_NAME_FLAG)->is_set = is_set;
}

void mail_values_image(struct mail_values *values, const char *name, const void *png,
		       size_t png_size, const char *text)
{
	struct mail_slot *slot = slot_of(values, name, MAIL_NAME_IMAGE);

	g_clear_pointer(&slot->image.png, g_bytes_unref);
	g_free(slot->image.text);
	slot->image.png = g_bytes_new(png, png_size);
	slot->image.text = g_strdup(text);
}

static void free_member(gpointer member)
{
	mail_values_free(member);
}

struct mail_values *mail_values_member(struct mail_values *values, const char *name)
{
	struct mail_slot *slot = slot_of(values, name, MAIL_NAME_LIST);
	struct mail_values *member;

	if (slot->list == NULL)
		slot->list = g_ptr_array_new_with_free_func(free_member);
	member = mail_values_new(values->names[slot - values->slots].members);
	member->outer = values;
	g_ptr_array_add(slot->list, member);
	return member;
}

const struct mail_slot *mail_values_find(const struct mail_values *values,
					 const struct mail_name *name)
{
	for (; values != NULL; values = values->outer)
		for (size_t i = 0; values->names[i].name != NULL; i++)
			if (&values->names[i] == name)
				return &values->slots[i];
	return NULL;
}
