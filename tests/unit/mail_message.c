/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Messages, read back by a MIME parser: both parts say the same, and nothing
 * that a user can name breaks out of its place.
 */
#include <errno.h>
#include <gmime/gmime.h>
#include <stdlib.h>

#include "mail/address.h"
#include "mail/message.h"
#include "tap.h"

/* Words of text, separated by single blanks; list dashes and the footer's line are no words. */
static char *words_of(const char *text)
{
	char **words = g_strsplit_set(text, " \t\r\n", -1);
	GString *joined = g_string_new(NULL);

	for (char **word = words; *word != NULL; word++)
		if ((*word)[0] != '\0' && strcmp(*word, "-") != 0 && strcmp(*word, "--") != 0)
			g_string_append_printf(joined, "%s ", *word);
	g_strfreev(words);
	return g_string_free(joined, FALSE);
}

static void add_character(GString *out, const char **c)
{
	static const struct {
		const char *entity;
		char character;
	} entities[] = {
		{"&lt;", '<'}, {"&gt;", '>'}, {"&amp;", '&'}, {"&quot;", '"'}, {"&#39;", '\''},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(entities); i++)
		if (g_str_has_prefix(*c, entities[i].entity)) {
			g_string_append_c(out, entities[i].character);
			*c += strlen(entities[i].entity);
			return;
		}
	g_string_append_c(out, *(*c)++);
}

/* What a reader shows of the page's body. */
static char *text_of_html(const char *html)
{
	GString *out = g_string_new(NULL);
	const char *c = strstr(html, "<body>");

	while (c != NULL && *c != '\0') {
		if (*c != '<') {
			add_character(out, &c);
			continue;
		}
		c = strchr(c, '>');
		g_string_append_c(out, ' ');
		if (c != NULL)
			c++;
	}
	return g_string_free(out, FALSE);
}

static char *part_text(GMimeObject *part)
{
	GMimeStream *stream = g_mime_stream_mem_new();
	GByteArray *array;
	char *text;

	(void)g_mime_data_wrapper_write_to_stream(g_mime_part_get_content(GMIME_PART(part)),
						  stream);
	array = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream));
	text = g_malloc0(array->len + 1);
	memcpy(text, array->data, array->len);
	g_object_unref(stream);
	return text;
}

static GMimeMessage *parse(GBytes *bytes)
{
	gsize size;
	const char *data = g_bytes_get_data(bytes, &size);
	GMimeStream *stream = g_mime_stream_mem_new_with_buffer(data, size);
	GMimeParser *parser = g_mime_parser_new_with_stream(stream);
	GMimeMessage *message = g_mime_parser_construct_message(parser, NULL);

	g_object_unref(parser);
	g_object_unref(stream);
	return message;
}

/* CRLF throughout, no line above 998 bytes, ASCII: what every server takes. */
static int is_plain_sailing(GBytes *bytes)
{
	gsize size, line = 0;
	const unsigned char *data = g_bytes_get_data(bytes, &size);

	for (gsize i = 0; i < size; i++) {
		if (data[i] > 126 || data[i] == 0)
			return 0;
		if (data[i] == '\n' && (i == 0 || data[i - 1] != '\r'))
			return 0;
		if (data[i] == '\r' && (i + 1 == size || data[i + 1] != '\n'))
			return 0;
		line = data[i] == '\n' ? 0 : line + 1;
		if (line > 999)
			return 0;
	}
	return 1;
}

static int longest_line(const char *text)
{
	char **lines = g_strsplit(text, "\r\n", -1);
	glong longest = 0;

	for (char **line = lines; *line != NULL; line++)
		longest = MAX(longest, g_utf8_strlen(*line, -1));
	g_strfreev(lines);
	return (int)longest;
}

