/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The cluster's name in slurm.conf, in every way it may be written there. */
#include "fakes/tree.h"
#include "slurmconf.h"
#include "tap.h"

#include <errno.h>
#include <stdlib.h>

int main(void)
{
	static const struct {
		const char *text, *cluster;
	} rows[] = {
		{"", NULL},
		{"#ClusterName=a\n", NULL},
		{"MyClusterName=a\n", NULL},
		{"ClusterNames=a\n", NULL},
		{"ClusterName a\n", NULL},
		{"ClusterName=\n", NULL},
		{"ClusterName=a", "a"},
		{"SlurmUser=root\n\n  clustername = A_b  # mine\nClusterName=c\n", "a_b"},
		{"SlurmUser=root ClusterName=x-1 SlurmctldPort=1\n", "x-1"},
		{"ClusterName=\"q\"\n", "q"},
		{"ClusterName=a\r\n", "a"},
		{"ClusterName=a\033[2J\n", "a?[2j"},
	};
	char cluster[JO_NAME_SIZE];
	struct jo_err err;

	(void)tree_make();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int rc;

		tree_file("slurm.conf", rows[i].text);
		(void)snprintf(cluster, sizeof(cluster), "untouched");
		rc = slurmconf_cluster(tree_at("slurm.conf"), cluster, &err);
		is_int(rc, rows[i].cluster == NULL ? -ENOENT : 0, "row %zu", i);
		is_str(cluster, rows[i].cluster == NULL ? "untouched" : rows[i].cluster,
		       "row %zu: the name", i);
	}
	ok(slurmconf_cluster(tree_at("none"), cluster, &err) == -ENOENT &&
		   strstr(err.text, "none") != NULL,
	   "no file: %s", err.text);
	(void)unsetenv("SLURM_CONF");
	is_str(slurmconf_path(), "/etc/slurm/slurm.conf", "Slurm's own place");
	(void)setenv("SLURM_CONF", "/x", 1);
	is_str(slurmconf_path(), "/x", "what slurmd reads");
	tree_remove();
	return tap_done();
}
