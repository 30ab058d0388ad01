/* SPDX-License-Identifier: GPL-2.0-or-later */
/* slurmd's part: one record per start. */
#include "node.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "joboutliers/record.h"
#include "joboutliers/spool.h"
#include "joboutliers/mounts.h"
#include "nodeinfo.h"
#include "slurmconf.h"

/* What has not changed is told again after a day, should the first time have been lost. */
#define AGAIN_S (24 * 60 * 60)

/* The cluster's line, the record's line, and a NUL. */
#define KEPT_MAX (JO_NAME_SIZE + JO_RECORD_LINE_MAX + 1)

/* The whole of JO_SPOOL_NODE up to size, and how old it is; no file is an empty one. */
static void read_kept(int node_fd, char *text, size_t size, int64_t *ret_age_s)
{
	struct timespec now;
	struct stat st;
	ssize_t n = 0;
	int fd;

	*ret_age_s = INT64_MAX;
	fd = openat(node_fd, JO_SPOOL_NODE, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) {
		n = read(fd, text, size - 1);
		if (clock_gettime(CLOCK_REALTIME, &now) == 0)
			*ret_age_s = now.tv_sec - st.st_mtim.tv_sec;
	}
	if (fd >= 0)
		(void)close(fd);
	text[n > 0 ? n : 0] = '\0';
}

void node_recall_cluster(int node_fd, char ret_cluster[static JO_NAME_SIZE])
{
	char text[JO_NAME_SIZE + 1];
	int64_t age_s;
	size_t len;

	ret_cluster[0] = '\0';
	read_kept(node_fd, text, sizeof(text), &age_s);
	len = strcspn(text, "\n");
	/* Without its newline it was cut. */
	if (text[len] != '\n')
		return;
	text[len] = '\0';
	jo_record_set_string(ret_cluster, JO_NAME_SIZE, text);
}

/* Replaced as a whole, as steps read it at any time. */
static int keep(int node_fd, const char *text, struct jo_err *err)
{
	static const char tmp[] = JO_SPOOL_TMP "/" JO_SPOOL_NODE;
	size_t len = strlen(text);
	int fd, rc = 0;

	(void)unlinkat(node_fd, tmp, 0);
	fd = openat(node_fd, tmp, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0640);
	if (fd < 0)
		return jo_err_sys(err, -errno, "make %s in the spool", tmp);
	if (write(fd, text, len) != (ssize_t)len)
		rc = -ENOSPC;
	if (close(fd) < 0 && rc == 0)
		rc = -errno;
	if (rc == 0 && renameat(node_fd, tmp, node_fd, JO_SPOOL_NODE) < 0)
		rc = -errno;
	return rc < 0 ? jo_err_sys(err, rc, "write %s to the spool", JO_SPOOL_NODE) : 0;
}

/* All that is known of the node but the time; returns what was not to be learned. */
static int fill(spank_t spank, const struct args *args, struct jo_record *record,
		struct jo_err *err)
{
	char *version = NULL;
	int rc, known = nodeinfo_read(NODEINFO_LIBRARY, record, err);

	jo_record_set_string(record->cluster, sizeof(record->cluster), args->cluster);
	if (record->cluster[0] == '\0') {
		rc = slurmconf_cluster(slurmconf_path(), record->cluster, err);
		if (rc < 0)
			known = rc;
	}
	jo_record_set_string(record->plugin_version, sizeof(record->plugin_version), JO_VERSION);
	if (spank_get_item(spank, S_SLURM_VERSION, &version) != ESPANK_SUCCESS)
		version = NULL;
	jo_record_set_string(record->slurm_version, sizeof(record->slurm_version), version);
	return known;
}

/* The record with its time, and its count as it is now. */
static int write_record(int node_fd, struct jo_record *record, struct jo_err *err)
{
	char line[JO_RECORD_LINE_MAX], name[64];
	struct timespec now;
	int len;

	record->dropped_count = jo_spool_read_dropped(node_fd);
	(void)clock_gettime(CLOCK_REALTIME, &now);
	record->start_unix_us = (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
	len = jo_record_write(record, line, sizeof(line));
	if (len < 0)
		return jo_err_set(err, len, "node record");
	(void)snprintf(name, sizeof(name), "%" PRId64 "-node", record->start_unix_us);
	return jo_spool_write(node_fd, name, line, (size_t)len, err);
}

int node_record(spank_t spank, const struct args *args, struct jo_err *err)
{
	char text[KEPT_MAX], kept[KEPT_MAX];
	struct jo_record record;
	struct jo_mounts mounts;
	int fd, rc, known;
	int64_t age_s;
	size_t len;

	jo_record_init(&record, JO_RECORD_NODE);
	rc = nodeinfo_name(record.node, err);
	if (rc < 0)
		return rc;
	rc = jo_mounts_read("", &mounts, err);
	if (rc < 0)
		return rc;
	rc = jo_mounts_check_local(&mounts, args->spool, err);
	jo_mounts_free(&mounts);
	if (rc == 0)
		rc = jo_spool_open(args->spool, record.node, &fd, err);
	if (rc < 0)
		return rc;
	/* A node is worth a record also when little is known of it. */
	known = fill(spank, args, &record, err);

	len = (size_t)snprintf(text, sizeof(text), "%s\n", record.cluster);
	(void)jo_record_write(&record, text + len, sizeof(text) - len);
	read_kept(fd, kept, sizeof(kept), &age_s);
	if (strcmp(text, kept) == 0 && age_s < AGAIN_S)
		goto out;
	rc = write_record(fd, &record, err);
	/* Last, so that a record that could not be written is tried again. */
	if (rc == 0)
		rc = keep(fd, text, err);
out:
	(void)close(fd);
	return rc < 0 ? rc : known;
}