static const struct {
	const char *label, *text;
} facts[] = {
	{"Jobs", "4 jobs: 4711, 4712, 4713, 4714 (partition bio, ended Mon 23 Nov 03:12)"},
	{"Expected",
	 "1 h 24 min at 40 GiB of input (1 h 10 min to 1 h 50 min, from 41 earlier jobs)"},
	{"Took", "3 h 38 min"},
	{"<b>hostile</b>", "\"><script>alert(1)</script>&amp;\r\nBcc: all@example.org"},
	{"What differs", "db was \xe2\x80\xaegnp.exe; in the 41 normal jobs it was nr"},
};
static const unsigned char png[] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n', 0, 1, 2, 0xff};

/* A mail of so many findings: every kind of block, each with what the name is. */
static void write_mail(struct mail_doc *doc, size_t finding_count, const char *name)
{
	mail_doc_add(doc, MAIL_PARAGRAPH, "Hello %s,", name);
	for (size_t i = 0; i < finding_count; i++) {
		mail_doc_add(doc, MAIL_HEADING, "%zu. %s", i + 1, name);
		for (size_t j = 0; j < G_N_ELEMENTS(facts); j++)
			mail_doc_add_fact(doc, facts[j].label, facts[j].text);
		mail_doc_add_fact(doc, NULL, name);
		mail_doc_add_image(doc, png, sizeof(png),
				   "run time over input size, \"this\" job > the others");
		mail_doc_add(doc, MAIL_COMMAND, "sjoboutliers show 4698");
	}
	mail_doc_add(doc, MAIL_ITEM, "%s", name);
	mail_doc_add(doc, MAIL_FOOTER, "%s", name);
}

static const struct mail_headers good_headers = {
	.from_address = "jobs@example.org",
	.from_name = "joboutliers",
	.to_address = "ada@example.org",
	.to_name = "Ada Lovelace",
	.reply_to = "support@example.org",
	.subject = "wordfilter took 2.6 times as long as expected",
	.message_id = "abc@example.org",
	.unsubscribe = "mailto:support@example.org?subject=unsubscribe",
	.date_unix_s = 1764000000,
};

static void check_good(void)
{
	struct mail_doc doc;
	struct jo_err err = {0};
	GBytes *bytes = NULL, *again = NULL;
	GMimeMessage *message;
	GMimeMultipart *alternative, *related;
	char *text, *html, *html_text, *text_words, *html_words, *content;

	mail_doc_init(&doc);
	write_mail(&doc, 2, "wordfilter took 2.6 times as long as expected");
	is_int(mail_message_build(&good_headers, &doc, &bytes, &err), 0, "a message is built");
	ok(is_plain_sailing(bytes), "in lines that every server takes");
	message = parse(bytes);
	is_str(g_mime_message_get_subject(message), good_headers.subject, "subject");
	is_str(g_mime_message_get_message_id(message), "abc@example.org", "message id");
	is_str(g_mime_object_get_header(GMIME_OBJECT(message), "Auto-Submitted"), "auto-generated",
	       "nobody's vacation answers");
	is_str(g_mime_object_get_header(GMIME_OBJECT(message), "List-Unsubscribe"),
	       "<mailto:support@example.org?subject=unsubscribe>", "the way out");
	is_int(g_date_time_to_unix(g_mime_message_get_date(message)), 1764000000, "date");

	alternative = GMIME_MULTIPART(g_mime_message_get_mime_part(message));
	ok(g_mime_content_type_is_type(g_mime_object_get_content_type(GMIME_OBJECT(alternative)),
				       "multipart", "alternative"),
	   "text and HTML are alternatives");
	related = GMIME_MULTIPART(g_mime_multipart_get_part(alternative, 1));
	is_int(g_mime_multipart_get_count(related), 3, "the HTML comes with its two plots");
	is_str(g_mime_object_get_content_id(g_mime_multipart_get_part(related, 2)),
	       "plot2.abc@example.org", "each has the name");
	text = part_text(g_mime_multipart_get_part(alternative, 0));
	html = part_text(g_mime_multipart_get_part(related, 0));
	ok(strstr(html, "src=\"cid:plot2.abc@example.org\"") != NULL, "that the page shows it by");
	ok(strstr(html, "src=\"http") == NULL && strstr(html, "href=") == NULL,
	   "the page loads nothing");
	ok(longest_line(text) <= MAIL_TEXT_COLUMNS, "the text is %d columns wide",
	   longest_line(text));
	content = part_text(g_mime_multipart_get_part(related, 1));
	ok(memcmp(content, png, sizeof(png)) == 0, "the plot arrives byte by byte");
	g_free(content);

	html_text = text_of_html(html);
	text_words = words_of(text);
	html_words = words_of(html_text);
	is_str(html_words, text_words, "both parts say the same");
	ok(strstr(html, "<script") == NULL && strstr(html, "<b>") == NULL, "no foreign tags");
	ok(strstr(text, "\xe2\x80\xae") == NULL, "no text that runs backwards");

	is_int(mail_message_build(&good_headers, &doc, &again, &err), 0, "and once more");
	ok(again != NULL && g_bytes_get_size(again) == g_bytes_get_size(bytes),
	   "as long as the first time");
	g_bytes_unref(again);
	g_free(text);
	g_free(html);
	g_free(html_text);
	g_free(text_words);
	g_free(html_words);
	g_object_unref(message);
	g_bytes_unref(bytes);
	mail_doc_release(&doc);
}

