/*-------------------------------------------------------------------------
 *
 * plain_text.h
 *	  Names and remarks as they may stand in files of other formats.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ONCALL_PLAIN_TEXT_H
#define ONCALL_PLAIN_TEXT_H

#include "lib/stringinfo.h"

/*
 * A text in UTF-8 without control characters, ended by a zero byte. A line
 * ends in \n, however it ended before; another control character becomes a
 * blank. len, if it is not NULL, becomes the number of bytes.
 */
extern char *plain_text_utf8(const text *source, int *len);

/* The end of such work: UTF-8 as a text in the encoding of the database. */
extern text *plain_text_of_utf8(const char *content, int len);

#endif							/* ONCALL_PLAIN_TEXT_H */
