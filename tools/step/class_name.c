/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Takes one thing off a name after the other, until nothing is found any more. */
#include "step/class_name.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "joboutliers/program.h"
#include "joboutliers/utf8.h"

/*
 * A number after one of these is no number among others: it says which tool,
 * reference, format or model is meant, which part of the work is done, or how
 * much there is of it.  Each stands between blanks, in small letters.
 */
static const char kept_words[] =
	/* tools */
	" python pypy perl lua ruby java php qt gtk bowtie hisat tophat mem minimap kraken"
	" metaphlan humann macs mutect deseq plink muscle orca relion cryosparc namd vasp gaussian"
	" gromacs charmm amber lammps wannier geant pythia herwig madgraph delphes root freesurfer"
	" fsl spm afni fmriprep cesm wrf icon fluent ansys abaqus openfoam star samtools bcftools"
	" gatk blast snakemake nextflow slurm cuda gcc clang llvm mpi openmpi bzip gzip zstd"
	/* references, formats and models */
	" hg grch grcm mm era cmip landsat sentinel gaia sha md hdf netcdf base utf fp int float"
	" bf mp resnet vgg gpt llama yolo bert efficientnet"
	/* parts of the work */
	" step stage phase pass level tier layer version ver release rev v"
	/* amounts */
	" size n k np nproc ntasks threads cpus cores nodes gpus mem res resolution dim depth width"
	" height scale grid kmer degree order gb mb km nm kb deg temp ";

/* A number after one of these is one among others wherever it stands in the name. */
static const char counted_words[] =
	" sample samples chunk part job run task rep replicate seed chr chrom chromosome fold split"
	" batch shard file frame iter iteration block tile sub subject patient lane trial idx index"
	" id no num nr rank worker member ens window region scaffold contig bin array item ";

/* What a script's name may end in; the name is what stands before it. */
static const char *const endings[] = {".sh",  ".bash", ".slurm", ".sbatch", ".job",
				      ".cmd", ".csh",  ".py",    ".R",      ".pl"};

/* Two letters before a number are a code: hg38, s3, v2, x86. */
#define CODE_LETTERS_MAX 2

/* git shows hashes from seven digits on; a longer one needs no second look. */
#define HASH_DIGITS_MIN 7
#define HASH_DIGITS_SURE 12

#define UUID_LENGTH 36

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Bytes of characters beyond ASCII are letters to us: none of them separates words. */
static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c & 0x80) != 0;
}

static bool is_of_word(char c)
{
	return is_digit(c) || is_letter(c);
}

