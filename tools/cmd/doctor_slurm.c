/* SPDX-License-Identifier: GPL-2.0-or-later */
/* doctor: whether Slurm loads the plugin, and the right one. */
#include "cmd/doctor.h"
#include "cmd/plugstack.h"
#include "joboutliers/mounts.h"
#include "util/alloc.h"
#include "util/elf.h"
#include "util/run.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define SLURM_TIMEOUT_S 20 /* a controller that takes longer is in trouble of its own */

#define PLUGIN_DEFAULT_SPOOL "/var/spool/joboutliers"

/* The number as in SLURM_VERSION_NUMBER, of "slurm 22.05.8"; Debian says "slurm-wlm". */
static bool read_version(const char *text, uint32_t *ret_version)
{
	unsigned major, minor, micro = 0;

	if (strncmp(text, "slurm", strlen("slurm")) != 0 ||
	    sscanf(text, "%*s %u.%u.%u", &major, &minor, &micro) < 2 || major > 0xff ||
	    minor > 0xff || micro > 0xff)
		return false;
	*ret_version = major << 16 | minor << 8 | micro;
	return true;
}

static char *version_text(uint32_t version, char buf[16])
{
	(void)snprintf(buf, 16, "%u.%02u.%u", version >> 16 & 0xff, version >> 8 & 0xff,
		       version & 0xff);
	return buf;
}

/* The value of "Key    = value" in scontrol's output; the caller frees it.  NULL: none. */
static char *find_value(const char *output, const char *key)
{
	size_t len = strlen(key);

	for (const char *line = output; *line != '\0';
	     line += strcspn(line, "\n"), line += *line == '\n') {
		const char *value;

		if (strncasecmp(line, key, len) != 0)
			continue;
		value = line + len + strspn(line + len, " \t");
		if (*value++ != '=')
			continue;
		value += strspn(value, " \t");
		return xstrndup(value, strcspn(value, "\n"));
	}
	return NULL;
}

/* Slurm looks in each folder of PluginDir for a plugin without a '/'; the caller frees the path,
 * which is NULL where it cannot be looked for. */
static char *find_plugin(struct doctor *doctor, const char *path, const char *plugin_dirs)
{
	struct strlist dirs = {0};
	char *copy, *full = NULL;
	bool is_seen = true;

	if (path[0] == '/')
		return doctor_answers(doctor, path) ? xstrdup(path) : NULL;
	copy = xstrdup(plugin_dirs);
	for (char *c = copy; *c != '\0'; c++)
		*c = *c == ':' ? ',' : *c;
	strlist_split(&dirs, copy);
	for (size_t i = 0; i < dirs.count && full == NULL; i++) {
		if (!doctor_answers(doctor, dirs.list[i])) {
			is_seen = false;
			continue;
		}
		full = xasprintf("%s/%s", dirs.list[i], path);
		if (access(full, F_OK) < 0 && i + 1 < dirs.count) {
			free(full);
			full = NULL;
		}
	}
	free(copy);
	strlist_release(&dirs);
	return full == NULL && is_seen ? xstrdup(path) : full;
}

/* Slurm loads a SPANK plugin that was built for the same major and minor version. */
static void check_plugin_version(struct doctor *doctor, const char *path, uint32_t running)
{
	char built_text[16], running_text[16];
	struct jo_err err = {0};
	uint32_t built;

	if (elf_read_uint(path, "plugin_version", &built, &err) < 0)
		doctor_tell(doctor, DOCTOR_FAIL, "%s; make install-plugin puts it in its place",
			    err.text);
	else if (built >> 8 != running >> 8)
		doctor_tell(doctor, DOCTOR_FAIL,
			    "%s: built for Slurm %s, but %s is here, which will not load it: build "
			    "it against that version's headers",
			    path, version_text(built, built_text),
			    version_text(running, running_text));
	else
		doctor_tell(doctor, DOCTOR_OK, "%s: built for Slurm %s, %s is here", path,
			    version_text(built, built_text), version_text(running, running_text));
}

