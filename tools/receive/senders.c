/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "receive/senders.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "joboutliers/record.h"
#include "util/alloc.h"

/* Users and hosts of a site, and some more: 8 MB of them. */
#define SENDERS_MAX 65536

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct sender *)a)->name, ((const struct sender *)b)->name);
}

void senders_init(struct senders *senders)
{
	*senders = (struct senders){.others.name = "others"};
}

void senders_release(struct senders *senders)
{
	tdestroy(senders->tree, free);
	senders_init(senders);
}

struct sender *senders_get(struct senders *senders, const char *name)
{
	struct sender key = {0}, **found, *added;

	jo_record_set_string(key.name, sizeof(key.name), name);
	found = tfind(&key, &senders->tree, by_name);
	if (found != NULL)
		return *found;
	if (senders->count == SENDERS_MAX)
		return &senders->others;
	added = xcalloc(1, sizeof(*added));
	*added = key;
	if (tsearch(added, &senders->tree, by_name) == NULL)
		alloc_failed();
	senders->count++;
	return added;
}

bool senders_may(int64_t own, int64_t free)
{
	return own < free;
}

int64_t sender_spooled(struct sender *sender, uint64_t generation)
{
	if (sender->generation != generation) {
		sender->spooled_before_bytes =
			sender->generation + 1 == generation ? sender->spooled_bytes : 0;
		sender->spooled_bytes = 0;
		sender->generation = generation;
	}
	return sender->spooled_before_bytes + sender->spooled_bytes;
}

void sender_add_spooled(struct sender *sender, uint64_t generation, int64_t bytes)
{
	(void)sender_spooled(sender, generation);
	sender->spooled_bytes += bytes;
}

int64_t sender_take_roots(struct sender *sender, int64_t day, int64_t wanted, int64_t max)
{
	int64_t room;

	if (sender->root_day != day) {
		sender->root_day = day;
		sender->root_count = 0;
	}
	room = max - sender->root_count;
	if (wanted > room)
		wanted = room > 0 ? room : 0;
	sender->root_count += wanted;
	return wanted;
}
