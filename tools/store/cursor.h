/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Cursors: what a store_..._open hands out, to be read by the store_..._next of
 * the same name.  Every ..._next returns 1 and the next struct, 0 at the end, or
 * a negative errno.  Writing to rows that a cursor has not yet reached may or
 * may not be seen by it.
 */
#ifndef STORE_CURSOR_H
#define STORE_CURSOR_H

struct store_cursor;

/* End a cursor of any kind; NULL is fine. */
void store_cursor_close(struct store_cursor *cursor);

#endif
