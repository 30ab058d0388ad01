/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A step's names come from its srun's line as the plugin saw them, and nothing private with them.
 */
#include "intake/submit_line.h"
#include "tap.h"

static const struct {
	const char *line, *step, *job_name, *program;
} rows[] = {
	/* as printed by sacct 22.05 */
	{"srun true", "true", "job", "true"},
	{"srun -J inner sleep 0", "inner", "inner", "sleep"},
	{"srun sh -c true x", "sh", "job", "sh"},
	{"srun -J inner2 -n1 sh ./x.sh", "inner2", "inner2", "x.sh"},
	{"srun -Q --comment word -J nasty|name sleep 0", "nasty|name", "nasty|name", "sleep"},
	{"srun -Q -J nl\nx sleep 0", "nl\nx", "nl?x", "sleep"},
	{"srun python3 -u /home/a/fit.py --key=secret", "python3", "job", "fit.py"},
	{"srun python3 -c secret", "python3", "job", "python3"},
	{"/usr/bin/srun /opt/bin/bwa mem", "bwa", "job", "bwa"},
	/* options */
	{"srun -Jinner tool", "inner", "inner", "tool"},
	{"srun --job-name=inner tool", "inner", "inner", "tool"},
	{"srun --job-name inner tool", "inner", "inner", "tool"},
	{"srun -QJ inner tool", "inner", "inner", "tool"},
	{"srun -J my own job tool x", "my own job", "my own job", "tool"},
	{"srun -n 2 -c2 --mem 4G --mem-per-cpu=1G -Qp long tool", "tool", "job", "tool"},
	{"srun --input-size 4G --exclusive -I tool", "tool", "job", "tool"},
	{"srun --overlap --pty --mpi=pmix tool", "tool", "job", "tool"},
	{"srun -- tool -J x", "tool", "job", "tool"},
	{"srun  -n1   tool", "tool", "job", "tool"},
	/* what tells no more than the step's own name */
	{"", "align", "job", "align"},
	{"srun", "align", "job", "align"},
	{"srun -n", "align", "job", "align"},
	{"srun -J", "align", "job", "align"},
	{"sbatch -J align x.sh", "align", "job", "align"},
	{"   ", "align", "job", "align"},
	{"srun -J inner", "inner", "job", "inner"},
};

int main(void)
{
	struct jo_record record;
	static char line[100000];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		jo_record_init(&record, JO_RECORD_END);
		jo_record_set_string(record.job_name, sizeof(record.job_name), "job");
		submit_line_names(rows[i].line, rows[i].step, &record);
		is_str(record.job_name, rows[i].job_name, "'%s': name", rows[i].line);
		is_str(record.program, rows[i].program, "and program");
	}
	memset(line, ' ', sizeof(line) - 1);
	memcpy(line, "srun", 4);
	for (size_t i = 5; i < sizeof(line) - 1; i += 2)
		line[i] = 'x';
	submit_line_names(line, "x", &record);
	is_str(record.program, "x", "a line of very many words");
	return tap_done();
}
