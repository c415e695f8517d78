/* tab/time.h - dates and times by ISO 8601, as seconds.
 *
 * Accepted: 2024-05, 2024-05-17, and behind a whole date a 'T', 't' or one space and 12:30, 12:30:05 or 12:30:05.25 (comma too), each
 * with an offset or without: Z, +02, +0200, +02:00. Without one a time is taken as UTC, so that no daylight saving time gets in. The
 * calendar is the Gregorian one, backwards too; a second 60 is the next minute's first. */
#ifndef CLU_TAB_TIME_H
#define CLU_TAB_TIME_H

#include <stdbool.h>
#include <stddef.h>

/* Seconds since 1970-01-01T00:00Z; a double tells times of today apart down to a quarter of a microsecond. False: the text is no such
 * time, or one that the calendar lacks. */
bool clu_time_parse(const char *s, size_t len, double *seconds);

#endif