/* 4 kB of it where repeated. */
static const char *const hostile_names[] = {
	"Eve\r\nBcc: everybody@example.org\r\n\r\nbody",
	"Eve\nSubject: other",
	"<script>alert(1)</script>",
	"\"; Eve, <eve@example.org>",
	"eve@example.org>",
	"=?utf-8?q?=0ABcc:_x?=",
	"\xff\xfe\x80 no UTF-8 \xc3",
	"\xd8\xb9\xd9\x84\xd9\x8a \xe2\x80\xae\xe2\x80\x8f",
	"\xe5\x90\x8d\xe5\x89\x8d \xf0\x9f\x98\x80",
	"a\tb\x01\x1b[31m\x7f",
	"",
	"   ",
	"((((comment",
	".",
	"%s%n%n%n",
};

static void check_hostile(const char *name, size_t times)
{
	GString *repeated = g_string_new(NULL);
	struct mail_headers headers = good_headers;
	GMimeMessage *message;
	GBytes *bytes = NULL;
	InternetAddressList *list;
	struct mail_doc doc;
	char *text, *html, *html_text, *text_words, *html_words;
	GMimeMultipart *alternative;

	while (repeated->len < strlen(name) * times)
		g_string_append(repeated, name);
	headers.to_name = headers.from_name = headers.subject = repeated->str;
	mail_doc_init(&doc);
	write_mail(&doc, 12, repeated->str);
	is_int(mail_message_build(&headers, &doc, &bytes, NULL), 0, "hostile: %.20s, %zu times",
	       "built", times);
	ok(is_plain_sailing(bytes), "plain lines");
	message = parse(bytes);
	is_int(g_mime_header_list_get_count(g_mime_object_get_header_list(GMIME_OBJECT(message))),
	       10, "no header more");
	list = g_mime_message_get_addresses(message, GMIME_ADDRESS_TYPE_TO);
	is_int(internet_address_list_length(list), 1, "one recipient");
	is_str(internet_address_mailbox_get_addr(
		       INTERNET_ADDRESS_MAILBOX(internet_address_list_get_address(list, 0))),
	       "ada@example.org", "the right one");
	alternative = GMIME_MULTIPART(g_mime_message_get_mime_part(message));
	text = part_text(g_mime_multipart_get_part(alternative, 0));
	html = part_text(g_mime_multipart_get_part(
		GMIME_MULTIPART(g_mime_multipart_get_part(alternative, 1)), 0));
	html_text = text_of_html(html);
	text_words = words_of(text);
	html_words = words_of(html_text);
	is_str(html_words, text_words, "both parts say the same");
	ok(strstr(html, "<script") == NULL, "no foreign tags");
	g_free(text);
	g_free(html);
	g_free(html_text);
	g_free(text_words);
	g_free(html_words);
	g_object_unref(message);
	g_bytes_unref(bytes);
	mail_doc_release(&doc);
	(void)g_string_free(repeated, TRUE);
}

