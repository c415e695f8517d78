#include "tab/time.h"

#include <stdint.h>

/* What is left of the text. */
struct rest {
    const char *s, *end;
};

/* A number of so many digits; false: that many are not there. */
static bool digits(struct rest *r, int count, int *out)
{
    *out = 0;
    for (int i = 0; i < count; i++, r->s++) {
        if (r->s == r->end || *r->s < '0' || *r->s > '9')
            return false;
        *out = 10 * *out + (*r->s - '0');
    }
    return true;
}

static bool skip(struct rest *r, char c)
{
    if (r->s == r->end || *r->s != c)
        return false;
    r->s++;
    return true;
}

static bool leap(int year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/* Days from 1970-01-01: years are taken to begin in March, so that a leap day is the last of one. */
static int64_t days(int year, int month, int day)
{
    int64_t y = year - (month <= 2), m = (month + 9) % 12;
    int64_t cycle = (y >= 0 ? y : y - 399) / 400, in_cycle = y - 400 * cycle;
    return 146097 * cycle + 365 * in_cycle + in_cycle / 4 - in_cycle / 100 + (153 * m + 2) / 5 + day - 1 - 719468;
}

static bool date(struct rest *r, int64_t *day_number, bool *whole)
{
    static const int last[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int year, month, day = 1;

    if (!digits(r, 4, &year) || !skip(r, '-') || !digits(r, 2, &month) || month < 1 || month > 12)
        return false;
    *whole = skip(r, '-');
    if (*whole && (!digits(r, 2, &day) || day < 1 || day > last[month - 1] + (month == 2 && leap(year))))
        return false;
    *day_number = days(year, month, day);
    return true;
}

static bool time_of_day(struct rest *r, int *seconds, double *fraction)
{
    int hour, minute, second = 0;
    double unit = 1;

    if (!digits(r, 2, &hour) || !skip(r, ':') || !digits(r, 2, &minute) || hour > 23 || minute > 59)
        return false;
    if (skip(r, ':')) {
        if (!digits(r, 2, &second) || second > 60)
            return false;
        if (skip(r, '.') || skip(r, ',')) {
            const char *from = r->s;
            double parts = 0;
            for (; r->s < r->end && *r->s >= '0' && *r->s <= '9'; r->s++)
                if (unit < 1e15) { /* what comes behind is lost anyway */
                    parts = 10 * parts + (*r->s - '0');
                    unit *= 10;
                }
            if (r->s == from)
                return false;
            *fraction = parts / unit;
        }
    }
    *seconds = 3600 * hour + 60 * minute + second;
    return true;
}

/* Seconds east of Greenwich. */
static bool offset(struct rest *r, int *east)
{
    int hour, minute = 0;
    bool minus = skip(r, '-');

    *east = 0;
    if (!minus && !skip(r, '+')) {
        if (!skip(r, 'Z'))
            skip(r, 'z');
        return true;
    }
    if (!digits(r, 2, &hour) || hour > 23)
        return false;
    if (r->s < r->end) {
        skip(r, ':');
        if (!digits(r, 2, &minute) || minute > 59)
            return false;
    }
    *east = (minus ? -60 : 60) * (60 * hour + minute);
    return true;
}

bool clu_time_parse(const char *s, size_t len, double *seconds)
{
    struct rest r = {s, s + len};
    int64_t day;
    int in_day = 0, east = 0;
    double fraction = 0;
    bool whole;

    if (!date(&r, &day, &whole))
        return false;
    if (whole && (skip(&r, 'T') || skip(&r, 't') || skip(&r, ' ')) && (!time_of_day(&r, &in_day, &fraction) || !offset(&r, &east)))
        return false;
    *seconds = (double)(86400 * day + in_day - east) + fraction;
    return r.s == r.end;
}
