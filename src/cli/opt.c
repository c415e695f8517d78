/* Sections: finding rows, values, parsing. */
#include "cli/opt.h"

#include "base/mem.h"
#include "cli/help.h"
#include "cli/regen.h"
#include "tab/number.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

/* --- rows --- */

#define LONG_ONLY 0x1000 /* getopt's values for rows: LONG_ONLY + running number */

enum { OPT_HELP = 1, OPT_VERSION }; /* behind the rows */

struct found {
    const struct clu_opt *opt;
    void *base;
};

static size_t count_rows(const struct clu_tool *tool)
{
    size_t n = 0;
    for (size_t s = 0; s < tool->sets; s++)
        n += tool->set[s].n;
    return n;
}

static struct found nth_row(const struct clu_tool *tool, size_t i)
{
    for (size_t s = 0; s < tool->sets; s++) {
        if (i < tool->set[s].n)
            return (struct found){&tool->set[s].opt[i], tool->set[s].base};
        i -= tool->set[s].n;
    }
    return (struct found){0};
}

static struct found row_of_letter(const struct clu_tool *tool, int letter)
{
    for (size_t i = 0; i < count_rows(tool); i++)
        if (nth_row(tool, i).opt->letter == letter)
            return nth_row(tool, i);
    return (struct found){0};
}

/* --- values --- */

static void *field(struct found f)
{
    return (char *)f.base + f.opt->offset;
}

static enum clu_status bad_value(const struct clu_opt *o, const char *text, struct clu_err *err)
{
    char shown[200], name[64], valid[256] = "";

    clu_show(text, strlen(text), 40, shown);
    if (o->what)
        return clu_fail(err, CLU_USAGE, "invalid %s: '%s'", o->what, shown);
    if (o->name)
        snprintf(name, sizeof name, "--%s", o->name);
    else
        snprintf(name, sizeof name, "-%c", o->letter);
    if (o->type == CLU_OPT_WORD) {
        size_t at = (size_t)snprintf(valid, sizeof valid, " (valid: ");
        for (size_t w = 0; o->words[w] && at < sizeof valid; w++)
            at += (size_t)snprintf(valid + at, sizeof valid - at, "%s%s", w ? ", " : "", o->words[w]);
        if (at < sizeof valid)
            snprintf(valid + at, sizeof valid - at, ")");
    }
    return clu_fail(err, CLU_USAGE, "invalid argument '%s' for '%s'%s", shown, name, valid);
}

/* Digits and nothing else; false when it is no number or does not fit. */
static bool parse_digits(const char *text, uint64_t *out)
{
    uint64_t x = 0;

    if (*text == '\0')
        return false;
    for (; *text; text++) {
        if (*text < '0' || *text > '9' || __builtin_mul_overflow(x, 10u, &x) ||
            __builtin_add_overflow(x, (uint64_t)(*text - '0'), &x))
            return false;
    }
    *out = x;
    return true;
}

/* 100, 64K, 2G, 1T: powers of 1024; KB, MB, GB, TB: of 1000. */
static bool parse_size(const char *text, uint64_t *out)
{
    static const char unit[] = "KMGTP";
    char digits[32];
    size_t n = strspn(text, "0123456789");

    if (n == 0 || n >= sizeof digits)
        return false;
    memcpy(digits, text, n);
    digits[n] = '\0';
    if (!parse_digits(digits, out))
        return false;
    const char *rest = text + n;
    if (*rest == '\0')
        return true;
    const char *at = strchr(unit, *rest);
    if (!at || (rest[1] != '\0' && strcmp(rest + 1, "B") != 0 && strcmp(rest + 1, "iB") != 0))
        return false;
    uint64_t step = strcmp(rest + 1, "B") == 0 ? 1000 : 1024;
    for (; at >= unit; at--)
        if (__builtin_mul_overflow(*out, step, out))
            return false;
    return true;
}

static bool parse_char(const char *text, char *out)
{
    if (strcmp(text, "\\t") == 0)
        text = "\t";
    if (strlen(text) != 1 || strchr("\"\n\r", *text))
        return false;
    *out = *text;
    return true;
}

static bool in_range(const struct clu_opt *o, double x)
{
    return (o->lo == 0 && o->hi == 0) || (x >= o->lo && x <= o->hi);
}

static enum clu_status add_text(struct clu_opt_list *list, const char *text, struct clu_err *err)
{
    if (clu_reserve(&list->text, &list->cap, list->n + 1, sizeof *list->text) < 0)
        return clu_fail_memory(err);
    list->text[list->n++] = text;
    return CLU_OK;
}

