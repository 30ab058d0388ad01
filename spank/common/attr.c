/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rules for attributes and class names, and the short list that holds them. */
#include "joboutliers/attr.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "joboutliers/utf8.h"

/* Foreign text is quoted up to this length in an error. */
#define QUOTE_MAX 40

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_key(const char *key, size_t len)
{
	if (len == 0 || len >= JO_ATTR_KEY_SIZE || !is_letter(key[0]))
		return false;
	for (size_t i = 1; i < len; i++)
		if (!is_letter(key[i]) && !(key[i] >= '0' && key[i] <= '9') && key[i] != '.' &&
		    key[i] != '-')
			return false;
	return true;
}

/* Whether the first len bytes of text are printable characters, none of them the separator. */
static bool is_printable(const char *text, size_t len, char separator)
{
	size_t i = 0;

	while (i < len) {
		size_t length = jo_utf8_printable(text + i);

		if (length == 0 || i + length > len || text[i] == separator)
			return false;
		i += length;
	}
	return true;
}

static struct jo_attr *find(struct jo_attrs *attrs, const char *key, size_t len)
{
	for (size_t i = 0; i < attrs->count; i++)
		if (strncmp(attrs->list[i].key, key, len) == 0 && attrs->list[i].key[len] == '\0')
			return &attrs->list[i];
	return NULL;
}

static int set(struct jo_attrs *attrs, const char *key, size_t key_len, const char *value,
	       size_t value_len, struct jo_err *err)
{
	struct jo_attr *attr;

	if (!is_key(key, key_len))
		return jo_err_set(err, -EINVAL,
				  "attribute '%.*s': expected a key of 1 to %d letters, digits, "
				  "'_', '.' or '-', starting with a letter or '_'",
				  key_len < QUOTE_MAX ? (int)key_len : QUOTE_MAX, key,
				  JO_ATTR_KEY_SIZE - 1);
	if (value_len == 0)
		return jo_err_set(err, -EINVAL,
				  "attribute '%.*s' has no value: expected %.*s=VALUE",
				  (int)key_len, key, (int)key_len, key);
	if (value_len >= JO_ATTR_VALUE_SIZE)
		return jo_err_set(err, -EINVAL,
				  "attribute '%.*s': its value has %zu bytes, at most %d",
				  (int)key_len, key, value_len, JO_ATTR_VALUE_SIZE - 1);
	if (!is_printable(value, value_len, ','))
		return jo_err_set(
			err, -EINVAL,
			"attribute '%.*s': expected a value of printable UTF-8 without ','",
			(int)key_len, key);

	attr = find(attrs, key, key_len);
	if (attr == NULL) {
		if (attrs->count == JO_ATTR_MAX)
			return jo_err_set(err, -E2BIG,
					  "attribute '%.*s' is one too many: at most %d",
					  (int)key_len, key, JO_ATTR_MAX);
		attr = &attrs->list[attrs->count++];
		memset(attr, 0, sizeof(*attr));
	}
	memcpy(attr->key, key, key_len);
	attr->key[key_len] = '\0';
	memcpy(attr->value, value, value_len);
	attr->value[value_len] = '\0';
	return 0;
}

int jo_attrs_parse(const char *text, struct jo_attrs *ret_attrs, struct jo_err *err)
{
	struct jo_attrs attrs; /* of which the pairs that were read are set, and copied, alone */

	attrs.count = 0;
	for (;;) {
		size_t len = strcspn(text, ",");
		size_t key_len = strcspn(text, "=,");
		int rc;

		if (key_len == len)
			return jo_err_set(err, -EINVAL, "attribute '%.*s': expected KEY=VALUE",
					  len < QUOTE_MAX ? (int)len : QUOTE_MAX, text);
		if (find(&attrs, text, key_len) != NULL)
			return jo_err_set(err, -EINVAL, "attribute '%.*s' is given twice",
					  (int)key_len, text);
		rc = set(&attrs, text, key_len, text + key_len + 1, len - key_len - 1, err);
		if (rc < 0)
			return rc;
		if (text[len] == '\0')
			break;
		text += len + 1;
	}
	ret_attrs->count = attrs.count;
	memcpy(ret_attrs->list, attrs.list, attrs.count * sizeof(attrs.list[0]));
	return 0;
}

int jo_attrs_set(struct jo_attrs *attrs, const char *key, const char *value, struct jo_err *err)
{
	return set(attrs, key, strlen(key), value, strlen(value), err);
}

char *jo_attrs_format(const struct jo_attrs *attrs, char text[JO_ATTRS_TEXT_SIZE])
{
	char *end = text;

	*end = '\0';
	for (size_t i = 0; i < attrs->count; i++) {
		if (i > 0)
			*end++ = ',';
		end = stpcpy(end, attrs->list[i].key);
		*end++ = '=';
		end = stpcpy(end, attrs->list[i].value);
	}
	return text;
}

const char *jo_attrs_get(const struct jo_attrs *attrs, const char *key)
{
	for (size_t i = 0; i < attrs->count; i++)
		if (strcmp(attrs->list[i].key, key) == 0)
			return attrs->list[i].value;
	return NULL;
}

int jo_class_check(const char *text, struct jo_err *err)
{
	size_t len = strnlen(text, JO_CLASS_SIZE);

	if (len == 0)
		return jo_err_set(err, -EINVAL, "empty class: expected a name such as align");
	if (len >= JO_CLASS_SIZE)
		return jo_err_set(err, -EINVAL,
				  "class '%.*s...': expected a name of at most %d bytes", QUOTE_MAX,
				  text, JO_CLASS_SIZE - 1);
	if (!is_printable(text, len, '|'))
		return jo_err_set(err, -EINVAL,
				  "class '%.*s': expected a name of printable UTF-8 without '|'",
				  QUOTE_MAX, text);
	return 0;
}
