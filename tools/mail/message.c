/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Builds messages with GMime, which knows how names, subjects and long lines are encoded. */
#include "mail/message.h"

#include <errno.h>
#include <gmime/gmime.h>
#include <string.h>
#include <sys/random.h>

#include "mail/address.h"

#define SUBJECT_MAX 120     /* characters; more is cut off by every reader's list anyway */
#define NAME_MAX_CHARS 80   /* as long as any that a reader shows */
#define UNSUBSCRIBE_MAX 500 /* bytes: fits a header line of at most 998 with room to spare */

void mail_message_id_make(const char *address, char ret_id[MAIL_MESSAGE_ID_SIZE])
{
	const char *at = strrchr(address, '@');
	guint32 random[4];

	/* 16 bytes are never cut short, and after boot this never waits */
	if (getrandom(random, sizeof(random), 0) != (ssize_t)sizeof(random))
		for (size_t i = 0; i < G_N_ELEMENTS(random); i++)
			random[i] = g_random_int();
	g_snprintf(ret_id, MAIL_MESSAGE_ID_SIZE, "%08x%08x%08x%08x.joboutliers@%s", random[0],
		   random[1], random[2], random[3], at == NULL ? "localhost" : at + 1);
}

int mail_unsubscribe_check(const char *text, struct jo_err *err)
{
	size_t len = strlen(text);

	if (len <= UNSUBSCRIBE_MAX &&
	    (g_str_has_prefix(text, "mailto:") || g_str_has_prefix(text, "https://"))) {
		for (; *text > ' ' && *text < 0x7f && strchr("<>,\"", *text) == NULL; text++)
			len--;
		if (len == 0)
			return 0;
	}
	return jo_err_set(err, -EINVAL,
			  "'%.80s' is no address to unsubscribe at, expected "
			  "mailto:... or https://...",
			  text);
}

static void add_mailbox(InternetAddressList *list, const char *name, const char *address)
{
	char *clean = mail_clean(name, NAME_MAX_CHARS);
	InternetAddress *mailbox;

	g_strstrip(clean);
	mailbox = internet_address_mailbox_new(clean[0] == '\0' ? NULL : clean, address);
	(void)internet_address_list_add(list, mailbox);
	g_object_unref(mailbox);
	g_free(clean);
}

static void set_headers(GMimeMessage *message, const struct mail_headers *headers)
{
	GMimeObject *object = GMIME_OBJECT(message);
	GDateTime *date = g_date_time_new_from_unix_local(headers->date_unix_s);
	char *subject = mail_clean(headers->subject, SUBJECT_MAX);
	char *unsubscribe;

	add_mailbox(g_mime_message_get_addresses(message, GMIME_ADDRESS_TYPE_FROM),
		    headers->from_name, headers->from_address);
	if (headers->reply_to != NULL)
		add_mailbox(g_mime_message_get_addresses(message, GMIME_ADDRESS_TYPE_REPLY_TO),
			    NULL, headers->reply_to);
	add_mailbox(g_mime_message_get_addresses(message, GMIME_ADDRESS_TYPE_TO), headers->to_name,
		    headers->to_address);
	g_mime_message_set_subject(message, subject, "utf-8");
	if (date != NULL) {
		g_mime_message_set_date(message, date);
		g_date_time_unref(date);
	}
	g_mime_message_set_message_id(message, headers->message_id);
	/* RFC 3834: no vacation notice comes back; Exchange has its own word for that. */
	g_mime_object_set_header(object, "Auto-Submitted", "auto-generated", NULL);
	g_mime_object_set_header(object, "X-Auto-Response-Suppress", "All", NULL);
	if (headers->language != NULL)
		g_mime_object_set_header(object, "Content-Language", headers->language, NULL);
	if (headers->unsubscribe != NULL) {
		unsubscribe = g_strdup_printf("<%s>", headers->unsubscribe);
		g_mime_object_set_header(object, "List-Unsubscribe", unsubscribe, NULL);
		g_free(unsubscribe);
	}
	g_free(subject);
}

static GMimeObject *new_part(const char *type, const char *subtype, const void *bytes, gsize size)
{
	GMimePart *part = g_mime_part_new_with_type(type, subtype);
	GMimeStream *stream = g_mime_stream_mem_new_with_buffer(bytes, size);
	GMimeDataWrapper *content =
		g_mime_data_wrapper_new_with_stream(stream, GMIME_CONTENT_ENCODING_DEFAULT);

	g_mime_part_set_content(part, content);
	g_mime_part_set_content_encoding(
		part, g_mime_part_get_best_content_encoding(part, GMIME_ENCODING_CONSTRAINT_7BIT));
	g_object_unref(content);
	g_object_unref(stream);
	return GMIME_OBJECT(part);
}

