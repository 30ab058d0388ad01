/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Open addressing with linear probing, at most half full; nothing is ever taken out singly. */
#include "keymap.h"

#include <stdlib.h>
#include <string.h>

#include "util/alloc.h"

#define FIRST_SLOTS 64 /* a small site's groups fit; must be a power of 2 */

/* Multiply and fold (the constant is 2^64 over the golden ratio): ids are small and dense. */
static uint64_t hash_key(const int64_t *key, size_t count)
{
	uint64_t hash = 0;

	for (size_t i = 0; i < count; i++) {
		hash = (hash ^ (uint64_t)key[i]) * UINT64_C(0x9e3779b97f4a7c15);
		hash ^= hash >> 32;
	}
	return hash;
}

static struct keymap_entry *find(const struct keymap *map, const int64_t *key)
{
	size_t mask = map->slots - 1;
	size_t i = hash_key(key, map->key_count) & mask;

	while (map->entries[i].is_used &&
	       memcmp(map->entries[i].key, key, map->key_count * sizeof(*key)) != 0)
		i = (i + 1) & mask;
	return &map->entries[i];
}

static void grow(struct keymap *map)
{
	struct keymap old = *map;

	map->slots = old.slots > 0 ? 2 * old.slots : FIRST_SLOTS;
	map->entries = xcalloc(map->slots, sizeof(*map->entries));
	for (size_t i = 0; i < old.slots; i++)
		if (old.entries[i].is_used)
			*find(map, old.entries[i].key) = old.entries[i];
	free(old.entries);
}

int64_t *keymap_get(const struct keymap *map, const int64_t *key)
{
	struct keymap_entry *entry;

	if (map->count == 0)
		return NULL;
	entry = find(map, key);
	return entry->is_used ? entry->value : NULL;
}

int64_t *keymap_put(struct keymap *map, const int64_t *key)
{
	struct keymap_entry *entry;

	if (2 * (map->count + 1) > map->slots)
		grow(map);
	entry = find(map, key);
	if (!entry->is_used) {
		memcpy(entry->key, key, map->key_count * sizeof(*key));
		entry->is_used = 1;
		map->count++;
	}
	return entry->value;
}

void keymap_clear(struct keymap *map)
{
	if (map->count > 0)
		memset(map->entries, 0, map->slots * sizeof(*map->entries));
	map->count = 0;
}

void keymap_release(struct keymap *map)
{
	free(map->entries);
	*map = (struct keymap){.key_count = map->key_count};
}
