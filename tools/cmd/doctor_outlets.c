/* SPDX-License-Identifier: GPL-2.0-or-later */
/* doctor: whether Hook may be run and OtlpEndpoint can be sent to, and how their last runs went;
 * nothing is run or sent. */
#include "cmd/doctor.h"
#include "export/otlp_target.h"
#include "notify/hook_program.h"
#include "util/when.h"
#include "util/words.h"

#include <inttypes.h>

/* Of a database that cannot be read, doctor told before. */
static void tell_last_run(struct doctor *doctor, enum store_outlet_kind kind, const char *where,
			  const char *noun, const char *advice)
{
	char when[WHEN_TEXT_SIZE];
	struct store_outlet outlet;
	struct jo_err err = {0};

	if (doctor->store == NULL)
		return;
	if (store_outlet_get(doctor->store, kind, &outlet, &err) < 0)
		doctor_tell(doctor, DOCTOR_FAIL, "%s", err.text);
	else if (outlet.ran_unix_us == JO_MISSING)
		doctor_tell(doctor, DOCTOR_OK, "%s: was given nothing yet", where);
	else if (outlet.failing_since_unix_us != JO_MISSING)
		doctor_tell(doctor, DOCTOR_WARN,
			    "%s: fails since %s, and %" PRId64 " %s%s wait%s: %s; %s", where,
			    when_format(outlet.failing_since_unix_us, when), outlet.waiting_count,
			    noun, words_plural(outlet.waiting_count),
			    outlet.waiting_count == 1 ? "s" : "", outlet.trouble.text, advice);
	else
		doctor_tell(doctor, DOCTOR_OK, "%s: took %" PRId64 " %s%s at %s", where,
			    outlet.done_count, noun, words_plural(outlet.done_count),
			    when_format(outlet.ran_unix_us, when));
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
		tell_last_run(doctor, STORE_OUTLET_HOOK, path, "finding",
			      "'sjoboutliers hook --dry-run' prints what it is given");
}

void doctor_send(struct doctor *doctor)
{
	const struct conf *conf = doctor->conf;
	struct otlp_target target = {.url = NULL};
	struct jo_err err = {0};

	if (!otlp_target_is_set(conf->otlp_endpoint)) {
		doctor_tell(doctor, DOCTOR_OK, "steps are sent nowhere as spans (OtlpEndpoint)");
		return;
	}
	if (!doctor_answers(doctor, conf->otlp_headers_file))
		return;
	if (otlp_target_read(conf->otlp_endpoint, conf->otlp_headers_file, &target, &err) < 0)
		doctor_tell(doctor, DOCTOR_FAIL, "%s", err.text);
	else
		tell_last_run(doctor, STORE_OUTLET_SPANS, target.url, "step",
			      "'sjoboutliers send' tries again");
	otlp_target_release(&target);
}
