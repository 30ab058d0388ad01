/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel's list of mounts, behind the first line, which is the path that is
 * asked for: local, or why not.
 */
#include "fuzz.h"
#include "joboutliers/mounts.h"

static char root[FUZZ_PATH_SIZE], list_path[64];

static const char *at(const char *path, char buf[64])
{
	(void)snprintf(buf, 64, "%s/%s", root, path);
	return buf;
}

static void remove_root(void)
{
	static const char *const parts[] = {
		"proc/self/mountinfo", "proc/self", "proc", "loop", "link", "folder", ""};
	char buf[64];

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		(void)remove(at(parts[i], buf));
}

static void make_root(void)
{
	char buf[64];

	if (list_path[0] != '\0')
		return;
	fuzz_folder(root);
	(void)atexit(remove_root);
	fuzz_check(mkdir(at("proc", buf), 0700) == 0 && mkdir(at("proc/self", buf), 0700) == 0 &&
		   mkdir(at("folder", buf), 0700) == 0);
	fuzz_check(symlink("loop", at("loop", buf)) == 0 &&
		   symlink("/folder/..//folder", at("link", buf)) == 0);
	(void)at("proc/self/mountinfo", list_path);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size), *path = text;
	const uint8_t *list = memchr(data, '\n', size);
	size_t list_size = list != NULL ? size - (size_t)(list - data) - 1 : 0;
	struct jo_mounts mounts;
	struct jo_err err = {0};
	int rc;

	make_root();
	fuzz_write(list_path, list != NULL ? list + 1 : data, list_size);
	path[strcspn(path, "\n")] = '\0';
	fuzz_check(jo_mounts_read(root, &mounts, NULL) == 0 && mounts.count <= list_size + 1);
	rc = jo_mounts_check_local(&mounts, path, &err);
	fuzz_check(rc == 0 || (err.code == rc && err.text[0] != '\0'));
	jo_mounts_free(&mounts);
	free(text);
	return 0;
}