static bool take_word(struct found f, const char *text)
{
    const struct clu_opt *o = f.opt;

    if (!text) {
        *(int *)field(f) = o->value;
        return true;
    }
    for (int w = 0; o->words[w]; w++) {
        const char *colon = strchr(o->words[w], ':');
        size_t len = colon ? (size_t)(colon - o->words[w]) + 1 : strlen(o->words[w]);
        if (strncmp(o->words[w], text, len) == 0 && (colon || text[len] == '\0')) {
            if (colon)
                *(const char **)((char *)f.base + o->tail - 1) = text + len;
            *(int *)field(f) = w;
            return true;
        }
    }
    return false;
}

/* N or N..M, in the row's range. */
static bool take_range(struct found f, const char *text)
{
    struct clu_opt_range *out = field(f);
    char first[32];
    const char *dots = strstr(text, "..");
    size_t len = dots ? (size_t)(dots - text) : strlen(text);
    uint64_t lo, hi;

    if (len >= sizeof first)
        return false;
    memcpy(first, text, len);
    first[len] = '\0';
    if (!parse_digits(first, &lo) || !parse_digits(dots ? dots + 2 : first, &hi) || lo > hi || hi > SIZE_MAX ||
        !in_range(f.opt, (double)lo) || !in_range(f.opt, (double)hi))
        return false;
    *out = (struct clu_opt_range){(size_t)lo, (size_t)hi};
    return true;
}

/* Store the argument (NULL for options without one). */
static enum clu_status take(struct found f, const char *text, struct clu_err *err)
{
    const struct clu_opt *o = f.opt;
    uint64_t whole;
    double real;
    bool good = true;

    switch (o->type) {
    case CLU_OPT_FLAG:
        *(bool *)field(f) = true;
        break;
    case CLU_OPT_SET:
        *(int *)field(f) = o->value;
        break;
    case CLU_OPT_SETCHAR:
        *(char *)field(f) = (char)o->value;
        break;
    case CLU_OPT_COUNT:
        if ((good = parse_digits(text, &whole) && whole <= SIZE_MAX && in_range(o, (double)whole)))
            *(size_t *)field(f) = (size_t)whole;
        break;
    case CLU_OPT_RANGE:
        good = take_range(f, text);
        break;
    case CLU_OPT_SEED:
        if ((good = parse_digits(text, &whole)))
            *(uint64_t *)field(f) = whole;
        break;
    case CLU_OPT_THREADS:
        if ((good = parse_digits(text, &whole) && whole >= 1 && whole <= 4096))
            *(int *)field(f) = (int)whole;
        break;
    case CLU_OPT_REAL:
        if ((good = clu_number_parse(text, strlen(text), '.', &real) == CLU_NUMBER_OK && in_range(o, real)))
            *(double *)field(f) = real;
        break;
    case CLU_OPT_SIZE:
        if ((good = parse_size(text, &whole)))
            *(uint64_t *)field(f) = whole;
        break;
    case CLU_OPT_TEXT:
    case CLU_OPT_FILE:
    case CLU_OPT_COLUMN:
        *(const char **)field(f) = text;
        break;
    case CLU_OPT_LIST:
    case CLU_OPT_TEXTS: {
        enum clu_status status = add_text(field(f), text, err);
        if (status != CLU_OK)
            return status;
        break;
    }
    case CLU_OPT_CHAR:
        if (!parse_char(text, field(f)))
            return clu_fail(err, CLU_USAGE, "the %s must be a single character, and no quote or line end", o->what);
        break;
    case CLU_OPT_WORD:
        good = take_word(f, text);
        break;
    }
    if (!good)
        return bad_value(o, text, err);
    if (o->given)
        *((bool *)((char *)f.base + o->given - 1)) = true;
    return CLU_OK;
}

/* --- parsing --- */

bool clu_opt_has_argument(const struct clu_opt *o)
{
    return o->type != CLU_OPT_FLAG && o->type != CLU_OPT_SET && o->type != CLU_OPT_SETCHAR;
}

struct tables {
    char *letters;
    struct option *longs;
};

