/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A program's name never shows an argument that is not a script. */
#include "joboutliers/program.h"
#include "tap.h"

#define ARGS_MAX 8

static const struct {
	const char *name;
	char *argv[ARGS_MAX];
} rows[] = {
	{"", {NULL}},
	{"", {""}},
	{"bwa", {"/opt/bio/bwa", "mem", "-t8", "secret.fa"}},
	{"dir/", {"dir/"}},
	{"a?b", {"a\nb"}},
	/* code on the command line is nobody's business */
	{"python3", {"python3", "-c", "password=1"}},
	{"python3", {"python3", "-Bc", "password=1"}},
	{"python3", {"python3", "-m", "http.server"}},
	{"python3", {"python3", "-uW", "ignore", "-c", "x"}},
	{"bash", {"bash", "-c", "rm x"}},
	{"bash", {"bash", "-lc", "rm x"}},
	{"bash", {"bash", "-exo", "pipefail", "-c", "rm x"}},
	{"bash", {"bash"}},
	{"bash", {"bash", "-s", "a"}},
	{"sh", {"sh", "-ec", "x"}},
	{"perl", {"perl", "-ne", "print"}},
	{"perl", {"perl", "-lane", "print"}},
	{"Rscript", {"Rscript", "--vanilla", "-e", "x"}},
	{"julia", {"julia", "--eval", "x"}},
	{"java", {"java", "-jar"}},
	{"java", {"java", "-m", "mod/Main"}},
	{"python3", {"python3", "-W"}},
	/* scripts */
	{"x.py", {"python", "x.py", "arg"}},
	{"x.py", {"/usr/bin/python3.11", "-u", "/home/me/x.py", "-c", "arg"}},
	{"x.py", {"python3", "-W", "ignore", "-X", "dev", "x.py"}},
	{"x.py", {"python3", "-Wignore", "x.py"}},
	{"x.py", {"python3", "--", "x.py"}},
	{"x.R", {"Rscript", "--vanilla", "/a/x.R"}},
	{"x.pl", {"perl", "-I", "lib", "-w", "x.pl"}},
	{"x.sh", {"bash", "-eux", "x.sh"}},
	{"x.sh", {"bash", "-o", "pipefail", "+x", "x.sh"}},
	{"x.jl", {"julia", "-t", "8", "--project", "x.jl"}},
	{"x.jar", {"java", "-Xmx4g", "-cp", "lib/*", "-jar", "/opt/x.jar", "in.txt"}},
	{"org.Main", {"java", "-cp", "lib/*", "org.Main"}},
	{"x.lua", {"lua5.4", "x.lua"}},
	/* not an interpreter */
	{"pythonista", {"pythonista", "x.py"}},
	{"shred", {"shred", "secret"}},
	{"nodes", {"nodes", "x"}},
};

int main(void)
{
	char name[JO_NAME_SIZE], long_name[400];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int argc = 0;

		while (argc < ARGS_MAX && rows[i].argv[argc] != NULL)
			argc++;
		jo_program_name(argc, rows[i].argv, name);
		is_str(name, rows[i].name, "program %zu has its name", i);
	}
	jo_program_name(0, NULL, name);
	is_str(name, "", "no arguments at all");
	memset(long_name, 'x', sizeof(long_name));
	long_name[sizeof(long_name) - 1] = '\0';
	jo_program_name(1, (char *[]){long_name, NULL}, name);
	is_int(strlen(name), JO_NAME_SIZE - 1, "a long name is cut");
	return tap_done();
}
