/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A row for each node, so that a record that comes twice is kept once.  Folded
 * text repeats its frames in nearly every line: 3,965 bytes of a Python program's
 * 28 stacks were 434 when compressed, in 31 us.
 */
#include "profile_text.h"

#include <errno.h>
#include <string.h>
#include <zlib.h>

#include "joboutliers/record.h"
#include "open_store.h"
#include "row.h"
#include "statements.h"
#include "util/strbuf.h"

/* Nodes of a step do the same work; those of a step of thousands would take megabytes. */
#define NODES_MAX 16

/* What zlib's compressBound(), which is no constant, adds is 14 bytes. */
#define COMPRESSED_SIZE (JO_PROFILE_SIZE + 64)

int profile_text_put(struct store *store, int64_t step_id, const struct row *node,
		     struct jo_err *err)
{
	unsigned char compressed[COMPRESSED_SIZE];
	uLongf size = sizeof(compressed);
	struct db_stmt *stmt;
	int rc;

	if (node->profile == NULL)
		return 0;
	if (compress2(compressed, &size, (const Bytef *)node->profile, strlen(node->profile),
		      Z_BEST_COMPRESSION) != Z_OK)
		return jo_err_set(err, -ENOMEM, "a profile could not be compressed");
	rc = store_use(store, STMT_PROFILE_PUT, &stmt, err);
	if (rc < 0)
		return rc;
	db_bind_int(stmt, step_id);
	db_bind_int(stmt, node->cells[COL_node_id].number);
	db_bind_blob(stmt, compressed, size);
	db_bind_int(stmt, NODES_MAX);
	return db_run(stmt, err);
}

/* One node's text, which ends in a newline wherever it was cut. */
static int add_text(struct store *store, struct db_stmt *stmt, struct strbuf *text,
		    struct jo_err *err)
{
	char bytes[JO_PROFILE_SIZE];
	uLongf len = sizeof(bytes) - 1;
	size_t size;
	const void *compressed = db_column_blob(stmt, &size);
	int rc = db_row_check(stmt, err);

	if (rc < 0)
		return rc;
	if (uncompress((Bytef *)bytes, &len, compressed, size) != Z_OK ||
	    memchr(bytes, '\0', len) != NULL)
		return jo_err_set(err, -EBADMSG,
				  "database %s: damaged: a profile cannot be unpacked; restore it "
				  "from a backup",
				  db_name(store->db));
	strbuf_add(text, bytes, len);
	if (len > 0 && bytes[len - 1] != '\n')
		strbuf_addc(text, '\n');
	return 0;
}

int store_profile_get(struct store *store, int64_t step_id, char **ret_text, struct jo_err *err)
{
	struct db_stmt *stmt;
	struct strbuf text;
	int rc = store_use(store, STMT_PROFILE_GET, &stmt, err);

	if (rc < 0)
		return rc;
	strbuf_init(&text);
	db_bind_int(stmt, step_id);
	while ((rc = db_step(stmt, err)) > 0) {
		rc = add_text(store, stmt, &text, err);
		if (rc < 0)
			break;
	}
	db_reset(stmt);
	if (rc == 0 && text.len > 0) {
		*ret_text = strbuf_detach(&text);
		rc = 1;
	}
	strbuf_release(&text);
	return rc;
}
