#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Prints mails as a reader of plain text sees them.

usage: show_mail.py FILE.eml...
"""

import email
import email.policy
import sys


def main():
    for path in sys.argv[1:]:
        with open(path, "rb") as file:
            message = email.message_from_binary_file(file, policy=email.policy.default)
        for name in ("From", "To", "Subject", "Date"):
            print(f"{name}: {message[name]}")
        print()
        print(message.get_body(("plain",)).get_content().rstrip())
        others = [part for part in message.walk() if part.get_content_type() != "text/plain"]
        for part in others:
            if not part.is_multipart():
                print(f"[and {part.get_content_type()}, {len(part.get_payload(decode=True))} bytes]")
        print()


main()
