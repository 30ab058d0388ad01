/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The types of configuration values: one function reads one type. */
#include "conf/value.h"
#include "conf/link.h"
#include "joboutliers/units.h"
#include "util/alloc.h"
#include "util/strbuf.h"
#include "util/words.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static void *member(struct conf *conf, const struct conf_key *key)
{
	return (char *)conf + key->offset;
}

static int refuse(const struct conf_key *key, const char *text, struct jo_err *err)
{
	char expects[160];

	return jo_err_set(err, -EINVAL, "%s=%.60s: expected %s", key->name, text,
			  conf_key_expects(key, expects, sizeof(expects)));
}

static void replace_string(char **string, const char *text)
{
	free(*string);
	*string = xstrdup(text);
}

static bool has_control(const char *text)
{
	for (; *text != '\0'; text++)
		if ((unsigned char)*text < 0x20 || *text == 0x7f)
			return true;
	return false;
}

static int set_string(struct conf *conf, const struct conf_key *key, const char *text,
		      struct jo_err *err)
{
	if (has_control(text))
		return refuse(key, text, err);
	replace_string(member(conf, key), text);
	return 0;
}

static int set_path(struct conf *conf, const struct conf_key *key, const char *text,
		    struct jo_err *err)
{
	bool may_be_empty = key->default_text[0] == '\0';

	if (has_control(text) || (text[0] != '/' && !(text[0] == '\0' && may_be_empty)))
		return refuse(key, text, err);
	replace_string(member(conf, key), text);
	return 0;
}

/* "postgresql://..." or "host=...", of which libpq knows more than is to be known here.  A file's
 * name may have '=' in it, too, but behind what no key of libpq's has. */
static bool is_of_server(const char *text)
{
	const char *sign = strpbrk(text, "=/?");

	return strstr(text, "://") != NULL || (sign != NULL && *sign == '=');
}

static int set_database(struct conf *conf, const struct conf_key *key, const char *text,
			struct jo_err *err)
{
	if (has_control(text) || (text[0] != '/' && !is_of_server(text)))
		return refuse(key, text, err);
	replace_string(member(conf, key), text);
	return 0;
}

static int set_words(struct conf *conf, const struct conf_key *key, const char *text,
		     bool (*is_valid)(const char *word), struct jo_err *err)
{
	struct strlist list = {0};

	strlist_split(&list, text);
	for (size_t i = 0; i < list.count; i++) {
		if (is_valid(list.list[i]))
			continue;
		(void)refuse(key, list.list[i], err);
		strlist_release(&list);
		return -EINVAL;
	}
	strlist_release(member(conf, key));
	*(struct strlist *)member(conf, key) = list;
	return 0;
}

static bool is_absolute(const char *path)
{
	return path[0] == '/';
}

static int set_paths(struct conf *conf, const struct conf_key *key, const char *text,
		     struct jo_err *err)
{
	if (text[strspn(text, ", \t")] == '\0')
		return refuse(key, text, err);
	return set_words(conf, key, text, is_absolute, err);
}

static bool is_any(const char *word)
{
	(void)word;
	return true;
}

static int set_list(struct conf *conf, const struct conf_key *key, const char *text,
		    struct jo_err *err)
{
	return set_words(conf, key, text, is_any, err);
}

static int set_links(struct conf *conf, const struct conf_key *key, const char *text,
		     struct jo_err *err)
{
	return set_words(conf, key, text, link_is_valid, err);
}

static int set_bool(struct conf *conf, const struct conf_key *key, const char *text,
		    struct jo_err *err)
{
	static const struct {
		const char *word;
		bool value;
	} words[] = {{"yes", true},    {"no", false}, {"true", true},
		     {"false", false}, {"1", true},   {"0", false}};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcasecmp(text, words[i].word) == 0) {
			*(bool *)member(conf, key) = words[i].value;
			return 0;
		}
	}
	return refuse(key, text, err);
}

static int set_int(struct conf *conf, const struct conf_key *key, const char *text,
		   struct jo_err *err)
{
	long long value;
	char *end;

	errno = 0;
	value = strtoll(text, &end, 10);
	if (errno != 0 || end == text || *end != '\0' || (double)value < key->min ||
	    (double)value > key->max)
		return refuse(key, text, err);
	*(int64_t *)member(conf, key) = value;
	return 0;
}

static int set_real(struct conf *conf, const struct conf_key *key, const char *text,
		    struct jo_err *err)
{
	double value;
	char *end;

	errno = 0;
	value = strtod(text, &end);
	if (errno != 0 || end == text || *end != '\0' || !isfinite(value) || value < key->min ||
	    value > key->max)
		return refuse(key, text, err);
	*(double *)member(conf, key) = value;
	return 0;
}

static int set_duration(struct conf *conf, const struct conf_key *key, const char *text,
			struct jo_err *err)
{
	if (jo_duration_parse(text, member(conf, key), NULL) < 0)
		return refuse(key, text, err);
	return 0;
}

static int set_size(struct conf *conf, const struct conf_key *key, const char *text,
		    struct jo_err *err)
{
	if (jo_bytes_parse(text, member(conf, key), NULL) < 0)
		return refuse(key, text, err);
	return 0;
}

