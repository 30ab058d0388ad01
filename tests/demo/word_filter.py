#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Prints the stems of a text's words without its filter words: the demonstration's example of a job.

usage: word_filter.py [--in-memory] WORDS TEXT

WORDS has one filter word a line.  They are kept in a list that each word of the text is compared
with: with many filter words this is slow, and that is what the demonstration is to find.
--in-memory reads the whole text before the first word is printed.
"""

import sys
import unicodedata

# A shared file system is best read and written in large pieces.
PIECE = 1 << 20

ENDINGS = ("ations", "ation", "ities", "ments", "ing", "ies", "ers", "est", "ed", "er", "ly", "s")


def is_filtered(word, filter_words):
    for filter_word in filter_words:
        if word.lower() == filter_word.lower():
            return True
    return False


def clean(word):
    letters = unicodedata.normalize("NFKD", word)
    return "".join(letter for letter in letters if letter.isalpha())


def stem(word):
    word = clean(word)
    for ending in ENDINGS:
        if word.endswith(ending):
            return word[: -len(ending)]
    return word


def main():
    arguments = sys.argv[1:]
    in_memory = arguments[0] == "--in-memory"
    words_path, text_path = arguments[in_memory:]

    with open(words_path, encoding="utf-8") as file:
        filter_words = file.read().split()

    sys.stdout = open(1, "w", buffering=PIECE, encoding="utf-8")
    # As bytes: a text is read by 8 kB, whatever its buffer has room for.
    with open(text_path, "rb", buffering=PIECE) as text:
        lines = (line.decode("utf-8", "replace").split() for line in text)
        for words in list(lines) if in_memory else lines:
            print(*(word for word in map(stem, words) if not is_filtered(word, filter_words)))


main()
