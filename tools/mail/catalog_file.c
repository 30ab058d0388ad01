/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads a site's texts, which are only trusted to be its own when nobody else may write them. */
#include "mail/catalog_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mail/catalog.h"

static void clear_text(gpointer data)
{
	struct mail_catalog_text *text = data;

	g_free(text->name);
	g_free(text->body);
}

/* "[name]" alone in its line gives the name, which the caller frees; else NULL. */
static char *heading(const char *line)
{
	size_t len = strlen(line);

	while (len > 0 && g_ascii_isspace(line[len - 1]))
		len--;
	if (len < 3 || line[0] != '[' || line[len - 1] != ']' ||
	    strspn(line + 1, "abcdefghijklmnopqrstuvwxyz-") != len - 2)
		return NULL;
	return g_strndup(line + 1, len - 2);
}

/* Why a line can be in no text; NULL: it can. */
static const char *check_line(const char *line)
{
	if (!g_utf8_validate(line, -1, NULL))
		return "not UTF-8";
	for (const char *c = line; *c != '\0'; c = g_utf8_next_char(c))
		if (g_unichar_iscntrl(g_utf8_get_char(c)) && *c != '\t')
			return "a control character";
	return NULL;
}

static void complain(const char *path, size_t line, const char *name, const char *reason,
		     struct strlist *problems)
{
	struct jo_err err;

	(void)jo_err_set(&err, -EINVAL, "%s:%zu: %s%s%s", path, line + 1, name == NULL ? "" : name,
			 name == NULL ? "" : ": ", reason);
	strlist_add(problems, err.text);
}

static bool has_text(const struct mail_catalog_file *file, const char *name)
{
	for (guint i = 0; i < file->texts->len; i++)
		if (strcmp(g_array_index(file->texts, struct mail_catalog_text, i).name, name) == 0)
			return true;
	return false;
}

/* What is being gathered. */
struct cutter {
	struct mail_catalog_file *file;
	const char *path;
	struct strlist *problems;
	char *name; /* NULL: before the first */
	GString *body;
	size_t first_line;
	bool is_bad; /* it was told that it cannot be used */
};

static void end_text(struct cutter *cutter)
{
	struct mail_catalog_text text = {cutter->path, cutter->name, NULL, cutter->first_line};

	if (cutter->name == NULL)
		return;
	if (!cutter->is_bad && has_text(cutter->file, cutter->name)) {
		complain(cutter->path, cutter->first_line, cutter->name,
			 "given before; expected once", cutter->problems);
		cutter->is_bad = true;
	}
	if (cutter->is_bad) {
		g_free(cutter->name);
	} else {
		text.body = g_strdup(cutter->body->str);
		g_array_append_val(cutter->file->texts, text);
	}
	cutter->name = NULL;
	cutter->is_bad = false;
	g_string_truncate(cutter->body, 0);
}

static void cut_line(struct cutter *cutter, char *line, size_t number)
{
	const char *reason;
	char *name;

	(void)g_strchomp(line);
	name = heading(line);
	if (name != NULL) {
		end_text(cutter);
		cutter->name = name;
		cutter->first_line = number;
		return;
	}
	reason = check_line(line);
	if (cutter->name == NULL && line[0] != '\0' && line[0] != '#')
		reason = "expected [name] before the first text, or a comment";
	if (reason != NULL && !cutter->is_bad) {
		complain(cutter->path, number, cutter->name, reason, cutter->problems);
		cutter->is_bad = cutter->name != NULL;
	}
	if (cutter->name != NULL)
		g_string_append_printf(cutter->body, "%s\n", line);
}

void mail_catalog_file_cut(const char *text, const char *path, struct mail_catalog_file *ret_file,
			   struct strlist *problems)
{
	char **lines = g_strsplit(text, "\n", -1);
	struct cutter cutter = {
		.file = ret_file, .path = path, .problems = problems, .body = g_string_new(NULL)};

	ret_file->texts = g_array_new(FALSE, FALSE, sizeof(struct mail_catalog_text));
	g_array_set_clear_func(ret_file->texts, clear_text);
	for (size_t i = 0; lines[i] != NULL; i++)
		cut_line(&cutter, lines[i], i);
	end_text(&cutter);
	g_strfreev(lines);
	(void)g_string_free(cutter.body, TRUE);
}

static int check_file(int fd, const char *path, struct jo_err *err)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return jo_err_sys(err, -errno, "%s", path);
	if (!S_ISREG(st.st_mode))
		return jo_err_set(err, -EINVAL, "%s: expected a file", path);
	if (st.st_uid != 0 && st.st_uid != geteuid())
		return jo_err_set(err, -EACCES, "%s: belongs to user %u, expected root or oneself",
				  path, (unsigned)st.st_uid);
	if ((st.st_mode & S_IWOTH) != 0)
		return jo_err_set(err, -EACCES, "%s: everybody may write it: chmod o-w it", path);
	if (st.st_size > MAIL_CATALOG_MAX)
		return jo_err_set(err, -EFBIG, "%s: %lld bytes, expected at most %d", path,
				  (long long)st.st_size, MAIL_CATALOG_MAX);
	return 0;
}

static int read_all(int fd, const char *path, char *buf, struct jo_err *err)
{
	size_t size = 0;
	ssize_t n;

	while ((n = read(fd, buf + size, MAIL_CATALOG_MAX - size)) > 0)
		size += (size_t)n;
	if (n < 0)
		return jo_err_sys(err, -errno, "read %s", path);
	buf[size] = '\0';
	if (memchr(buf, '\0', size) != NULL)
		return jo_err_set(err, -EINVAL, "%s: a NUL byte, expected text", path);
	return 0;
}

int mail_catalog_file_read(const char *path, struct mail_catalog_file *ret_file,
			   struct strlist *problems, struct jo_err *err)
{
	char *buf = g_malloc(MAIL_CATALOG_MAX + 1);
	int fd, rc;

	/* O_NONBLOCK: a FIFO in the file's place must not keep us waiting */
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
	if (fd < 0 && errno == ELOOP)
		rc = jo_err_set(err, -ELOOP, "%s: a link, expected a file", path);
	else if (fd < 0)
		rc = jo_err_sys(err, -errno, "%s", path);
	else
		rc = check_file(fd, path, err);
	if (rc == 0)
		rc = read_all(fd, path, buf, err);
	if (rc == 0)
		mail_catalog_file_cut(buf, path, ret_file, problems);
	if (fd >= 0)
		(void)close(fd);
	g_free(buf);
	return rc;
}

void mail_catalog_file_release(struct mail_catalog_file *file)
{
	(void)g_array_free(file->texts, TRUE);
}