/* A step must not wait for another machine, so there the plugin writes nothing. */
static void check_plugin_spool(struct doctor *doctor, const char *place, const char *spool)
{
	struct jo_mounts mounts;
	struct jo_err err = {0};

	if (jo_mounts_read("", &mounts, &err) < 0) {
		doctor_tell(doctor, DOCTOR_WARN, "%s; where %s lies was not checked", err.text,
			    spool);
		return;
	}
	if (jo_mounts_check_local(&mounts, spool, &err) < 0)
		doctor_tell(doctor, DOCTOR_WARN,
			    "%s: %s; the plugin writes nothing there: set spool= to a folder on "
			    "each node's own disk, and have sjobforward carry the records to Spool",
			    place, err.text);
	jo_mounts_free(&mounts);
}

static void check_plugin_line(struct doctor *doctor, const struct plugstack_line *plugin)
{
	const char *spool = plugin->spool != NULL ? plugin->spool : PLUGIN_DEFAULT_SPOOL;

	check_plugin_spool(doctor, plugin->place, spool);

	if (plugin->is_required)
		doctor_tell(
			doctor, DOCTOR_FAIL,
			"%s: the plugin is 'required', so a job fails where it cannot be loaded: "
			"make it 'optional'",
			plugin->place);
	if (!strlist_has(&doctor->conf->spool, spool))
		doctor_tell(doctor, DOCTOR_WARN,
			    "%s: the plugin writes to %s, which is not in Spool: right only if "
			    "sjobforward runs on the nodes, and carries the records to Spool",
			    plugin->place, spool);
	if (!plugin->is_required && strlist_has(&doctor->conf->spool, spool))
		doctor_tell(doctor, DOCTOR_OK, "%s: the plugin is optional and writes to %s",
			    plugin->place, spool);
}

/*
 * In an upgrade the controller goes first, the nodes and the hosts where jobs are
 * submitted follow; each of them loads the plugin of its own release.
 */
static void check_controller(struct doctor *doctor, const char *config, uint32_t here)
{
	char *text = find_value(config, "SLURM_VERSION");
	char here_text[16];
	unsigned major, minor;

	if (text != NULL && sscanf(text, "%u.%u", &major, &minor) == 2 &&
	    (major << 8 | minor) != here >> 8)
		doctor_tell(doctor, DOCTOR_WARN,
			    "Slurm is %s here, and the controller's is %.20s: each host needs the "
			    "plugin of its own release, as joboutliers(8) says under UPGRADES",
			    version_text(here, here_text), text);
	free(text);
}

/* A step that was suspended is slow for who does not know it, and often sacct alone does. */
static void check_accounting(struct doctor *doctor, const char *config)
{
	static const char *const argv[] = {
		"sacct", "-X", "-n", "-S", "now-1minute", "-o", "JobIDRaw,Suspended", NULL};
	char *storage = find_value(config, "AccountingStorageType");
	char *preempt = find_value(config, "PreemptMode");
	const bool suspends = preempt != NULL && (strcasestr(preempt, "SUSPEND") != NULL ||
						  strcasestr(preempt, "GANG") != NULL);
	const bool has_storage = storage != NULL && strstr(storage, "/slurmdbd") != NULL;
	struct run_result told = {0};
	struct jo_err err = {0};

	if (has_storage && doctor->conf->ask_sacct) {
		if (run_program_ok(argv, NULL, 0, SLURM_TIMEOUT_S, &told, &err) < 0)
			doctor_tell(doctor, DOCTOR_WARN,
				    "%s; how long steps were suspended is not known, and they are "
				    "judged as if they had run: see AskSacct",
				    err.text);
		else
			doctor_tell(doctor, DOCTOR_OK,
				    "sacct tells how long steps were suspended, where their "
				    "records do not");
	} else if (suspends) {
		doctor_tell(doctor, DOCTOR_WARN,
			    "Slurm suspends jobs (PreemptMode=%s), and %s: on nodes that do not "
			    "count it (control groups of version 1, Linux before 6.18) such a step "
			    "is judged as if it had run",
			    preempt,
			    has_storage ? "AskSacct is 'no'" : "keeps no accounting to ask");
	}
	run_result_release(&told);
	free(preempt);
	free(storage);
}

