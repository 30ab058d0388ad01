/* SPDX-License-Identifier: GPL-2.0-or-later */
/* GLib's key files: values are read as they stand, as a pattern is full of backslashes. */
#include "intake/log_list.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/alloc.h"

/* A site has some tens of kinds, and a pattern is a line. */
#define LIST_BYTES_MAX (1 << 20)

static const char *const keys[] = {"Files", "Pattern", "Map"};

/* All of the file; the caller frees it. */
static int read_text(const char *path, char **ret_text, size_t *ret_len, struct jo_err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	size_t len = 0;
	ssize_t n = 0;
	struct stat st;
	char *text;
	int rc = 0;

	if (fd < 0)
		return jo_err_sys(err, -errno, "open %s", path);
	text = xmalloc(LIST_BYTES_MAX);
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		rc = jo_err_set(err, -EINVAL, "%s: not a file", path);
	else if ((st.st_mode & S_IWOTH) != 0)
		rc = jo_err_set(err, -EACCES, "%s: everybody may write it: chmod o-w it", path);
	while (rc == 0 && len < LIST_BYTES_MAX &&
	       (n = read(fd, text + len, LIST_BYTES_MAX - len)) > 0)
		len += (size_t)n;
	if (n < 0)
		rc = jo_err_sys(err, -errno, "read %s", path);
	else if (rc == 0 && len == LIST_BYTES_MAX)
		rc = jo_err_set(err, -EFBIG, "%s: is longer than %d bytes", path, LIST_BYTES_MAX);
	(void)close(fd);
	if (rc < 0) {
		free(text);
		return rc;
	}
	*ret_text = text;
	*ret_len = len;
	return 0;
}

static int check_keys(GKeyFile *file, const char *name, struct jo_err *err)
{
	char **found = g_key_file_get_keys(file, name, NULL, NULL);
	int rc = 0;

	for (char **key = found; key != NULL && *key != NULL && rc == 0; key++) {
		bool is_known = false;

		for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
			is_known |= strcmp(keys[i], *key) == 0;
		if (!is_known)
			rc = jo_err_set(err, -EINVAL,
					"%.40s: no such key; there are Files, Pattern and Map",
					*key);
	}
	g_strfreev(found);
	return rc;
}

static int read_section(GKeyFile *file, struct log_section *section, struct jo_err *err)
{
	char *files = g_key_file_get_value(file, section->name, "Files", NULL);
	char *pattern = g_key_file_get_value(file, section->name, "Pattern", NULL);
	char *map = g_key_file_get_value(file, section->name, "Map", NULL);
	int rc = check_keys(file, section->name, err);

	if (files != NULL)
		strlist_split(&section->globs, files);
	if (rc == 0 && section->globs.count == 0)
		rc = jo_err_set(err, -EINVAL, "no Files, such as /data/*/app.log*");
	for (size_t i = 0; i < section->globs.count && rc == 0; i++)
		if (section->globs.list[i][0] != '/')
			rc = jo_err_set(err, -EINVAL,
					"Files: expected absolute paths, found "
					"'%.40s'",
					section->globs.list[i]);
	if (rc == 0)
		rc = log_format_new(pattern, map, section->name, &section->format, err);
	g_free(files);
	g_free(pattern);
	g_free(map);
	return rc < 0 ? jo_err_prefix(err, "[%.40s]", section->name) : 0;
}

int log_list_read(const char *path, struct log_list *ret_list, struct jo_err *err)
{
	struct log_list list = {0};
	GKeyFile *file = g_key_file_new();
	char **names = NULL, *text = NULL;
	GError *error = NULL;
	gsize count = 0;
	size_t len = 0;
	int rc = read_text(path, &text, &len, err);

	if (rc < 0)
		goto out;
	if (len > 0 && !g_key_file_load_from_data(file, text, len, G_KEY_FILE_NONE, &error)) {
		rc = jo_err_set(err, -EINVAL, "%s: %s", path, error->message);
		g_error_free(error);
		goto out;
	}
	names = g_key_file_get_groups(file, &count);
	list.sections = xcalloc(count > 0 ? count : 1, sizeof(*list.sections));
	for (size_t i = 0; i < count && rc == 0; i++) {
		struct log_section *section = &list.sections[list.count++];

		section->name = xstrdup(names[i]);
		rc = read_section(file, section, err);
	}
	if (rc < 0)
		(void)jo_err_prefix(err, "%s", path);
out:
	g_strfreev(names);
	g_key_file_free(file);
	free(text);
	if (rc < 0)
		log_list_release(&list);
	else
		*ret_list = list;
	return rc;
}

void log_section_files(const struct log_section *section,
		       void (*found)(void *context, const char *path, const struct stat *st),
		       void *context)
{
	for (size_t i = 0; i < section->globs.count; i++) {
		glob_t paths;
		struct stat st;
		int rc = glob(section->globs.list[i], 0, NULL, &paths);

		for (size_t j = 0; rc == 0 && j < paths.gl_pathc; j++)
			if (lstat(paths.gl_pathv[j], &st) == 0 && S_ISREG(st.st_mode))
				found(context, paths.gl_pathv[j], &st);
		globfree(&paths);
		if (rc == GLOB_NOSPACE)
			alloc_failed();
	}
}

void log_list_release(struct log_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		free(list->sections[i].name);
		strlist_release(&list->sections[i].globs);
		log_format_free(list->sections[i].format);
	}
	free(list->sections);
	*list = (struct log_list){0};
}
