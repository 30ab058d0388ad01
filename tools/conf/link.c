/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The placeholders, and where they may stand. */
#include "conf/link.h"

#include <stddef.h>
#include <string.h>

/* tools/report/page/findings.js fills them in. */
static const char *const placeholders[] = {"job",     "jobid",     "user",     "account",
					   "cluster", "partition", "class",    "node",
					   "start",   "end",       "start_ms", "end_ms"};

/* What follows the scheme; NULL: it is not one of these. */
static const char *after_scheme(const char *address)
{
	static const char *const schemes[] = {"https://", "http://"};

	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++)
		if (strncmp(address, schemes[i], strlen(schemes[i])) == 0)
			return address + strlen(schemes[i]);
	return NULL;
}

static bool is_placeholder(const char *name, size_t len)
{
	for (size_t i = 0; i < sizeof(placeholders) / sizeof(placeholders[0]); i++)
		if (strlen(placeholders[i]) == len && memcmp(placeholders[i], name, len) == 0)
			return true;
	return false;
}

static bool are_placeholders_known(const char *text)
{
	const char *open, *close;

	for (; (open = strchr(text, '{')) != NULL; text = close) {
		close = strchr(open, '}');
		if (close == NULL || !is_placeholder(open + 1, (size_t)(close - open - 1)))
			return false;
	}
	return true;
}

static bool is_plain(const char *text)
{
	for (; *text != '\0'; text++)
		if ((unsigned char)*text < 0x20 || *text == 0x7f)
			return false;
	return true;
}

bool link_is_valid(const char *text)
{
	const char *equals = strchr(text, '='), *host;
	size_t host_len;

	if (equals == NULL || equals == text || !is_plain(text))
		return false;
	host = after_scheme(equals + 1);
	if (host == NULL)
		return false;
	/* Of a host that a name of a job makes, the job's owner would be the host. */
	host_len = strcspn(host, "/?#");
	return host_len > 0 && memchr(host, '{', host_len) == NULL && strchr(host, ' ') == NULL &&
	       are_placeholders_known(host + host_len);
}
