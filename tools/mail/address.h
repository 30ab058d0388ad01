/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who gets a user's mail: addresses checked before they come near a header or
 * an SMTP command, and the site's file that maps users to addresses.
 */
#ifndef MAIL_ADDRESS_H
#define MAIL_ADDRESS_H

#include <glib.h>
#include <stddef.h>

#include "joboutliers/err.h"

#define MAIL_ADDRESS_SIZE 255 /* RFC 5321, 4.5.3.1: a path of 256 has two brackets; and the NUL */

/*
 * Whether text is an address that needs no quoting anywhere: ASCII, a dot-atom
 * of at most 64 bytes, '@', and a domain of letters, digits, '-' and dots.
 * Quoted local parts, comments, address literals and a leading '-' (a mail
 * program could take it for an option) are refused.
 *
 * Returns 0, or -EINVAL with *err quoting the text.
 */
int mail_address_check(const char *text, struct jo_err *err);

/* Zeroed memory is an empty map. */
struct mail_map {
	GHashTable *addresses;   /* user to address; "" when the file's was bad, so that no other is
				    used */
	size_t bad_count;        /* lines that could not be used */
	struct jo_err first_bad; /* about the first of them, for the admin */
};

/*
 * Read a MailMap: lines of "user address" or "user: address", '#' at the
 * start of a word begins a comment.  A user given twice has the later address.  A line that cannot
 * be used is counted and leaves the others in force: one bad entry in thousands must not silence
 * everybody.
 *
 * Returns 0, or a negative errno when the file cannot be read; *ret_map is then
 * untouched.
 */
int mail_map_read(const char *path, struct mail_map *ret_map, struct jo_err *err);

/* Free the addresses.  Zeroed memory is fine. */
void mail_map_release(struct mail_map *map);

/*
 * Put the address of user into ret_address: the map's, else user@domain when
 * domain is not empty.  map may be NULL.
 *
 * Returns 0; -ENOENT when there is neither; or -EINVAL when the result would
 * be no address.  *err then says why in words for the admin.
 */
int mail_address_of(const struct mail_map *map, const char *domain, const char *user,
		    char ret_address[MAIL_ADDRESS_SIZE], struct jo_err *err);

#endif
