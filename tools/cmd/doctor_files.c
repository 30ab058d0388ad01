/* SPDX-License-Identifier: GPL-2.0-or-later */
/* doctor: the spool's folders and the database's file. */
#include "cmd/doctor.h"
#include "cmd/spools.h"
#include "joboutliers/spool.h"
#include "joboutliers/units.h"
#include "util/alloc.h"
#include "util/when.h"
#include "util/words.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <libgen.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

/* Part of the spool's bound for one node from which on it is nearly full. */
#define SPOOL_NEARLY_FULL (JO_SPOOL_FILES_MAX / 5 * 4)

/* Less than this share of a file system left is little. */
#define FREE_SHARE_MIN 0.05

/* What the tool's own work or the plugin's needs of the folder; false after telling what it lacks.
 */
static bool check_folder(struct doctor *doctor, const char *path)
{
	struct stat st;

	if (lstat(path, &st) < 0) {
		doctor_tell(doctor, DOCTOR_FAIL,
			    "%s: %s; make it on every node that it is local to: "
			    "install -d -o root -m 750 %s",
			    path, strerror(errno), path);
		return false;
	}
	if (!S_ISDIR(st.st_mode)) {
		doctor_tell(doctor, DOCTOR_FAIL,
			    "%s: is %s; the plugin takes nothing but a folder there", path,
			    S_ISLNK(st.st_mode) ? "a link" : "no folder");
		return false;
	}
	if ((st.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
		doctor_tell(doctor, DOCTOR_FAIL,
			    "%s: mode %04o lets others write, so the plugin writes nothing there: "
			    "chmod go-w %s",
			    path, (unsigned)(st.st_mode & 07777), path);
		return false;
	}
	if (st.st_uid != 0 && st.st_uid != geteuid()) {
		doctor_tell(
			doctor, DOCTOR_FAIL,
			"%s: belongs to uid %u, so the plugin writes nothing there: chown root %s",
			path, (unsigned)st.st_uid, path);
		return false;
	}
	if (access(path, R_OK | W_OK | X_OK) < 0) {
		doctor_tell(doctor, DOCTOR_FAIL,
			    "%s: %s; ingest must run as a user who may write it", path,
			    strerror(errno));
		return false;
	}
	return true;
}

static void check_spool(struct doctor *doctor, const char *path)
{
	int64_t waiting_count = 0, node_count = 0, bad_count;
	const struct dirent *entry;
	DIR *dir;
	char *sub;

	if (!check_folder(doctor, path))
		return;
	dir = opendir(path);
	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		int64_t count;

		if (entry->d_name[0] == '.' || strcmp(entry->d_name, JO_SPOOL_BAD) == 0)
			continue;
		sub = xasprintf("%s/%s/" JO_SPOOL_NEW, path, entry->d_name);
		count = spools_count_files(sub);
		free(sub);
		if (count > SPOOL_NEARLY_FULL)
			doctor_tell(doctor, DOCTOR_WARN,
				    "%s/%s: %" PRId64
				    " records wait, and from %d on they are dropped; "
				    "run ingest, and see why it did not",
				    path, entry->d_name, count, JO_SPOOL_FILES_MAX);
		waiting_count += count;
		node_count++;
	}
	if (dir != NULL)
		(void)closedir(dir);
	sub = xasprintf("%s/" JO_SPOOL_BAD, path);
	bad_count = spools_count_files(sub);
	free(sub);
	if (bad_count > 0)
		doctor_tell(doctor, DOCTOR_WARN,
			    "%s/" JO_SPOOL_BAD ": %" PRId64 " file%s set aside; each has its "
			    "reason beside it, remove them when you have seen to them",
			    path, bad_count, bad_count == 1 ? " was" : "s were");
	doctor_tell(doctor, DOCTOR_OK, "%s: %" PRId64 " record%s of %" PRId64 " node%s wait%s",
		    path, waiting_count, words_plural(waiting_count), node_count,
		    words_plural(node_count), waiting_count == 1 ? "s" : "");
}

void doctor_spool(struct doctor *doctor)
{
	for (size_t i = 0; i < doctor->conf->spool.count; i++)
		check_spool(doctor, doctor->conf->spool.list[i]);
}

