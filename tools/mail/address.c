/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Address syntax (the part of RFC 5321 that needs no quoting) and the MailMap file. */
#include "mail/address.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LOCAL_PART_MAX 64 /* RFC 5321, 4.5.3.1.1 */
#define LABEL_MAX 63      /* RFC 1035, 2.3.4 */

static const char letters_digits[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

static bool is_letter_or_digit(char c)
{
	return c != '\0' && strchr(letters_digits, c) != NULL;
}

/* RFC 5322, 3.2.3: atext between single dots. */
static bool is_local_part(const char *text, size_t len)
{
	if (len == 0 || len > LOCAL_PART_MAX || text[0] == '-')
		return false;
	for (size_t i = 0; i < len; i++) {
		if (text[i] == '.') {
			if (i == 0 || i + 1 == len || text[i + 1] == '.')
				return false;
		} else if (!is_letter_or_digit(text[i]) &&
			   strchr("!#$%&'*+-/=?^_`{|}~", text[i]) == NULL) {
			return false;
		}
	}
	return true;
}

static bool is_domain(const char *text)
{
	size_t label_len = 0;

	for (const char *c = text;; c++) {
		if (*c == '.' || *c == '\0') {
			if (label_len == 0 || label_len > LABEL_MAX || c[-1] == '-')
				return false;
			if (*c == '\0')
				return true;
			label_len = 0;
		} else if (is_letter_or_digit(*c) || (*c == '-' && label_len > 0)) {
			label_len++;
		} else {
			return false;
		}
	}
}

int mail_address_check(const char *text, struct jo_err *err)
{
	const char *at = strrchr(text, '@');

	if (at == NULL || strlen(text) >= MAIL_ADDRESS_SIZE ||
	    !is_local_part(text, (size_t)(at - text)) || !is_domain(at + 1))
		return jo_err_set(err, -EINVAL, "'%.80s' is not a mail address, expected user@host",
				  text);
	return 0;
}

static void note_bad_line(struct mail_map *map, const char *path, size_t line_number,
			  const char *reason)
{
	if (map->bad_count++ > 0)
		return;
	(void)jo_err_set(&map->first_bad, -EINVAL, "%s:%zu: %s", path, line_number, reason);
}

/* The next word of *rest, cut off there; NULL at the end or at a comment. */
static char *next_word(char **rest)
{
	char *word = *rest + strspn(*rest, " \t\r\n");

	if (*word == '\0' || *word == '#')
		return NULL;
	*rest = word + strcspn(word, " \t\r\n");
	if (**rest != '\0')
		*(*rest)++ = '\0';
	return word;
}

static void read_line(struct mail_map *map, const char *path, size_t line_number, char *line)
{
	struct jo_err err = {0};
	char *user, *address, *rest = line;
	int rc;

	user = next_word(&rest);
	if (user == NULL)
		return;
	address = next_word(&rest);
	if (g_str_has_suffix(user, ":"))
		user[strlen(user) - 1] = '\0';
	if (user[0] == '\0' || address == NULL || next_word(&rest) != NULL)
		rc = jo_err_set(&err, -EINVAL, "expected one user and one address");
	else
		rc = mail_address_check(address, &err);
	if (rc != 0)
		note_bad_line(map, path, line_number, err.text);
	if (user[0] != '\0')
		g_hash_table_replace(map->addresses, g_strdup(user),
				     g_strdup(rc == 0 ? address : ""));
}

int mail_map_read(const char *path, struct mail_map *ret_map, struct jo_err *err)
{
	struct mail_map map = {0};
	size_t line_number = 0, size = 0;
	char *line = NULL;
	FILE *file;
	int rc = 0;

	file = fopen(path, "re");
	if (file == NULL)
		return jo_err_sys(err, -errno, "MailMap %s", path);
	map.addresses = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	while (errno = 0, getline(&line, &size, file) >= 0)
		read_line(&map, path, ++line_number, line);
	if (ferror(file)) {
		rc = jo_err_sys(err, errno == 0 ? -EIO : -errno, "MailMap %s", path);
		mail_map_release(&map);
		goto out;
	}
	*ret_map = map;
out:
	free(line);
	(void)fclose(file);
	return rc;
}

void mail_map_release(struct mail_map *map)
{
	if (map->addresses != NULL)
		g_hash_table_destroy(map->addresses);
	*map = (struct mail_map){0};
}

int mail_address_of(const struct mail_map *map, const char *domain, const char *user,
		    char ret_address[MAIL_ADDRESS_SIZE], struct jo_err *err)
{
	const char *mapped = NULL;
	char *address;
	int rc;

	if (map != NULL && map->addresses != NULL)
		mapped = g_hash_table_lookup(map->addresses, user);
	if (mapped != NULL && mapped[0] == '\0')
		return jo_err_set(err, -EINVAL, "the address of '%.64s' in MailMap is bad", user);
	if (mapped == NULL && (domain == NULL || domain[0] == '\0'))
		return jo_err_set(err, -ENOENT,
				  "'%.64s' is not in MailMap, and MailDomain is not set", user);
	address = mapped != NULL ? g_strdup(mapped) : g_strconcat(user, "@", domain, NULL);
	rc = mail_address_check(address, err);
	if (rc == 0)
		(void)g_strlcpy(ret_address, address, MAIL_ADDRESS_SIZE);
	g_free(address);
	return rc;
}
