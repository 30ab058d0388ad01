#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Prints a text without its filter words: the demonstration's example of a job.

usage: word_filter.py [--in-memory] WORDS TEXT

WORDS has one filter word a line.  They are kept in a list, and each word of the text is looked
up in that list: with many filter words this is slow, and that is what the demonstration is to
find.  --in-memory reads the whole text before the first word is printed.
"""

import sys


def main():
    arguments = sys.argv[1:]
    in_memory = arguments[0] == "--in-memory"
    words_path, text_path = arguments[in_memory:]

    with open(words_path, encoding="utf-8") as file:
        filter_words = file.read().split()

    with open(text_path, encoding="utf-8", errors="replace") as file:
        lines = [line.split() for line in file] if in_memory else (line.split() for line in file)
        for words in lines:
            print(*(word for word in words if word.lower() not in filter_words))


main()