static bool is_hex(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool is_separator(char c)
{
	return c != '\0' && strchr("_-.:#@,=+ ~", c) != NULL;
}

static size_t count_digits(const char *text)
{
	return strspn(text, "0123456789");
}

/* Whether a list of words has the letters [text, text + length), whatever their case. */
static bool has_word(const char *words, const char *text, size_t length)
{
	char word[32];

	if (length == 0 || length + sizeof("  ") > sizeof(word))
		return false;
	word[0] = ' ';
	for (size_t i = 0; i < length; i++)
		word[1 + i] =
			(char)(text[i] >= 'A' && text[i] <= 'Z' ? text[i] - 'A' + 'a' : text[i]);
	word[1 + length] = ' ';
	word[2 + length] = '\0';
	return strstr(words, word) != NULL;
}

/* Take [from, to) off the name, with what separated it; one separator stays between two parts. */
static void take_off(char *name, size_t from, size_t to)
{
	size_t left = from, right = to;
	char between = '\0';

	while (left > 0 && (is_separator(name[left - 1]) || strchr("[({", name[left - 1]) != NULL))
		left--;
	while (name[right] != '\0' &&
	       (is_separator(name[right]) || strchr("])}", name[right]) != NULL))
		right++;
	if (left > 0 && name[right] != '\0')
		between = left < from && is_separator(name[left]) ? name[left]
			  : is_separator(name[to])                ? name[to]
								  : '_';
	if (between != '\0')
		name[left++] = between;
	memmove(name + left, name + right, strlen(name + right) + 1);
}

/* The letters that stand right before name[at], or before one separator. */
static size_t letters_before(const char *name, size_t at, size_t *ret_start, bool *ret_is_glued)
{
	size_t end = at, start;

	*ret_is_glued = end > 0 && is_letter(name[end - 1]);
	if (!*ret_is_glued && end > 0)
		end--;
	for (start = end; start > 0 && is_letter(name[start - 1]); start--)
		;
	*ret_start = start;
	return end - start;
}

/* ---- what is taken off: each takes one thing, and says whether it did ---- */

/* "(sample_12)" at the end; of a name that was cut the bracket may not close. */
static bool take_tag(char *name, char *tag)
{
	size_t length = strlen(name), open = length, depth = 0;
	bool is_closed = length > 0 && name[length - 1] == ')';

	if (!is_closed && length < JO_NAME_SIZE - 4)
		return false;
	while (open > 0) {
		open--;
		if (name[open] == ')')
			depth++;
		else if (name[open] == '(' && (!is_closed || --depth == 0))
			break;
	}
	if (name[open] != '(' || open == 0)
		return false;
	(void)snprintf(tag, JO_NAME_SIZE, "%.*s", (int)(length - open - 1 - is_closed),
		       name + open + 1);
	take_off(name, open, length);
	return true;
}

static bool is_uuid(const char *text)
{
	for (size_t i = 0; i < UUID_LENGTH; i++) {
		bool is_dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (is_dash ? text[i] != '-' : !is_hex(text[i]))
			return false;
	}
	return !is_of_word(text[UUID_LENGTH]);
}

static bool take_uuid(char *name, char *tag)
{
	(void)tag;
	for (size_t i = 0; name[i] != '\0'; i++) {
		if ((i > 0 && is_of_word(name[i - 1])) || !is_uuid(name + i))
			continue;
		take_off(name, i, i + UUID_LENGTH);
		return true;
	}
	return false;
}

/* Digits and letters mixed; "decade12" is none, and neither is "facade". */
static bool is_hash(const char *text, size_t length)
{
	size_t digits = 0;
	bool is_mixed = false;

	for (size_t i = 0; i < length; i++) {
		if (!is_hex(text[i]))
			return false;
		digits += is_digit(text[i]);
		is_mixed |= i > 0 && is_digit(text[i - 1]) && !is_digit(text[i]);
	}
	if (length >= HASH_DIGITS_SURE)
		return digits > 0 && digits < length;
	return length >= HASH_DIGITS_MIN && is_mixed && digits >= 2 && length - digits >= 2;
}

static bool take_hash(char *name, char *tag)
{
	(void)tag;
	for (size_t i = 0, length; name[i] != '\0'; i += length) {
		for (length = 0; is_of_word(name[i + length]); length++)
			;
		if (is_hash(name + i, length)) {
			take_off(name, i, i + length);
			return true;
		}
		if (length == 0)
			length = 1;
	}
	return false;
}

static int number_at(const char *text, size_t digits)
{
	int value = 0;

	for (size_t i = 0; i < digits; i++)
		value = 10 * value + text[i] - '0';
	return value;
}

static bool is_year(const char *text)
{
	return count_digits(text) >= 4 && number_at(text, 4) >= 1970 && number_at(text, 4) < 2100;
}

static bool is_between(const char *text, int low, int high)
{
	return count_digits(text) >= 2 && number_at(text, 2) >= low && number_at(text, 2) <= high;
}

/* "2024-01-31", "20240131", "31.01.2024", "2024-01": how long it is, 0 for none. */
static size_t date_length(const char *text)
{
	size_t digits = count_digits(text);
	bool has_separator = is_separator(text[digits]);

	if (digits >= 8 && is_year(text) && is_between(text + 4, 1, 12) &&
	    is_between(text + 6, 1, 31))
		return 8;
	if (digits == 4 && is_year(text) && has_separator && is_between(text + 5, 1, 12)) {
		if (count_digits(text + 5) != 2)
			return 0;
		return text[7] == text[4] && count_digits(text + 8) == 2 &&
				       is_between(text + 8, 1, 31)
			       ? 10
		       : text[4] == '-' && !is_of_word(text[7]) ? 7
								: 0;
	}
	if (digits == 2 && has_separator && is_between(text, 1, 31) &&
	    is_between(text + 3, 1, 12) && text[5] == text[2] && count_digits(text + 6) == 4 &&
	    is_year(text + 6))
		return 10;
	return 0;
}

/* "10:11:12", "10-11-12", "101112", "1011", with 'Z' or a fraction: how long, 0 for none. */
static size_t clock_length(const char *text, bool has_date)
{
	size_t digits = count_digits(text), length = 0;
	bool has_separator = digits == 2 && text[2] != '\0' && strchr(":.-_", text[2]) != NULL;

	if (!is_between(text, 0, 23))
		return 0;
	if (has_separator && (has_date || text[2] == ':') && is_between(text + 3, 0, 59)) {
		length = 5;
		if (text[5] == text[2] && is_between(text + 6, 0, 59))
			length = 8;
	} else if (has_date && (digits == 4 || digits == 6) && is_between(text + 2, 0, 59) &&
		   (digits == 4 || is_between(text + 4, 0, 60))) {
		length = digits;
	}
	if (length > 0 && text[length] == '.' && count_digits(text + length + 1) > 0)
		length += 1 + count_digits(text + length + 1);
	if (length > 0 && text[length] == 'Z')
		length++;
	return length;
}

/* Seconds since 1970, or parts of them, in the years 2001 to 2033; how many digits, 0 for none. */
static size_t epoch_length(const char *text)
{
	size_t digits = count_digits(text);

	return (digits == 10 || digits == 13 || digits == 16 || digits == 19) && text[0] == '1'
		       ? digits
		       : 0;
}

static size_t time_length(const char *text)
{
	size_t length = date_length(text), clock;

	if (length == 0) {
		length = clock_length(text, false);
		return length > 0 ? length : epoch_length(text);
	}
	if (is_digit(text[length]))
		clock = clock_length(text + length, true);
	else if (text[length] == 'T' || text[length] == 't' || is_separator(text[length]))
		clock = clock_length(text + length + 1, true) + 1;
	else
		clock = 0;
	if (clock <= 1 || is_of_word(text[length + clock]))
		return length;
	return length + clock;
}

static bool take_time(char *name, char *tag)
{
	(void)tag;
	for (size_t i = 0; name[i] != '\0'; i++) {
		size_t length;

		if (!is_digit(name[i]) || (i > 0 && is_digit(name[i - 1])))
			continue;
		length = time_length(name + i);
		if (length == 0 || is_of_word(name[i + length]))
			continue;
		take_off(name, i, i + length);
		return true;
	}
	return false;
}

/* "chunk_12", "sample12" anywhere: the number goes. */
static bool take_counted(char *name, char *tag)
{
	(void)tag;
	for (size_t i = 1; name[i] != '\0'; i++) {
		size_t digits = count_digits(name + i), start, length;
		bool is_glued;

		if (digits == 0 || is_digit(name[i - 1]) || is_of_word(name[i + digits]))
			continue;
		length = letters_before(name, i, &start, &is_glued);
		if (!has_word(counted_words, name + start, length) ||
		    (!is_glued && !is_separator(name[i - 1])) ||
		    (start > 0 && is_of_word(name[start - 1])))
			continue;
		take_off(name, i, i + digits);
		return true;
	}
	return false;
}

/* "align_12", "align12", "align[12]" at the end, unless the number belongs to the name. */
static bool take_number(char *name, char *tag)
{
	size_t end = strlen(name), start, word, length;
	bool is_glued;

	(void)tag;
	if (end > 1 && name[end - 1] == ']')
		end--;
	for (start = end; start > 0 && is_digit(name[start - 1]); start--)
		;
	if (start == end || start == 0)
		return false;
	if (name[start - 1] == '.' && start >= 2 && is_digit(name[start - 2]))
		return false; /* 1.17 */
	length = letters_before(name, start, &word, &is_glued);
	if (has_word(kept_words, name + word, length) || (is_glued && length <= CODE_LETTERS_MAX))
		return false;
	take_off(name, start, strlen(name));
	return true;
}

static bool (*const takers[])(char *name, char *tag) = {take_tag,  take_uuid,    take_hash,
							take_time, take_counted, take_number};

static bool take_one(char *name, char *tag)
{
	for (size_t i = 0; i < sizeof(takers) / sizeof(takers[0]); i++)
		if (takers[i](name, tag))
			return true;
	return false;
}

/* The ending of a script's name, which is cut off there. */
static const char *cut_ending(char *name)
{
	size_t length = strlen(name);

	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
		size_t ending = strlen(endings[i]);

		if (length > ending && strcmp(name + length - ending, endings[i]) == 0) {
			name[length - ending] = '\0';
			return endings[i];
		}
	}
	return "";
}

