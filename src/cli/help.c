#include "cli/help.h"

#include "tab/number.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define INDENT 28 /* where the text of an option begins */

static size_t width_of_terminal(void)
{
    const char *columns = getenv("COLUMNS");
    char *end;
    unsigned long n = columns ? strtoul(columns, &end, 10) : 0;
    return columns && *end == '\0' && n >= 40 && n <= 400 ? n : 80;
}

/* Print text from column at, wrapped at blanks, further lines indented. */
static void wrap(FILE *to, const char *text, size_t at, size_t indent, size_t width)
{
    while (*text) {
        size_t word = strcspn(text, " ");
        if (at > indent && at + 1 + word > width) {
            fprintf(to, "\n%*s", (int)indent, "");
            at = indent;
        } else if (at > indent) {
            putc(' ', to);
            at++;
        }
        fwrite(text, 1, word, to);
        at += word;
        text += word;
        text += strspn(text, " ");
    }
    putc('\n', to);
}

const char *clu_opt_default(const struct clu_opt *o, const void *base, char buf[64])
{
    const void *at = (const char *)base + o->offset;
    char text[CLU_NUMBER_TEXT];

    buf[0] = '\0';
    switch (o->type) {
    case CLU_OPT_COUNT:
        if (*(const size_t *)at > 0)
            snprintf(buf, 64, "%zu", *(const size_t *)at);
        break;
    case CLU_OPT_SEED:
        snprintf(buf, 64, "%llu", (unsigned long long)*(const uint64_t *)at);
        break;
    case CLU_OPT_REAL:
        if (!isnan(*(const double *)at)) /* NAN: the help says what it is then */
            snprintf(buf, 64, "%.*s", (int)clu_number_format(*(const double *)at, text), text);
        break;
    case CLU_OPT_WORD:
        snprintf(buf, 64, "%s", o->words[*(const int *)at]);
        break;
    default:
        break;
    }
    return buf;
}

const char *clu_opt_synopsis(const struct clu_opt *o, char *buf, size_t size)
{
    const char *equals = !clu_opt_has_argument(o) ? "" : o->optional ? "[=" : "=";
    const char *arg = clu_opt_has_argument(o) ? o->arg : "", *close = o->optional ? "]" : "";

    if (o->letter && o->name)
        snprintf(buf, size, "-%c, --%s%s%s%s", o->letter, o->name, equals, arg, close);
    else if (o->name)
        snprintf(buf, size, "    --%s%s%s%s", o->name, equals, arg, close);
    else
        snprintf(buf, size, "-%c%s%s", o->letter, *arg ? " " : "", arg);
    return buf;
}

static void option_line(FILE *to, const char *synopsis, const char *help, size_t width)
{
    size_t at = (size_t)fprintf(to, "  %s", synopsis);
    if (at + 2 > INDENT)
        fprintf(to, "\n%*s", INDENT, "");
    else
        fprintf(to, "%*s", (int)(INDENT - at), "");
    wrap(to, help, INDENT, INDENT, width);
}

static void row_line(FILE *to, const struct clu_opt *o, const void *base, size_t width)
{
    char synopsis[128], text[1024], preset[64];
    int n = snprintf(text, sizeof text, "%s", o->help);
    if (o->type == CLU_OPT_WORD) {
        n += snprintf(text + n, sizeof text - (size_t)n, ": ");
        for (size_t w = 0; o->words[w]; w++)
            n += snprintf(text + n, sizeof text - (size_t)n, "%s%s", w ? ", " : "", o->words[w]);
    }
    if (*clu_opt_default(o, base, preset))
        snprintf(text + n, sizeof text - (size_t)n, " (default %s)", preset);
    option_line(to, clu_opt_synopsis(o, synopsis, sizeof synopsis), text, width);
}

void clu_help(const struct clu_tool *tool, FILE *to)
{
    size_t width = width_of_terminal();

    fprintf(to, "Usage: %s %s\n", tool->name, tool->usage);
    wrap(to, tool->summary, 0, 0, width);
    for (size_t s = 0; s < tool->sets; s++) {
        if (s == 0 || strcmp(tool->set[s].title, tool->set[s - 1].title) != 0)
            fprintf(to, "\n%s:\n", tool->set[s].title);
        for (size_t i = 0; i < tool->set[s].n; i++)
            row_line(to, &tool->set[s].opt[i], tool->set[s].base, width);
    }
    fputs("\nHelp:\n", to);
    option_line(to, "-h, --help", "show this help", width);
    option_line(to, "    --version", "show the version", width);
    fputs("\nExit status: 0 done, 1 the answer is no (tools that answer a question), 2 usage, 3 bad data, 4 system.\n", to);
    fprintf(to, "Example: %s\nManual: man %s, man 7 clusterutils\n", tool->example, tool->name);
}

void clu_version(const struct clu_tool *tool, FILE *to)
{
    fprintf(to,
            "%s (%s) %s\nLicense GPLv3+: GNU GPL version 3 or later <https://gnu.org/licenses/gpl.html>.\n"
            "This is free software: you are free to change and redistribute it.\n"
            "There is NO WARRANTY, to the extent permitted by law.\n",
            tool->name, PACKAGE_NAME, PACKAGE_VERSION);
}
