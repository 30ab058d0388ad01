/* SPDX-License-Identifier: GPL-2.0-or-later */
/* doctor: whether Hook may be run, and how its last run went; it is not run. */
#include "cmd/doctor.h"
#include "notify/hook_program.h"
#include "util/when.h"
#include "util/words.h"

#include <inttypes.h>

/* Of a database that cannot be read, doctor told before. */
static void tell_last_run(struct doctor *doctor)
{
	char since[WHEN_TEXT_SIZE];
	struct store_outlet outlet;
	struct jo_err err = {0};

	if (doctor->store == NULL)
		return;
	if (store_outlet_get(doctor->store, STORE_OUTLET_HOOK, &outlet, &err) < 0)
		doctor_tell(doctor, DOCTOR_FAIL, "%s", err.text);
	else if (outlet.ran_unix_us == JO_MISSING)
		doctor_tell(doctor, DOCTOR_OK, "%s: was given nothing yet", doctor->conf->hook);
	else if (outlet.failing_since_unix_us != JO_MISSING)
		doctor_tell(doctor, DOCTOR_WARN,
			    "%s: fails since %s, and %" PRId64
			    " finding%s wait%s: %s; 'sjoboutliers hook --dry-run' prints what it "
			    "is given",
			    doctor->conf->hook, when_format(outlet.failing_since_unix_us, since),
			    outlet.waiting_count, words_plural(outlet.waiting_count),
			    outlet.waiting_count == 1 ? "s" : "", outlet.trouble.text);
	else
		doctor_tell(doctor, DOCTOR_OK, "%s: took %" PRId64 " finding%s at %s",
			    doctor->conf->hook, outlet.done_count, words_plural(outlet.done_count),
			    when_format(outlet.ran_unix_us, since));
}

void doctor_hook(struct doctor *doctor)
{
	const char *path = doctor->conf->hook;
	struct jo_err err = {0};

	if (path[0] == '\0') {
		doctor_tell(doctor, DOCTOR_OK, "findings are handed to no program (Hook)");
		return;
	}
	if (!doctor_answers(doctor, path))
		return;
	if (hook_program_check(path, &err) < 0)
		doctor_tell(doctor, DOCTOR_FAIL, "%s", err.text);
	else
		tell_last_run(doctor);
}
