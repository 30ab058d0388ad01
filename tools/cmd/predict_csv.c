/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The jobs of a file, in the columns that import takes, each predicted. */
#include "cmd/predict_csv.h"

#include <errno.h>
#include <stdlib.h>

#include "cmd/intake_run.h"
#include "cmd/predict_rows.h"
#include "intake/row_columns.h"
#include "util/alloc.h"
#include "util/csv.h"

/* What was not known before the job ran is not looked at, so that one file serves import, too. */
static int read_job(const struct csv_reader *reader, const struct row_column *columns,
		    const char *const *fields, struct jo_record *ret_job, struct jo_err *err)
{
	struct row row = {.record = ret_job,
			  .has_decimal_comma = csv_reader_delimiter(reader) != ','};
	size_t count = csv_reader_column_count(reader);
	int rc = 0;

	jo_record_init(ret_job, JO_RECORD_START);
	for (size_t i = 0; i < count && rc == 0; i++)
		if (columns[i].is_given)
			rc = row_column_read(&columns[i], fields[i], &row, err);
	return rc;
}

static int answer_rows(struct predictor *predictor, struct csv_reader *reader, const char *path,
		       const struct row_column *columns, double safety, struct out *out,
		       struct jo_err *err)
{
	const char *const *fields;
	struct jo_err why;
	int rc, status = CMD_DONE;
	int64_t bad_count = 0;

	while ((rc = csv_reader_next(reader, &fields, &why)) != 0) {
		int64_t number = csv_reader_row(reader);
		struct predictor_answer answer;
		struct jo_record job;

		if (rc < 0 && rc != -EBADMSG) {
			*err = why;
			return rc;
		}
		if (rc > 0) {
			rc = read_job(reader, columns, fields, &job, &why);
			if (rc < 0)
				(void)jo_err_prefix(&why, "%s: row %lld", path, (long long)number);
		}
		if (rc < 0) {
			intake_run_show_bad(&bad_count, why.text);
			predictor_refuse(&answer, "bad-row");
			status = CMD_BAD_INPUT;
		} else {
			rc = predict_rows_ask(predictor, &job, safety, &answer, err);
			if (rc < 0)
				return rc;
		}
		predict_rows_add(out, number, &answer);
	}
	intake_run_end_bad(bad_count);
	return status;
}

int predict_csv(const char *path, double safety, const struct out_options *output,
		struct predictor *predictor, struct jo_err *err)
{
	struct csv_reader *reader = NULL;
	struct row_column *columns = NULL;
	struct out *out = NULL;
	size_t count;
	int rc = csv_reader_open(path, 0, &reader, err);

	if (rc < 0)
		return rc;
	count = csv_reader_column_count(reader);
	columns = xcalloc(count, sizeof(columns[0]));
	for (size_t i = 0; rc == 0 && i < count; i++)
		rc = row_column_find(csv_reader_column(reader, i), &columns[i], err);
	if (rc < 0)
		(void)jo_err_prefix(err, "%s: header", path);
	else
		rc = predict_rows_open(output, &out, err);
	if (rc == CMD_DONE) {
		rc = answer_rows(predictor, reader, path, columns, safety, out, err);
		if (out_close(out, rc < 0 ? NULL : err) < 0 && rc >= 0)
			rc = -EIO;
	}
	free(columns);
	csv_reader_close(reader);
	return rc;
}
