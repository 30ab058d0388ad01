/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ids of types, which are the same in every PostgreSQL: pg_type.dat.  Private to that engine. */
#ifndef STORE_POSTGRES_OID_H
#define STORE_POSTGRES_OID_H

enum {
	OID_BOOL = 16,
	OID_BYTEA = 17,
	OID_INT8 = 20,
	OID_INT2 = 21,
	OID_INT4 = 23,
	OID_TEXT = 25,
	OID_FLOAT8 = 701,
};

#endif