static bool has_letter(const char *text)
{
	for (; *text != '\0'; text++)
		if (is_letter(*text))
			return true;
	return false;
}

bool class_name_family(const char *name, char ret_family[static JO_NAME_SIZE],
		       char ret_tag[static JO_NAME_SIZE])
{
	char rest[JO_NAME_SIZE];
	const char *ending = "";

	jo_utf8_clean(rest, sizeof(rest), name);
	ret_tag[0] = '\0';
	/* Each round makes the name shorter, and may lay an ending bare. */
	do {
		if (*ending == '\0')
			ending = cut_ending(rest);
	} while (take_one(rest, ret_tag));
	if (!has_letter(rest)) {
		jo_utf8_clean(ret_family, JO_NAME_SIZE, name);
		ret_tag[0] = '\0';
		return false;
	}
	(void)snprintf(ret_family, JO_NAME_SIZE, "%s%s", rest, ending);
	return true;
}

/* ---- the class ---- */

/*
 * Snakemake's jobs are named by a UUID, the same one for all of a run, and the
 * rule stands in the comment: "rule_align_wildcards_A_1".  Other comments are
 * their user's, and only such a name gives us leave to read it.
 */
static bool take_comment(const struct class_facts *facts, char *ret_base, char *ret_tag)
{
	static const char *const beginnings[] = {"rule_", "group_"};
	static const char mark[] = "_wildcards_";
	char name[JO_NAME_SIZE];
	const char *wildcards;

	jo_utf8_clean(name, sizeof(name), facts->job_name);
	if (!take_uuid(name, ret_tag))
		return false;
	for (size_t i = 0; i < sizeof(beginnings) / sizeof(beginnings[0]); i++) {
		size_t length = strlen(beginnings[i]);

		if (strncmp(facts->comment, beginnings[i], length) != 0 ||
		    !is_of_word(facts->comment[length]))
			continue;
		wildcards = strstr(facts->comment, mark);
		if (wildcards == NULL)
			wildcards = facts->comment + strlen(facts->comment);
		(void)snprintf(ret_base, JO_NAME_SIZE, "%.*s", (int)(wildcards - facts->comment),
			       facts->comment);
		(void)snprintf(ret_tag, JO_NAME_SIZE, "%s",
			       *wildcards != '\0' ? wildcards + strlen(mark) : "");
		return true;
	}
	return false;
}

void class_name_make(enum class_names names, const struct class_facts *facts,
		     struct class_made *ret_made)
{
	const char *program = facts->step_kind == JO_STEP_SRUN ? facts->program : "";
	char base[JO_NAME_SIZE];
	bool has_name = true;

	ret_made->tag[0] = '\0';
	if (names == CLASS_NAMES_WHOLE) {
		jo_utf8_clean(base, sizeof(base), facts->job_name);
	} else if (!take_comment(facts, base, ret_made->tag)) {
		has_name = class_name_family(facts->job_name, base, ret_made->tag);
	}
	/* An srun without a name has its program's, whatever is taken off that. */
	if (strcmp(facts->job_name, program) == 0)
		program = "";
	/* Of a name that is nothing but a number the program tells more, if it is one's own. */
	if (!has_name && program[0] != '\0' && !jo_program_is_interpreter(program))
		base[0] = '\0';
	jo_class_of_step(base, program, ret_made->name);
}