/* File systems on which SQLite's locks or its shared memory do not hold. */
static const struct {
	uint32_t magic;
	const char *name;
} network_file_systems[] = {
	{NFS_SUPER_MAGIC, "NFS"},     {SMB_SUPER_MAGIC, "SMB"}, {SMB2_SUPER_MAGIC, "SMB"},
	{CIFS_SUPER_MAGIC, "SMB"},    {AFS_SUPER_MAGIC, "AFS"}, {AFS_FS_MAGIC, "AFS"},
	{CEPH_SUPER_MAGIC, "Ceph"},   {V9FS_MAGIC, "9P"},       {0x0BD00BD0, "Lustre"},
	{0x47504653, "GPFS"},         {0x19830326, "BeeGFS"},   {0x013111A8, "IBRIX"},
	{0xAAD7AAEA, "PanFS"},        {0x20030528, "OrangeFS"}, {0x01161970, "GFS2"},
	{OCFS2_SUPER_MAGIC, "OCFS2"},
};

static void check_file_system(struct doctor *doctor, const char *folder)
{
	struct statfs fs;

	if (statfs(folder, &fs) < 0)
		return;
	for (size_t i = 0; i < sizeof(network_file_systems) / sizeof(network_file_systems[0]); i++)
		if ((uint32_t)fs.f_type == network_file_systems[i].magic)
			doctor_tell(
				doctor, DOCTOR_FAIL,
				"%s: is on %s, where SQLite stalls or corrupts; set Database to a "
				"local file system",
				folder, network_file_systems[i].name);
	if (fs.f_blocks > 0 && (double)fs.f_bavail < FREE_SHARE_MIN * (double)fs.f_blocks)
		doctor_tell(doctor, DOCTOR_WARN, "%s: its file system is %.0f %% full", folder,
			    100 - 100 * (double)fs.f_bavail / (double)fs.f_blocks);
}

static bool check_database_file(struct doctor *doctor, const char *path, const char *folder)
{
	struct stat st;

	if (access(folder, R_OK | W_OK | X_OK) < 0) {
		doctor_tell(doctor, DOCTOR_FAIL,
			    "%s: %s; the database's folder must exist and be writable: "
			    "install -d -m 750 %s",
			    folder, strerror(errno), folder);
		return false;
	}
	if (stat(path, &st) < 0 && errno == ENOENT) {
		doctor_tell(doctor, DOCTOR_WARN, "%s: is not there yet; ingest makes it", path);
		return false;
	}
	if (access(path, R_OK | W_OK) < 0) {
		doctor_tell(doctor, DOCTOR_FAIL,
			    "%s: %s; ingest must run as a user who may write it", path,
			    strerror(errno));
		return false;
	}
	if ((st.st_mode & S_IWOTH) != 0)
		doctor_tell(doctor, DOCTOR_FAIL, "%s: everybody may write it: chmod o-w %s", path,
			    path);
	return true;
}

static void check_database(struct doctor *doctor, const char *path)
{
	const struct store_options options = {STORE_READ, STORE_BUSY_TIMEOUT_MS};
	struct store_counts counts;
	struct jo_err err = {0};
	char size[16];

	if (store_open(path, &options, &doctor->store, &err) < 0 ||
	    (doctor->want_full && store_check(doctor->store, &err) < 0) ||
	    store_counts(doctor->store, &counts, &err) < 0) {
		doctor_tell(doctor, DOCTOR_FAIL, "%s", err.text);
		return;
	}
	doctor_tell(doctor, DOCTOR_OK, "%s: %" PRId64 " step%s in %" PRId64 " group%s, %s%s", path,
		    counts.step_count, words_plural(counts.step_count), counts.group_count,
		    words_plural(counts.group_count),
		    jo_bytes_format(counts.file_bytes, size, sizeof(size)),
		    doctor->want_full ? ", whole" : "");
}

void doctor_database(struct doctor *doctor)
{
	const char *path = doctor->conf->database;
	char *copy = xstrdup(path);
	const char *folder = dirname(copy);

	check_file_system(doctor, folder);
	if (check_database_file(doctor, path, folder))
		check_database(doctor, path);
	free(copy);
}
