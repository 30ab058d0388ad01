/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The store's groups, copied and named. */
#include "groups.h"

#include <stddef.h>
#include <stdlib.h>

#include "util/alloc.h"
#include "util/strbuf.h"

char *group_format(const struct store_group *group)
{
	const struct {
		const char *label, *value;
	} parts[] = {
		{"class ", group->class_name},    {"program ", group->program},
		{"partition ", group->partition}, {"user ", group->user},
		{"account ", group->account},     {"QOS ", group->qos},
		{"cluster ", group->cluster},
	};
	struct strbuf text;

	strbuf_init(&text);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (parts[i].value[0] != '\0')
			strbuf_addf(&text, "%s%s%s", text.len > 0 ? ", " : "", parts[i].label,
				    parts[i].value);
	if (text.len == 0)
		strbuf_adds(&text, "all steps");
	return strbuf_detach(&text);
}

static const size_t group_strings[] = {
	offsetof(struct store_group, cluster), offsetof(struct store_group, partition),
	offsetof(struct store_group, user),    offsetof(struct store_group, class_name),
	offsetof(struct store_group, program), offsetof(struct store_group, account),
	offsetof(struct store_group, qos),
};
#define GROUP_STRINGS (sizeof(group_strings) / sizeof(group_strings[0]))

void group_copy(const struct store_group *from, struct store_group *to)
{
	*to = *from;
	for (size_t i = 0; i < GROUP_STRINGS; i++) {
		const char **at = (const char **)((char *)to + group_strings[i]);

		*at = xstrdup(*at);
	}
}

void group_release(struct store_group *group)
{
	for (size_t i = 0; i < GROUP_STRINGS; i++)
		free(*(char **)((char *)group + group_strings[i]));
}

int group_list(struct store *store, const struct store_group_selection *selection,
	       struct store_group **ret_list, size_t *ret_count, struct jo_err *err)
{
	struct store_cursor *cursor = NULL;
	struct store_group *list = NULL;
	struct store_group group;
	size_t count = 0, capacity = 0;
	int rc = store_groups_open(store, selection, &cursor, err);

	if (rc < 0)
		return rc;
	while ((rc = store_groups_next(cursor, &group, err)) > 0) {
		list = xgrow(list, count, &capacity, sizeof(list[0]));
		group_copy(&group, &list[count++]);
	}
	store_cursor_close(cursor);
	if (rc < 0) {
		group_list_free(list, count);
		return rc;
	}
	*ret_list = list;
	*ret_count = count;
	return 0;
}

void group_list_free(struct store_group *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		group_release(&list[i]);
	free(list);
}
