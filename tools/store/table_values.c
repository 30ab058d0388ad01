/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reals are the same when their bits are. */
#include "table_values.h"

#include <math.h>
#include <string.h>

/* SQLite keeps no -0. */
static uint64_t bits_of(double real)
{
	double value = fpclassify(real) == FP_ZERO ? 0 : real;
	uint64_t bits;

	memcpy(&bits, &value, sizeof(bits));
	return bits;
}

static bool is_same(const struct db_value *a, const struct db_value *b)
{
	if (a->type != b->type)
		return false;
	switch (a->type) {
	case DB_INTEGER:
		return a->integer == b->integer;
	case DB_REAL:
		return bits_of(a->real) == bits_of(b->real);
	case DB_TEXT:
	case DB_BLOB:
		return a->size == b->size &&
		       (a->size == 0 || memcmp(a->data, b->data, a->size) == 0);
	case DB_NULL:
		break;
	}
	return true;
}

bool table_values_are_same(const struct table *table, const struct db_value *a,
			   const struct db_value *b)
{
	for (size_t i = 0; i < table->count; i++)
		if (!is_same(&a[i], &b[i]))
			return false;
	return true;
}

static void add_number(GChecksum *sum, uint64_t number)
{
	guchar bytes[8];

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (guchar)(number >> (56 - 8 * i));
	g_checksum_update(sum, bytes, sizeof(bytes));
}

/* Types, and lengths before what they are of: no two rows give the same bytes. */
static void add_value(GChecksum *sum, const struct db_value *value)
{
	const guchar type = (guchar)value->type;

	g_checksum_update(sum, &type, 1);
	switch (value->type) {
	case DB_INTEGER:
		add_number(sum, (uint64_t)value->integer);
		break;
	case DB_REAL:
		add_number(sum, bits_of(value->real));
		break;
	case DB_TEXT:
	case DB_BLOB:
		add_number(sum, value->size);
		g_checksum_update(sum, (const guchar *)value->data, (gssize)value->size);
		break;
	case DB_NULL:
		break;
	}
}

void table_values_add(const struct table *table, const struct db_value *row, GChecksum *sum)
{
	for (size_t i = 0; i < table->count; i++)
		add_value(sum, &row[i]);
}