static const char *const bad_unsubscribes[] = {
	"",
	"http://example.org/",
	"javascript:x",
	"mailto:a@b\r\nBcc: x@y",
	"mailto:a b",
	"mailto:<a>",
	"https://example.org/>,<https://evil.example/",
};

static void check_refused(void)
{
	struct mail_doc doc;
	GBytes *bytes = NULL;
	struct mail_headers headers;

	mail_doc_init(&doc);
	headers = good_headers;
	headers.to_address = "ada@example.org\r\nBcc: x@example.org";
	is_int(mail_message_build(&headers, &doc, &bytes, NULL), -EINVAL,
	       "a recipient that is none");
	headers = good_headers;
	headers.from_address = "jobs";
	is_int(mail_message_build(&headers, &doc, &bytes, NULL), -EINVAL, "a sender that is none");
	headers = good_headers;
	headers.reply_to = "x y@example.org";
	is_int(mail_message_build(&headers, &doc, &bytes, NULL), -EINVAL,
	       "an address for answers that is none");
	for (size_t i = 0; i < G_N_ELEMENTS(bad_unsubscribes); i++) {
		headers = good_headers;
		headers.unsubscribe = bad_unsubscribes[i];
		is_int(mail_message_build(&headers, &doc, &bytes, NULL), -EINVAL,
		       "no way to unsubscribe: %zu", i);
	}
	ok(bytes == NULL, "nothing was made");
	headers = good_headers;
	headers.unsubscribe = headers.reply_to = headers.to_name = NULL;
	is_int(mail_message_build(&headers, &doc, &bytes, NULL), 0, "those that may be missing");
	g_bytes_unref(bytes);
	mail_doc_release(&doc);
}

static void check_clean(void)
{
	static const struct {
		const char *text;
		size_t max;
		const char *want;
	} cases[] = {
		{NULL, 10, ""},
		{"", 10, ""},
		{"plain", 5, "plain"},
		{"plains", 5, "pl..."},
		{"a\r\nb\tc", 10, "a  b c"},
		{"\xc3\xa4\xc3\xb6\xc3\xbc\xc3\x9f\xc3\xa9\xc3\xa8", 5, "\xc3\xa4\xc3\xb6..."},
		{"\xff", 10, "\xef\xbf\xbd"},
		{"x\xe2\x80\xaey\xe2\x80\x8bz\xef\xbb\xbf", 10, "xyz"},
		{"abc", 0, "..."},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		char *clean = mail_clean(cases[i].text, cases[i].max);

		is_str(clean, cases[i].want, "clean %zu", i);
		g_free(clean);
	}
}

static void check_ids(void)
{
	char first[MAIL_MESSAGE_ID_SIZE], second[MAIL_MESSAGE_ID_SIZE];

	mail_message_id_make("jobs@example.org", first);
	mail_message_id_make("jobs@example.org", second);
	ok(strcmp(first, second) != 0, "two mails have two ids");
	ok(g_str_has_suffix(first, "@example.org"), "of the sender's domain");
}

int main(void)
{
	g_mime_init();
	check_clean();
	check_ids();
	check_good();
	check_refused();
	for (size_t i = 0; i < G_N_ELEMENTS(hostile_names); i++) {
		check_hostile(hostile_names[i], 1);
		check_hostile(hostile_names[i], 4096 / (strlen(hostile_names[i]) + 1));
	}
	return tap_done();
}
