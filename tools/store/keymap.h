/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A hash table from a few integers to a few integers, for caches of ids.  Private to store/. */
#ifndef STORE_KEYMAP_H
#define STORE_KEYMAP_H

#include <stddef.h>
#include <stdint.h>

#define KEYMAP_KEY_MAX 8   /* the columns that make a group */
#define KEYMAP_VALUE_MAX 4 /* what is noted of a node */

struct keymap_entry {
	int64_t key[KEYMAP_KEY_MAX];
	int64_t value[KEYMAP_VALUE_MAX];
	int64_t is_used;
};

/* Zeroed memory with key_count set is an empty map. */
struct keymap {
	size_t key_count; /* integers in a key */
	size_t count, slots;
	struct keymap_entry *entries; /* slots of them; those with is_used are the map */
};

/* The value of the key, or NULL; good until the next keymap_put. */
int64_t *keymap_get(const struct keymap *map, const int64_t *key);

/* The value of the key, all 0 when it is new; good until the next keymap_put. */
int64_t *keymap_put(struct keymap *map, const int64_t *key);

/* Take everything out, keep the memory. */
void keymap_clear(struct keymap *map);

/* Give the memory back; the map is empty then. */
void keymap_release(struct keymap *map);

#endif
