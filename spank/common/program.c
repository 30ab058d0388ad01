/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Knows the interpreters whose own name says nothing about a job. */
#include "joboutliers/program.h"

#include <stddef.h>
#include <string.h>

#include "joboutliers/utf8.h"

/*
 * How to find the script behind an interpreter.  Options that take a value must
 * be known, or the value would be taken for the script; after one that brings
 * the code itself (-c CODE, -e CODE) or a module there is no script, and
 * nothing of what follows may be shown.
 */
struct interpreter {
	const char *name;          /* a version may follow: python3.11 */
	const char *value_letters; /* -W VALUE or -WVALUE; also in a cluster: -uW VALUE */
	const char *stop_letters;  /* the same for options after which there is no script */
	const char *value_words;   /* long options with a separate value, each between spaces */
	const char *stop_words;
	const char *script_word; /* its value is the script */
};

static const struct interpreter interpreters[] = {
	{"python", "WX", "cm", " --check-hash-based-pycs ", "", NULL},
	{"pypy", "WX", "cm", "", "", NULL},
	{"Rscript", "", "e", "", "", NULL},
	{"perl", "I", "eE", "", "", NULL},
	{"ruby", "ICrEW", "e", "", "", NULL},
	{"julia", "ptJLCH", "eE", " --threads --procs --sysimage --load --cpu-target ",
	 " --eval --print ", NULL},
	{"node", "rC", "ep", " --require --import --loader ", " --eval --print ", NULL},
	{"lua", "l", "e", "", "", NULL},
	{"bash", "oO", "cs", " --rcfile --init-file ", "", NULL},
	{"sh", "o", "cs", "", "", NULL},
	{"dash", "o", "cs", "", "", NULL},
	{"zsh", "o", "cs", "", "", NULL},
	{"ksh", "o", "cs", "", "", NULL},
	{"tcsh", "", "cs", "", "", NULL},
	{"csh", "", "cs", "", "", NULL},
	/* Its options are long with one dash, so it has no letters. */
	{"java", NULL, NULL, " -cp -classpath --class-path -p --module-path ", " -m --module ",
	 "-jar"},
};

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == NULL || slash[1] == '\0' ? path : slash + 1;
}

static bool is_among(const char *words, const char *word)
{
	size_t len = strlen(word);

	for (words += strspn(words, " "); *words != '\0'; words += strspn(words, " ")) {
		if (strcspn(words, " ") == len && strncmp(words, word, len) == 0)
			return true;
		words += strcspn(words, " ");
	}
	return false;
}

static const struct interpreter *find_interpreter(const char *name)
{
	for (size_t i = 0; i < sizeof(interpreters) / sizeof(interpreters[0]); i++) {
		size_t len = strlen(interpreters[i].name);

		if (strncmp(name, interpreters[i].name, len) == 0 &&
		    name[len + strspn(name + len, "0123456789.-")] == '\0')
			return &interpreters[i];
	}
	return NULL;
}

enum option_effect { EFFECT_NONE, EFFECT_TAKES_NEXT, EFFECT_STOP, EFFECT_SCRIPT_NEXT };

/* What a word that starts with '-' or '+' means for the words behind it. */
static enum option_effect option_effect(const struct interpreter *interpreter, const char *word)
{
	if (interpreter->script_word != NULL && strcmp(word, interpreter->script_word) == 0)
		return EFFECT_SCRIPT_NEXT;
	if (is_among(interpreter->stop_words, word))
		return EFFECT_STOP;
	if (is_among(interpreter->value_words, word))
		return EFFECT_TAKES_NEXT;
	if (strncmp(word, "--", 2) == 0 || interpreter->value_letters == NULL)
		return strcmp(word, "--") == 0 ? EFFECT_SCRIPT_NEXT : EFFECT_NONE;
	for (const char *letter = word + 1; *letter != '\0'; letter++) {
		if (strchr(interpreter->stop_letters, *letter) != NULL)
			return EFFECT_STOP;
		if (strchr(interpreter->value_letters, *letter) != NULL)
			return letter[1] == '\0' ? EFFECT_TAKES_NEXT : EFFECT_NONE;
	}
	return EFFECT_NONE;
}

/* The script's word, or NULL when there is none. */
static const char *find_script(const struct interpreter *interpreter, int argc, char *const *argv)
{
	for (int i = 1; i < argc; i++) {
		if (argv[i][0] != '-' && argv[i][0] != '+')
			return argv[i];
		switch (option_effect(interpreter, argv[i])) {
		case EFFECT_NONE:
			break;
		case EFFECT_TAKES_NEXT:
			i++;
			break;
		case EFFECT_STOP:
			return NULL;
		case EFFECT_SCRIPT_NEXT:
			return i + 1 < argc ? argv[i + 1] : NULL;
		}
	}
	return NULL;
}

bool jo_program_is_interpreter(const char *name)
{
	return find_interpreter(name) != NULL;
}

void jo_program_name(int argc, char *const *argv, char name[static JO_NAME_SIZE])
{
	const struct interpreter *interpreter;
	const char *program, *script;

	name[0] = '\0';
	if (argc < 1 || argv == NULL || argv[0] == NULL)
		return;
	program = base_name(argv[0]);
	interpreter = find_interpreter(program);
	if (interpreter != NULL) {
		script = find_script(interpreter, argc, argv);
		if (script != NULL && script[0] != '\0')
			program = base_name(script);
	}
	jo_utf8_clean(name, JO_NAME_SIZE, program);
}