static int set_enum(struct conf *conf, const struct conf_key *key, const char *text,
		    struct jo_err *err)
{
	int index = words_index(key->words, text);

	if (index < 0)
		return refuse(key, text, err);
	*(int64_t *)member(conf, key) = index;
	return 0;
}

/* The bit of a word; 0 for none. */
static int64_t word_bit(const char *const *words, const char *text)
{
	int index = words_index(words, text);

	return index < 0 ? 0 : INT64_C(1) << index;
}

/* The bits of "Mon", or of "Mon-Fri"; 0 for neither. */
static int64_t range_bits(const char *const *words, const char *text)
{
	size_t len = strcspn(text, "-");
	char first[16] = "";
	int64_t bits = 0;
	int from, to, count = 0;

	if (len >= sizeof(first))
		return 0;
	memcpy(first, text, len);
	from = words_index(words, first);
	to = text[len] == '\0' ? from : words_index(words, text + len + 1);
	if (from < 0 || to < 0)
		return 0;
	while (words[count] != NULL)
		count++;
	for (int i = from; i != to; i = (i + 1) % count)
		bits |= INT64_C(1) << i;
	return bits | INT64_C(1) << to;
}

static int set_bits(struct conf *conf, const struct conf_key *key, const char *text,
		    int64_t (*bits_of)(const char *const *words, const char *text),
		    struct jo_err *err)
{
	struct strlist list = {0};
	int64_t bits = 0;
	int rc = 0;

	strlist_split(&list, text);
	for (size_t i = 0; i < list.count && rc == 0; i++) {
		int64_t more = bits_of(key->words, list.list[i]);

		if (more == 0)
			rc = refuse(key, list.list[i], err);
		bits |= more;
	}
	strlist_release(&list);
	if (rc == 0 && bits == 0)
		rc = refuse(key, text, err);
	if (rc == 0)
		*(int64_t *)member(conf, key) = bits;
	return rc;
}

static int set_set(struct conf *conf, const struct conf_key *key, const char *text,
		   struct jo_err *err)
{
	return set_bits(conf, key, text, word_bit, err);
}

static int set_ranges(struct conf *conf, const struct conf_key *key, const char *text,
		      struct jo_err *err)
{
	return set_bits(conf, key, text, range_bits, err);
}

static void release_string(void *value)
{
	free(*(char **)value);
	*(char **)value = NULL;
}

static void release_list(void *value)
{
	strlist_release(value);
}

static const struct {
	int (*set)(struct conf *conf, const struct conf_key *key, const char *text,
		   struct jo_err *err);
	void (*release)(void *value); /* NULL: owns nothing */
	const char *expects;          /* NULL: made from the key's range or words */
} types[] = {
	[CONF_STRING] = {set_string, release_string, "a text without control characters"},
	[CONF_PATH] = {set_path, release_string, "an absolute path"},
	[CONF_DATABASE] = {set_database, release_string, "an absolute path or postgresql://..."},
	[CONF_PATHS] = {set_paths, release_list, "absolute paths, separated by commas"},
	[CONF_LIST] = {set_list, release_list, "words, separated by commas"},
	[CONF_LINKS] = {set_links, release_list,
			"NAME=https://HOST/PATH with {job} and the like behind the host"},
	[CONF_BOOL] = {set_bool, NULL, "yes or no"},
	[CONF_INT] = {set_int, NULL, NULL},
	[CONF_REAL] = {set_real, NULL, NULL},
	[CONF_DURATION] = {set_duration, NULL, "a duration such as 90s, 10min, 2h or 1-12:00:00"},
	[CONF_SIZE] = {set_size, NULL, "a size such as 500M or 1.5G"},
	[CONF_ENUM] = {set_enum, NULL, NULL},
	[CONF_SET] = {set_set, NULL, NULL},
	[CONF_RANGES] = {set_ranges, NULL, NULL},
};

int conf_value_set(struct conf *conf, const struct conf_key *key, const char *text,
		   struct jo_err *err)
{
	return types[key->type].set(conf, key, text, err);
}

void conf_value_release(struct conf *conf, const struct conf_key *key)
{
	if (types[key->type].release != NULL)
		types[key->type].release(member(conf, key));
}

char *conf_key_expects(const struct conf_key *key, char *buf, size_t size)
{
	struct strbuf text;

	strbuf_init(&text);
	if (types[key->type].expects != NULL) {
		strbuf_adds(&text, types[key->type].expects);
	} else if (key->words != NULL) {
		strbuf_adds(&text, key->type == CONF_ENUM ? "one of" : "one or more of");
		for (size_t i = 0; key->words[i] != NULL; i++)
			strbuf_addf(&text, "%s %s", i > 0 ? "," : "", key->words[i]);
		if (key->type == CONF_RANGES)
			strbuf_addf(&text, ", or of ranges such as %s-%s", key->words[1],
				    key->words[2]);
	} else {
		strbuf_addf(&text, "a%s number from %.10g to %.10g",
			    key->type == CONF_INT ? " whole" : "", key->min, key->max);
	}
	buf[0] = '\0';
	(void)strncat(buf, text.text, size - 1);
	strbuf_release(&text);
	return buf;
}
