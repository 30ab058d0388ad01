/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A configuration: refused with the place, or every key has a value of its kind. */
#include "conf/conf.h"
#include "fuzz.h"

static void check_words(const char *member, bool is_path)
{
	struct strlist words;

	memcpy(&words, member, sizeof(words));
	fuzz_check(words.count > 0 || !is_path);
	for (size_t i = 0; i < words.count; i++) {
		fuzz_check(words.list[i][0] != '\0');
		fuzz_check(!is_path || words.list[i][0] == '/');
	}
}

static void check_number(const struct conf_key *key, const char *member)
{
	int64_t number, count = 0;

	memcpy(&number, member, sizeof(number));
	while (key->words != NULL && key->words[count] != NULL)
		count++;
	fuzz_check(number >= 0);
	if (key->type == CONF_INT)
		fuzz_check((double)number >= key->min && (double)number <= key->max);
	else if (key->type == CONF_ENUM)
		fuzz_check(number < count);
	else if (key->type == CONF_SET || key->type == CONF_RANGES)
		fuzz_check(number > 0 && number < INT64_C(1) << count);
}

static void check_key(const struct conf *conf, const struct conf_key *key)
{
	const char *member = (const char *)conf + key->offset;
	const char *text;
	double real;

	switch (key->type) {
	case CONF_STRING:
	case CONF_PATH:
		memcpy(&text, member, sizeof(text));
		fuzz_check(text != NULL);
		fuzz_check(key->type == CONF_STRING || text[0] == '/' ||
			   (text[0] == '\0' && key->default_text[0] == '\0'));
		for (; *text != '\0'; text++)
			fuzz_check((unsigned char)*text >= 0x20 && *text != 0x7f);
		break;
	case CONF_PATHS:
	case CONF_LIST:
		check_words(member, key->type == CONF_PATHS);
		break;
	case CONF_BOOL:
		fuzz_check(*(const unsigned char *)member <= 1);
		break;
	case CONF_REAL:
		memcpy(&real, member, sizeof(real));
		fuzz_check(real >= key->min && real <= key->max);
		break;
	default:
		check_number(key, member);
		break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct conf *conf = NULL;
	struct jo_err err = {0};
	char path[FUZZ_PATH_SIZE];
	int fd = fuzz_file(data, size, path);

	if (conf_read(path, &conf, &err) == 0) {
		for (const struct conf_key *key = conf_keys; key->name != NULL; key++)
			check_key(conf, key);
	} else {
		fuzz_check(conf == NULL && err.code < 0);
		fuzz_check(strncmp(err.text, path, strlen(path)) == 0);
	}
	conf_free(conf);
	(void)close(fd);
	return 0;
}
