/* SPDX-License-Identifier: GPL-2.0-or-later */
/* slurm.conf of any content: the cluster's name as a record can have it, or that there is none. */
#include "fuzz.h"
#include "slurmconf.h"

#include <errno.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char path[FUZZ_PATH_SIZE], cluster[JO_NAME_SIZE] = "";
	int fd = fuzz_file(data, size, path);
	struct jo_err err = {0};

	if (slurmconf_cluster(path, cluster, &err) == 0)
		fuzz_check_text(cluster, sizeof(cluster));
	else
		fuzz_check(err.code == -ENOENT && cluster[0] == '\0');
	(void)close(fd);
	return 0;
}