static int build_tables(const struct clu_tool *tool, struct tables *t)
{
    size_t rows = count_rows(tool), l = 0, o = 0;

    t->letters = clu_alloc(3 * rows + 4, 1);
    t->longs = clu_calloc(rows + 4, sizeof *t->longs);
    if (!t->letters || !t->longs)
        return -1;
    t->letters[l++] = ':'; /* a missing argument is ':' and not '?' */
    for (size_t i = 0; i < rows; i++) {
        const struct clu_opt *row = nth_row(tool, i).opt;
        if (row->letter) {
            t->letters[l++] = (char)row->letter;
            if (clu_opt_has_argument(row) && !row->optional)
                t->letters[l++] = ':';
        }
        if (row->name)
            t->longs[o++] = (struct option){row->name,
                                            !clu_opt_has_argument(row) ? no_argument
                                            : row->optional            ? optional_argument
                                                                       : required_argument,
                                            NULL, LONG_ONLY + (int)i};
    }
    t->letters[l++] = 'h';
    t->letters[l] = '\0';
    t->longs[o++] = (struct option){"help", no_argument, NULL, OPT_HELP};
    t->longs[o] = (struct option){"version", no_argument, NULL, OPT_VERSION};
    return 0;
}

/* getopt says '?' for an option it does not know, an abbreviation of several, or an argument where none is taken;
 * optopt tells them apart. */
static enum clu_status refuse(char **argv, const struct option *longs, struct clu_err *err)
{
    char shown[200];

    if (optopt >= LONG_ONLY || optopt == OPT_HELP || optopt == OPT_VERSION) {
        for (const struct option *o = longs; o->name; o++)
            if (o->val == optopt)
                return clu_fail(err, CLU_USAGE, "option '--%s' doesn't allow an argument", o->name);
    }
    if (optopt != 0) {
        char letter = (char)optopt;
        return clu_fail(err, CLU_USAGE, "invalid option -- '%s'", clu_show(&letter, 1, 1, shown));
    }
    const char *word = argv[optind - 1];
    size_t len = strcspn(word, "="), bare = len > 2 ? len - 2 : 0, matches = 0;
    for (const struct option *o = longs; o->name; o++)
        matches += strncmp(o->name, word + 2, bare) == 0;
    return clu_fail(err, CLU_USAGE, matches > 1 ? "option '%s' is ambiguous" : "unrecognized option '%s'",
                    clu_show(word, len, 60, shown));
}

static enum clu_status lacks_argument(const struct option *longs, struct clu_err *err)
{
    for (const struct option *o = longs; o->name; o++)
        if (o->val == optopt && optopt >= LONG_ONLY)
            return clu_fail(err, CLU_USAGE, "option '--%s' requires an argument", o->name);
    return clu_fail(err, CLU_USAGE, "option requires an argument -- '%c'", optopt);
}

static enum clu_status parse_all(const struct clu_tool *tool, int argc, char **argv, const struct tables *t, bool *done,
                                 struct clu_err *err)
{
    enum clu_status status = CLU_OK;
    int c;

    opterr = 0;
    while (status == CLU_OK && (c = getopt_long(argc, argv, t->letters, t->longs, NULL)) != -1) {
        switch (c) {
        case '?':
            return refuse(argv, t->longs, err);
        case ':':
            return lacks_argument(t->longs, err);
        case OPT_HELP:
        case 'h':
            *done = true;
            clu_help(tool, stdout);
            return CLU_OK;
        case OPT_VERSION:
            *done = true;
            clu_version(tool, stdout);
            return CLU_OK;
        default:
            status = take(c >= LONG_ONLY ? nth_row(tool, (size_t)(c - LONG_ONLY)) : row_of_letter(tool, c), optarg, err);
        }
    }
    return status;
}

enum clu_status clu_opt_parse(const struct clu_tool *tool, int argc, char **argv, int *operands, bool *done,
                              struct clu_err *err)
{
    struct tables t = {0};
    enum clu_status status;

    *done = false;
    if (argc == 2 && strncmp(argv[1], "--regen=", 8) == 0) { /* not for users, so not among the options */
        *done = true;
        return clu_regen(tool, argv[1] + 8, stdout, err);
    }
    if (build_tables(tool, &t) < 0)
        status = clu_fail_memory(err);
    else
        status = parse_all(tool, argc, argv, &t, done, err);
    *operands = optind;
    clu_free(t.letters);
    clu_free(t.longs);
    return status;
}

void clu_opt_free(const struct clu_tool *tool)
{
    for (size_t i = 0; i < count_rows(tool); i++) {
        struct found f = nth_row(tool, i);
        if (f.opt->type == CLU_OPT_LIST || f.opt->type == CLU_OPT_TEXTS) {
            struct clu_opt_list *list = field(f);
            clu_free(list->text);
            *list = (struct clu_opt_list){0};
        }
    }
}
