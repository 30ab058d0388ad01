#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Prints a text without its filter words: the demonstration's example of a job.

usage: word_filter.py [--in-memory] WORDS TEXT

WORDS has one filter word a line.  They are kept in a list that each word of the text is compared
with: with many filter words this is slow, and that is what the demonstration is to find.
--in-memory reads the whole text before the first word is printed.
"""

import sys


def is_filtered(word, filter_words):
    for filter_word in filter_words:
        if word.lower() == filter_word.lower():
            return True
    return False


def main():
    arguments = sys.argv[1:]
    in_memory = arguments[0] == "--in-memory"
    words_path, text_path = arguments[in_memory:]

    with open(words_path, encoding="utf-8") as file:
        filter_words = file.read().split()

    with open(text_path, encoding="utf-8", errors="replace") as text:
        lines = [line.split() for line in text] if in_memory else map(str.split, text)
        for words in lines:
            print(*(word for word in words if not is_filtered(word, filter_words)))


main()
