/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A MailMap: whatever it holds, what comes out for anybody is an address that needs no quoting. */
#include "fuzz.h"
#include "mail/address.h"

static void check_one(const struct mail_map *map, const char *domain, const char *user)
{
	char address[MAIL_ADDRESS_SIZE];
	struct jo_err err = {0};

	if (mail_address_of(map, domain, user, address, &err) < 0) {
		fuzz_check(err.text[0] != '\0');
		return;
	}
	fuzz_check(mail_address_check(address, NULL) == 0 && address[0] != '-');
	for (const char *c = address; *c != '\0'; c++)
		fuzz_check(*c > ' ' && *c < 0x7f && strchr("\"(),:;<>[\\]", *c) == NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size), path[FUZZ_PATH_SIZE];
	int fd = fuzz_file(data, size, path);
	struct mail_map map;
	GHashTableIter users;
	gpointer user;

	fuzz_check(mail_map_read(path, &map, NULL) == 0);
	fuzz_check((map.bad_count > 0) == (map.first_bad.text[0] != '\0'));
	g_hash_table_iter_init(&users, map.addresses);
	while (g_hash_table_iter_next(&users, &user, NULL))
		check_one(&map, "example.org", user);
	check_one(NULL, text, "ada");
	check_one(NULL, "example.org", text);
	mail_map_release(&map);
	(void)close(fd);
	free(text);
	return 0;
}