static GMimeObject *new_text_part(const char *subtype, const char *text)
{
	GMimeObject *part = new_part("text", subtype, text, strlen(text));

	g_mime_object_set_content_type_parameter(part, "charset", "utf-8");
	return part;
}

/* Takes over the part. */
static void add_part(GMimeMultipart *parent, GMimeObject *part)
{
	g_mime_multipart_add(parent, part);
	g_object_unref(part);
}

static void add_images(GMimeMultipart *related, const struct mail_doc *doc, const char *cid_suffix)
{
	size_t plot_count = 0;

	for (guint i = 0; i < doc->blocks->len; i++) {
		const struct mail_block *block = doc->blocks->pdata[i];
		GMimeObject *part;
		const void *bytes;
		char *name;
		gsize size;

		if (block->kind != MAIL_IMAGE)
			continue;
		bytes = g_bytes_get_data(block->png, &size);
		part = new_part("image", "png", bytes, size);
		name = g_strdup_printf("plot%zu.%s", ++plot_count, cid_suffix);
		g_mime_object_set_content_id(part, name);
		g_free(name);
		name = g_strdup_printf("plot%zu.png", plot_count);
		g_mime_object_set_disposition(part, "inline");
		g_mime_part_set_filename(GMIME_PART(part), name);
		g_free(name);
		add_part(related, part);
	}
}

/* The HTML page, alone or, when it has images, together with them (RFC 2387). */
static GMimeObject *new_html_part(const struct mail_doc *doc, const char *title,
				  const char *language, const char *cid_suffix)
{
	char *html = mail_doc_html(doc, title, language, cid_suffix);
	GMimeObject *page = new_text_part("html", html);
	GMimeMultipart *related = g_mime_multipart_new_with_subtype("related");

	g_free(html);
	g_mime_object_set_content_type_parameter(GMIME_OBJECT(related), "type", "text/html");
	add_part(related, page);
	add_images(related, doc, cid_suffix);
	if (g_mime_multipart_get_count(related) == 1) {
		page = g_mime_multipart_remove_at(related, 0);
		g_object_unref(related);
		return page;
	}
	return GMIME_OBJECT(related);
}

static GBytes *message_bytes(GMimeMessage *message)
{
	GMimeFormatOptions *options = g_mime_format_options_new();
	GMimeStream *stream = g_mime_stream_mem_new();
	GByteArray *array;
	GBytes *bytes;

	g_mime_format_options_set_newline_format(options, GMIME_NEWLINE_FORMAT_DOS);
	g_mime_object_write_to_stream(GMIME_OBJECT(message), options, stream);
	array = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream));
	bytes = g_bytes_new(array->data, array->len);
	g_object_unref(stream);
	g_mime_format_options_free(options);
	return bytes;
}

int mail_message_build(const struct mail_headers *headers, const struct mail_doc *doc,
		       GBytes **ret_message, struct jo_err *err)
{
	GMimeMultipart *alternative;
	GMimeMessage *message;
	char *text;
	int rc;

	if ((rc = mail_address_check(headers->from_address, err)) != 0 ||
	    (rc = mail_address_check(headers->to_address, err)) != 0 ||
	    (headers->reply_to != NULL && (rc = mail_address_check(headers->reply_to, err)) != 0) ||
	    (headers->unsubscribe != NULL &&
	     (rc = mail_unsubscribe_check(headers->unsubscribe, err)) != 0))
		return rc;

	/* never shut down: seen with 3.2.13, it cannot be started again */
	g_mime_init();
	message = g_mime_message_new(TRUE);
	set_headers(message, headers);
	alternative = g_mime_multipart_new_with_subtype("alternative");
	text = mail_doc_text(doc);
	add_part(alternative, new_text_part("plain", text));
	add_part(alternative,
		 new_html_part(doc, headers->subject, headers->language, headers->message_id));
	g_mime_message_set_mime_part(message, GMIME_OBJECT(alternative));
	*ret_message = message_bytes(message);
	g_free(text);
	g_object_unref(alternative);
	g_object_unref(message);
	return 0;
}
