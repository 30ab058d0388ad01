/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading a number out of a library: the plugin that was just built, and files that are none. */
#include "util/elf.h"
#include "tap.h"

#include <errno.h>
#include <stdbool.h>
#include <slurm/slurm_version.h>
#include <stdlib.h>
#include <unistd.h>

/* More than a plugin is with all that sanitizers add. */
static unsigned char bytes[16 << 20];

static void write_file(const char *path, const unsigned char *from, size_t size)
{
	FILE *fp = fopen(path, "w");

	if (fp == NULL || fwrite(from, 1, size, fp) != size || fclose(fp) != 0)
		abort();
}

int main(void)
{
	const char *build = getenv("JO_BUILD");
	char plugin[256], path[] = "/tmp/joboutliers-elf-XXXXXX";
	struct jo_err err = {0};
	uint32_t value = 7;
	size_t size, refused = 0;
	int fd = mkstemp(path);
	FILE *fp;

	(void)close(fd);
	(void)snprintf(plugin, sizeof(plugin), "%s/joboutliers.so",
		       build != NULL ? build : "build");

	is_int(elf_read_uint("/nonexistent.so", "plugin_version", &value, &err), -ENOENT,
	       "a missing file");
	is_int(elf_read_uint("/tmp", "plugin_version", &value, &err), -EBADMSG, "a folder");
	is_int(elf_read_uint(path, "plugin_version", &value, &err), -EBADMSG, "an empty file");
	write_file(path, (const unsigned char *)"\177ELF", 4);
	is_int(elf_read_uint(path, "plugin_version", &value, &err), -EBADMSG, "a cut header");
	is_int(elf_read_uint(plugin, "no_such_symbol", &value, &err), -ENOENT, "a missing symbol");
	is_int(elf_read_uint(plugin, "slurm_spank_init", &value, &err), -EBADMSG,
	       "a function is no number");
	is_int(value, 7, "none of them wrote a value");

	is_int(elf_read_uint(plugin, "plugin_version", &value, &err), 0,
	       "the plugin has a version");
	is_int(value, SLURM_VERSION_NUMBER, "which is that of Slurm's headers");

	/* Whatever is broken, nothing beyond the file is touched: the sanitizers look on. */
	fp = fopen(plugin, "r");
	size = fp != NULL ? fread(bytes, 1, sizeof(bytes), fp) : 0;
	ok(size > 1000 && size < sizeof(bytes), "the plugin is read");
	(void)fclose(fp);
	for (size_t cut = 1; cut < size; cut += size / 97) {
		write_file(path, bytes, cut);
		refused += elf_read_uint(path, "plugin_version", &value, NULL) < 0;
	}
	ok(refused > 90, "a cut file is refused (%zu of 97)", refused);
	for (unsigned at = 0; at < 64; at++) {
		unsigned char kept = bytes[at];

		bytes[at] = 0xff;
		write_file(path, bytes, size);
		(void)elf_read_uint(path, "plugin_version", &value, NULL);
		bytes[at] = kept;
	}
	ok(true, "a header with any byte broken is survived");
	(void)unlink(path);
	return tap_done();
}
