/* SPDX-License-Identifier: GPL-2.0-or-later */
/* doctor: how many jobs declare the size of their input, without which time alone is judged. */
#include "cmd/doctor.h"
#include "util/words.h"

#include <inttypes.h>

#define WEEK_US (7 * STORE_TALLY_DAY_US)

static int count_steps(struct doctor *doctor, int64_t *ret_count, int64_t *ret_sized_count,
		       struct jo_err *err)
{
	int64_t now = doctor->env->now_unix_us;
	struct store_cursor *cursor;
	struct store_day day;
	int rc = store_days_open(doctor->store, now - WEEK_US, now, &cursor, err);

	if (rc < 0)
		return rc;
	while ((rc = store_days_next(cursor, &day, err)) > 0) {
		*ret_count += day.step_count;
		*ret_sized_count += day.sized_count;
	}
	store_cursor_close(cursor);
	return rc;
}

static void tell_share(struct doctor *doctor, int64_t count, int64_t sized_count)
{
	double percent = 100 * (double)sized_count / (double)count;
	bool is_fine = percent >= 0.5; /* what is shown as 0% is not */

	doctor_tell(doctor, is_fine ? DOCTOR_OK : DOCTOR_WARN,
		    "%.0f%% of the last week's %" PRId64 " step%s declare%s an input size%s%s",
		    percent, count, words_plural(count), count == 1 ? "s" : "", is_fine ? "" : "; ",
		    is_fine            ? ""
		    : sized_count == 0 ? STEP_UNSIZED_ADVICE
				       : STEP_SIZE_ADVICE);
}

void doctor_sizes(struct doctor *doctor)
{
	int64_t count = 0, sized_count = 0;
	struct jo_err err = {0};

	if (doctor->store == NULL)
		doctor_tell(doctor, DOCTOR_WARN, "not checked without a database");
	else if (count_steps(doctor, &count, &sized_count, &err) < 0)
		doctor_tell(doctor, DOCTOR_FAIL, "%s", err.text);
	else if (count == 0)
		doctor_tell(doctor, DOCTOR_OK, "no step ended in the last week");
	else
		tell_share(doctor, count, sized_count);
}
