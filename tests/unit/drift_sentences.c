/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is said of the CPU time with a drift of the run time: upwards, downwards, and back. */
#include <math.h>

#include "drift/account.h"
#include "tap.h"

static const struct {
	double ratio;
	bool is_back;
	double cpu_ratio; /* 0: no drift of it */
	bool is_cpu_back;
	enum cause cause;
	bool is_of_nodes;
	const char *want;
} rows[] = {
	{1.6, false, 0, false, CAUSE_UNKNOWN, false, ""},
	{1.6, false, 0, false, CAUSE_WAIT, false, ", with the same CPU time: they wait"},
	{1.6, false, 1.57, false, CAUSE_WORK, false, ", with 1.6 times the CPU time: more work"},
	{1.6, false, 1.57, false, CAUSE_WORK, true, ", with 1.6 times the CPU time"},
	{0.5, false, 0.513, false, CAUSE_UNKNOWN, false, ", with 0.51 times the CPU time"},
	{0.04, false, 0.037, false, CAUSE_UNKNOWN, false, ", with 0.037 times the CPU time"},
	{0.6, true, 0.6, true, CAUSE_UNKNOWN, false, ", as is the CPU time"},
	{1.6, true, 1.6, true, CAUSE_WORK, false, ", as is the CPU time"},
	{0.6, true, 0.7, false, CAUSE_UNKNOWN, false, ""},
	{1.6, true, 0, false, CAUSE_WAIT, false, ""},
};

int main(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct drift_finding cpu = {.drift = {.metric = METRIC_CPU,
							    .log_ratio = log(rows[i].cpu_ratio),
							    .is_back = rows[i].is_cpu_back}};
		const struct drift_finding wall = {.drift = {.metric = METRIC_WALL,
							     .log_ratio = log(rows[i].ratio),
							     .is_back = rows[i].is_back},
						   .cpu = rows[i].cpu_ratio > 0 ? &cpu : NULL,
						   .cause = rows[i].cause,
						   .is_of_nodes = rows[i].is_of_nodes};
		struct strbuf text;

		strbuf_init(&text);
		drift_add_cause(&wall, &text);
		is_str(text.text, rows[i].want, "%g times as long, %g times the CPU time",
		       rows[i].ratio, rows[i].cpu_ratio);
		strbuf_release(&text);
	}
	return tap_done();
}
