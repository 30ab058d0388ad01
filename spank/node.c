/* SPDX-License-Identifier: GPL-2.0-or-later */
/* slurmd's part: one record per start. */
#include "node.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "joboutliers/record.h"
#include "joboutliers/spool.h"
#include "nodeinfo.h"

int node_record(spank_t spank, const struct args *args, struct jo_err *err)
{
	char line[JO_RECORD_LINE_MAX], name[64];
	struct jo_record record;
	struct timespec now;
	char *version = NULL;
	int fd, len, rc, known;

	jo_record_init(&record, JO_RECORD_NODE);
	rc = nodeinfo_name(record.node, err);
	if (rc < 0)
		return rc;
	rc = jo_spool_open(args->spool, record.node, &fd, err);
	if (rc < 0)
		return rc;
	/* A node is worth a record also when little is known of it. */
	known = nodeinfo_read(NODEINFO_LIBRARY, &record, err);

	jo_record_set_string(record.cluster, sizeof(record.cluster), args->cluster);
	jo_record_set_string(record.plugin_version, sizeof(record.plugin_version), JO_VERSION);
	if (spank_get_item(spank, S_SLURM_VERSION, &version) != ESPANK_SUCCESS)
		version = NULL;
	jo_record_set_string(record.slurm_version, sizeof(record.slurm_version), version);
	record.dropped_count = jo_spool_read_dropped(fd);
	(void)clock_gettime(CLOCK_REALTIME, &now);
	record.start_unix_us = (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;

	len = jo_record_write(&record, line, sizeof(line));
	if (len < 0) {
		rc = jo_err_set(err, len, "node record");
		goto out;
	}
	(void)snprintf(name, sizeof(name), "%" PRId64 "-node", record.start_unix_us);
	rc = jo_spool_write(fd, name, line, (size_t)len, err);
	if (rc == 0)
		rc = known;
out:
	(void)close(fd);
	return rc;
}