/* Whatever the files say: whether a job can be submitted from here with the plugin's options. */
static void check_options(struct doctor *doctor)
{
	static const char *const argv[] = {"sbatch", "--help", NULL};
	struct run_result help = {0};
	struct jo_err err = {0};

	if (run_program_ok(argv, NULL, 0, SLURM_TIMEOUT_S, &help, &err) < 0)
		doctor_tell(doctor, DOCTOR_WARN,
			    "%s; whether jobs can be submitted with --input-size was not checked",
			    err.text);
	else if (strstr(help.output, "--input-size=") == NULL)
		doctor_tell(
			doctor, DOCTOR_FAIL,
			"sbatch does not know --input-size here, so it refuses each script with "
			"'#SBATCH --input-size'; SJOB_INPUT_SIZE is taken all the same: "
			"install the plugin for this host's Slurm");
	else
		doctor_tell(doctor, DOCTOR_OK, "sbatch knows --input-size here");
	run_result_release(&help);
}

/* Where slurm.conf does not name it, it lies beside slurm.conf.  The caller frees it. */
static char *find_plugstack(const char *config)
{
	char *named = find_value(config, "PlugStackConfig");
	char *slurm_conf, *slash, *beside = NULL;

	if (named == NULL || strcmp(named, "(null)") != 0)
		return named;
	free(named);
	slurm_conf = find_value(config, "SLURM_CONF");
	slash = slurm_conf != NULL ? strrchr(slurm_conf, '/') : NULL;
	if (slash != NULL)
		beside = xasprintf("%.*s/plugstack.conf", (int)(slash - slurm_conf), slurm_conf);
	free(slurm_conf);
	return beside;
}

static void check_plugin(struct doctor *doctor, const char *config, uint32_t running)
{
	char *plugstack = find_plugstack(config);
	char *plugin_dirs = find_value(config, "PluginDir");
	struct plugstack_line plugin = {0};
	char *path;

	if (plugstack != NULL && !doctor_answers(doctor, plugstack))
		goto out;
	if (plugstack != NULL)
		plugstack_read(plugstack, &plugin);
	if (plugin.place == NULL) {
		doctor_tell(doctor, DOCTOR_FAIL,
			    "%s: has no line for the plugin: add 'optional " PLUGSTACK_PLUGIN
			    " spool=%s', on "
			    "the nodes and where jobs are submitted",
			    plugstack != NULL ? plugstack : "plugstack.conf",
			    doctor->conf->spool.list[0]);
	} else {
		check_plugin_line(doctor, &plugin);
		path = find_plugin(doctor, plugin.path, plugin_dirs != NULL ? plugin_dirs : "");
		if (path != NULL)
			check_plugin_version(doctor, path, running);
		free(path);
	}
out:
	plugstack_line_release(&plugin);
	free(plugin_dirs);
	free(plugstack);
}

void doctor_slurm(struct doctor *doctor)
{
	static const char *const version_argv[] = {"sinfo", "--version", NULL};
	static const char *const config_argv[] = {"scontrol", "show", "config", NULL};
	struct run_result version = {0}, config = {0};
	struct jo_err err = {0};
	uint32_t running;

	if (run_program_ok(version_argv, NULL, 0, SLURM_TIMEOUT_S, &version, &err) < 0) {
		doctor_tell(doctor, DOCTOR_WARN,
			    "%s; what Slurm does with the plugin was not checked", err.text);
	} else if (!read_version(version.output, &running)) {
		doctor_tell(doctor, DOCTOR_WARN,
			    "sinfo --version: cannot tell a version from '%.40s'", version.output);
	} else if (run_program_ok(config_argv, NULL, 0, SLURM_TIMEOUT_S, &config, &err) < 0) {
		doctor_tell(doctor, DOCTOR_WARN,
			    "%s; what Slurm does with the plugin was not checked", err.text);
	} else {
		check_controller(doctor, config.output, running);
		check_accounting(doctor, config.output);
		check_plugin(doctor, config.output, running);
		check_options(doctor);
	}
	run_result_release(&version);
	run_result_release(&config);
}
