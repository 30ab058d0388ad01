/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is an address, and whose: nothing that needs quoting anywhere gets through. */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "mail/address.h"
#include "tap.h"

static const struct {
	const char *text;
	int want;
} addresses[] = {
	{"", -EINVAL},
	{"ada", -EINVAL},
	{"@example.org", -EINVAL},
	{"ada@", -EINVAL},
	{"ada@.org", -EINVAL},
	{"ada@example..org", -EINVAL},
	{"ada@example.org.", -EINVAL},
	{"ada@-example.org", -EINVAL},
	{"ada@example-.org", -EINVAL},
	{"ada@example_x.org", -EINVAL},
	{"ada@[127.0.0.1]", -EINVAL},
	{".ada@example.org", -EINVAL},
	{"ada.@example.org", -EINVAL},
	{"a..da@example.org", -EINVAL},
	{"-oQ/tmp@example.org", -EINVAL},
	{"\"ada l\"@example.org", -EINVAL},
	{"Ada <ada@example.org>", -EINVAL},
	{"ada@example.org, bob@example.org", -EINVAL},
	{"ada@example.org\r\nBcc: all@example.org", -EINVAL},
	{"ada\n@example.org", -EINVAL},
	{"ada@example.org\n", -EINVAL},
	{"ada @example.org", -EINVAL},
	{"ad\xc3\xa4@example.org", -EINVAL},
	{"ada@ex\xc3\xa4mple.org", -EINVAL},
	{"ada@ada@example.org", -EINVAL},
	{"ada@example.org", 0},
	{"a@b", 0},
	{"ada.l+jobs@sub.example-1.org", 0},
	{"o'hara@example.org", 0},
	{"12345@9.example", 0},
};

static void check_syntax(void)
{
	char text[600];

	for (size_t i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++)
		is_int(mail_address_check(addresses[i].text, NULL), addresses[i].want, "%s: %zu",
		       addresses[i].want == 0 ? "an address" : "no address", i);

	memset(text, 'a', sizeof(text));
	memcpy(text + 64, "@example.org", 13);
	is_int(mail_address_check(text, NULL), 0, "a local part of 64 bytes");
	memcpy(text + 65, "@example.org", 13);
	text[64] = 'a';
	is_int(mail_address_check(text, NULL), -EINVAL, "a local part of 65 bytes");
	memset(text, 'a', sizeof(text));
	memcpy(text, "b@", 2);
	for (size_t i = 63; i < 255; i += 60)
		text[i] = '.';
	text[254] = '\0';
	is_int(mail_address_check(text, NULL), 0, "254 bytes");
	text[254] = 'a';
	text[255] = '\0';
	is_int(mail_address_check(text, NULL), -EINVAL, "255 bytes");
}

static const struct {
	const char *user, *domain, *want;
	int want_rc;
	const char *name;
} lookups[] = {
	{"ada", "site.org", "ada@example.org", 0, "the map comes before the domain"},
	{"bob", "site.org", "bob@example.org", 0, "a colon may follow the user"},
	{"cy", "site.org", "cy2@example.org", 0, "the later line of a user holds"},
	{"gus", "site.org", "gus#1@example.org", 0, "'#' within a word is no comment"},
	{"dan", "site.org", NULL, -EINVAL, "a bad address in the map does not fall back"},
	{"eve", "site.org", NULL, -EINVAL, "nor does a missing one"},
	{"zoe", "site.org", "zoe@site.org", 0, "who is not in the map is at the domain"},
	{"zoe", "", NULL, -ENOENT, "without a domain there is no address"},
	{"zoe", NULL, NULL, -ENOENT, "likewise"},
	{"zoe\nBcc: x", "site.org", NULL, -EINVAL, "a name that smuggles a header"},
	{"zo e", "site.org", NULL, -EINVAL, "a name that is no local part"},
	{"", "site.org", NULL, -EINVAL, "no name"},
	{"zoe", "site.org>", NULL, -EINVAL, "a domain that is none"},
	{"comment", "", NULL, -ENOENT, "comments are no users"},
};

static void check_map(void)
{
	static const char text[] = "# comment comment@example.org\n"
				   "\n"
				   "ada\tada@example.org\n"
				   "bob: bob@example.org # moved\r\n"
				   "cy cy1@example.org\n"
				   "dan dan@@example.org\n"
				   "eve\n"
				   ": x@example.org\n"
				   "fay a@example.org b@example.org\n"
				   "gus gus#1@example.org\n"
				   "cy cy2@example.org";
	char path[] = "/tmp/mail_address.XXXXXX";
	char address[MAIL_ADDRESS_SIZE];
	struct mail_map map = {0};
	struct jo_err err = {0};
	int fd = mkstemp(path);

	ok(fd >= 0 && write(fd, text, sizeof(text) - 1) == sizeof(text) - 1, "a map");
	(void)close(fd);
	is_int(mail_map_read("/nonexistent", &map, &err), -ENOENT, "a map that is missing");
	ok(map.addresses == NULL, "leaves the map as it was");
	is_int(mail_map_read(path, &map, &err), 0, "the map is read");
	is_int(map.bad_count, 4, "bad lines are counted");
	ok(strstr(map.first_bad.text, ":6: ") != NULL, "and the first is named");
	for (size_t i = 0; i < sizeof(lookups) / sizeof(lookups[0]); i++) {
		(void)strcpy(address, "untouched");
		is_int(mail_address_of(&map, lookups[i].domain, lookups[i].user, address, &err),
		       lookups[i].want_rc, "%s", lookups[i].name);
		is_str(address, lookups[i].want == NULL ? "untouched" : lookups[i].want,
		       "with its address, if any");
	}
	is_int(mail_address_of(NULL, "site.org", "ada", address, NULL), 0, "no map at all");
	mail_map_release(&map);
	is_int(mail_address_of(&map, "site.org", "ada", address, NULL), 0, "an empty map");
	(void)unlink(path);
}

int main(void)
{
	check_syntax();
	check_map();
	return tap_done();
}
