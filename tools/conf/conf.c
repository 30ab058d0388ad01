/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads a configuration file; what a value may be is in value.c. */
#include "conf/conf.h"
#include "conf/value.h"
#include "util/alloc.h"
#include "util/nearest.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

const struct conf_key *conf_key_find(const char *name)
{
	for (const struct conf_key *key = conf_keys; key->name != NULL; key++)
		if (strcasecmp(key->name, name) == 0)
			return key;
	return NULL;
}

/* A configuration of defaults alone. */
static struct conf *new_conf(void)
{
	struct conf *conf = xcalloc(1, sizeof(*conf));

	conf->path = xstrdup("");
	for (const struct conf_key *key = conf_keys; key->name != NULL; key++) {
		int rc = conf_value_set(conf, key, key->default_text, NULL);

		assert(rc == 0);
		(void)rc;
	}
	return conf;
}

void conf_free(struct conf *conf)
{
	if (conf == NULL)
		return;
	for (const struct conf_key *key = conf_keys; key->name != NULL; key++)
		conf_value_release(conf, key);
	free(conf->path);
	free(conf);
}

static int unknown_key(const char *name, struct jo_err *err)
{
	struct nearest nearest = nearest_to(name);

	for (const struct conf_key *key = conf_keys; key->name != NULL; key++)
		nearest_offer(&nearest, key->name);
	if (nearest.word != NULL)
		return jo_err_set(err, -ENOENT, "%.40s: no such key; did you mean %s?", name,
				  nearest.word);
	return jo_err_set(err, -ENOENT, "%.40s: no such key; joboutliers.conf(5) lists them", name);
}

int conf_set(struct conf *conf, const char *name, const char *value, struct jo_err *err)
{
	const struct conf_key *key = conf_key_find(name);

	if (key == NULL)
		return unknown_key(name, err);
	return conf_value_set(conf, key, value, err);
}

/* Cut white space from both ends of [text, end); the result begins at the returned place. */
static char *trim(char *text, char *end)
{
	while (end > text && isspace((unsigned char)end[-1]))
		end--;
	*end = '\0';
	while (isspace((unsigned char)*text))
		text++;
	return text;
}

static void cut_comment(char *line)
{
	for (char *c = line; *c != '\0'; c++) {
		if (*c == '#' && (c == line || isspace((unsigned char)c[-1]))) {
			*c = '\0';
			return;
		}
	}
}

/* Tabs are blanks, and a line may end as in DOS. */
static int check_characters(const char *line, size_t len, struct jo_err *err)
{
	if (len > 0 && line[len - 1] == '\n')
		len--;
	if (len > 0 && line[len - 1] == '\r')
		len--;
	for (size_t i = 0; i < len; i++)
		if (((unsigned char)line[i] < 0x20 && line[i] != '\t') || line[i] == 0x7f)
			return jo_err_set(err, -EINVAL, "control character in column %zu", i + 1);
	return 0;
}

/* One line; is_set says by the key's index which keys were seen before. */
static int read_line(struct conf *conf, char *line, size_t len, bool *is_set, struct jo_err *err)
{
	const struct conf_key *key;
	char *name, *equals, *value;
	int rc = check_characters(line, len, err);

	if (rc < 0)
		return rc;
	cut_comment(line);
	name = trim(line, line + strlen(line));
	if (*name == '\0')
		return 0;
	equals = strchr(name, '=');
	if (equals == NULL)
		return jo_err_set(err, -EINVAL, "'%.60s': expected Key=Value", name);
	value = trim(equals + 1, name + strlen(name));
	name = trim(name, equals);
	len = strlen(value);
	if (len >= 2 && value[0] == '"' && value[len - 1] == '"') {
		value[len - 1] = '\0';
		value++;
	}

	key = conf_key_find(name);
	if (key == NULL)
		return unknown_key(name, err);
	if (is_set[key - conf_keys])
		return jo_err_set(err, -EEXIST, "%s: given before; expected each key once",
				  key->name);
	is_set[key - conf_keys] = true;
	return conf_value_set(conf, key, value, err);
}

static int check_file(int fd, const char *path, struct jo_err *err)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return jo_err_sys(err, -errno, "%s", path);
	if (!S_ISREG(st.st_mode))
		return jo_err_set(err, -EINVAL, "%s: expected a regular file", path);
	if ((st.st_mode & S_IWOTH) != 0)
		return jo_err_set(err, -EPERM,
				  "%s: everybody may write it, and it names programs to run: "
				  "chmod o-w it",
				  path);
	return 0;
}

static int read_lines(struct conf *conf, FILE *fp, const char *path, struct jo_err *err)
{
	bool is_set[256] = {false}; /* more keys than there will ever be */
	char *line = NULL;
	size_t size = 0;
	int rc = 0;

	for (size_t number = 1; rc == 0; number++) {
		ssize_t len = getline(&line, &size, fp);

		if (len < 0) {
			if (ferror(fp))
				rc = jo_err_sys(err, -errno, "read %s", path);
			break;
		}
		rc = read_line(conf, line, (size_t)len, is_set, err);
		if (rc < 0)
			(void)jo_err_prefix(err, "%s:%zu", path, number);
	}
	free(line);
	return rc;
}

int conf_read(const char *path, struct conf **ret_conf, struct jo_err *err)
{
	struct conf *conf = NULL;
	FILE *fp = NULL;
	int fd, rc;

	/* O_NONBLOCK: a FIFO in the file's place must not keep us waiting. */
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return jo_err_sys(err, -errno, "%s", path);
	rc = check_file(fd, path, err);
	if (rc < 0)
		goto out;
	fp = fdopen(fd, "r");
	if (fp == NULL) {
		rc = jo_err_sys(err, -errno, "%s", path);
		goto out;
	}
	conf = new_conf();
	rc = read_lines(conf, fp, path, err);
	if (rc < 0)
		goto out;
	free(conf->path);
	conf->path = xstrdup(path);
	*ret_conf = conf;
	conf = NULL;
out:
	conf_free(conf);
	if (fp != NULL)
		(void)fclose(fp);
	else
		(void)close(fd);
	return rc;
}
