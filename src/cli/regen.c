/* Sections: man, bash, zsh, fish. */
#include "cli/regen.h"

#include "cli/help.h"

#include <string.h>

typedef void visit(FILE *to, const struct clu_tool *tool, const struct clu_opt *o);

static void each_row(const struct clu_tool *tool, visit *what, FILE *to)
{
    for (size_t s = 0; s < tool->sets; s++)
        for (size_t i = 0; i < tool->set[s].n; i++)
            what(to, tool, &tool->set[s].opt[i]);
}

/* --- man(7) --- */

/* Text with the characters that roff would take for its own. */
static void roff(FILE *to, const char *s)
{
    for (; *s; s++) {
        if (*s == '-')
            fputs("\\-", to);
        else if (*s == '\\')
            fputs("\\e", to);
        else
            putc(*s, to);
    }
}

static void man_row(FILE *to, const struct clu_opt *o, const void *base)
{
    char preset[64];

    fputs(".TP\n", to);
    if (o->letter)
        fprintf(to, "\\fB\\-%c\\fR", o->letter);
    if (o->letter && o->name)
        fputs(", ", to);
    if (o->name) {
        fputs("\\fB\\-\\-", to);
        roff(to, o->name);
        fputs("\\fR", to);
    }
    if (clu_opt_has_argument(o))
        fprintf(to, o->optional ? "[=\\fI%s\\fR]" : o->name ? "=\\fI%s\\fR" : " \\fI%s\\fR", o->arg);
    putc('\n', to);
    roff(to, o->help);
    if (o->type == CLU_OPT_WORD) {
        fputs(":", to);
        for (size_t w = 0; o->words[w]; w++) {
            fputs(w ? ", \\fB" : " \\fB", to);
            roff(to, o->words[w]);
            fputs("\\fR", to);
        }
    }
    if (*clu_opt_default(o, base, preset)) {
        fputs(" (default ", to);
        roff(to, preset);
        putc(')', to);
    }
    fputs(".\n", to);
}

static void man(const struct clu_tool *tool, FILE *to)
{
    for (size_t s = 0; s < tool->sets; s++) {
        if (s == 0 || strcmp(tool->set[s].title, tool->set[s - 1].title) != 0)
            fprintf(to, ".SS %s\n", tool->set[s].title);
        for (size_t i = 0; i < tool->set[s].n; i++)
            man_row(to, &tool->set[s].opt[i], tool->set[s].base);
    }
    fputs(".SS Help\n.TP\n\\fB\\-h\\fR, \\fB\\-\\-help\\fR\nShow a summary of the options.\n"
          ".TP\n\\fB\\-\\-version\\fR\nShow the version.\n", to);
}

/* --- bash --- */

static void bash_option(FILE *to, const struct clu_tool *tool, const struct clu_opt *o)
{
    (void)tool;
    if (o->letter)
        fprintf(to, " -%c", o->letter);
    if (o->name)
        fprintf(to, " --%s", o->name);
}

/* One branch of the case over the option before the cursor. */
static void bash_case(FILE *to, const struct clu_tool *tool, const struct clu_opt *o)
{
    (void)tool;
    if (!clu_opt_has_argument(o))
        return;
    if (o->letter && !o->optional)
        fprintf(to, "    -%c%s", o->letter, o->name ? "|" : "");
    else
        fputs("    ", to);
    if (o->name)
        fprintf(to, "--%s", o->name);
    fputs(") ", to);
    switch (o->type) {
    case CLU_OPT_WORD:
        fputs("COMPREPLY=($(compgen -W '", to);
        for (size_t w = 0; o->words[w]; w++)
            fprintf(to, "%s%s", w ? " " : "", o->words[w]);
        fputs("' -- \"$cur\"))", to);
        break;
    case CLU_OPT_FILE:
        fputs("COMPREPLY=($(compgen -f -- \"$cur\")); compopt -o filenames 2> /dev/null", to);
        break;
    case CLU_OPT_COLUMN:
    case CLU_OPT_LIST:
        fputs("clu_columns", to);
        break;
    default:
        putc(':', to);
    }
    fputs("; return ;;\n", to);
}

/* The names of the columns come from the first line of the FILE on the command line. */
static const char bash_head[] =
    "%s()\n{\n"
    "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}\n"
    "    COMPREPLY=()\n"
    "    # --name=value comes as three words\n"
    "    if [[ $cur == '=' ]]; then cur=; elif [[ $prev == '=' ]]; then prev=${COMP_WORDS[COMP_CWORD-2]}; fi\n"
    "    clu_columns()\n    {\n"
    "        local word head done=\n"
    "        for word in \"${COMP_WORDS[@]:1}\"; do\n"
    "            [[ $word != -* && -f $word && -r $word ]] || continue\n"
    "            head=$({ gzip -cdfq -- \"$word\" | head -n 1 | tr -d '\\r\"' | tr ',;\\t' '\\n'; } 2> /dev/null)\n"
    "            break\n"
    "        done\n"
    "        [[ $cur != *,* ]] || done=${cur%%,*},\n"
    "        local IFS=$'\\n'\n"
    "        COMPREPLY=($(compgen -P \"$done\" -W \"$head\" -- \"${cur##*,}\"))\n"
    "        compopt -o nospace 2> /dev/null\n"
    "    }\n"
    "    case $prev in\n";

static void bash(const struct clu_tool *tool, FILE *to)
{
    char name[64];
    snprintf(name, sizeof name, "_clu_%s", tool->name);
    for (char *c = name; *c; c++)
        if (*c == '-')
            *c = '_';
    fprintf(to, "# bash completion of %s; made by \"make regen\"\n# shellcheck shell=bash disable=SC2207\n", tool->name);
    fprintf(to, bash_head, name);
    each_row(tool, bash_case, to);
    fputs("    esac\n    if [[ $cur == -* ]]; then\n        COMPREPLY=($(compgen -W '", to);
    fputs("-h --help --version", to);
    each_row(tool, bash_option, to);
    fputs("' -- \"$cur\"))\n    else\n        COMPREPLY=($(compgen -f -- \"$cur\"))\n"
          "        compopt -o filenames 2> /dev/null\n    fi\n}\n", to);
    fprintf(to, "complete -F %s %s\n", name, tool->name);
}

/* --- zsh --- */

/* Inside single quotes and brackets. */
static void zsh_text(FILE *to, const char *s)
{
    for (; *s; s++) {
        if (*s == '\'')
            fputs("'\\''", to);
        else if (strchr("[]:", *s))
            fprintf(to, "\\%c", *s);
        else
            putc(*s, to);
    }
}

static void zsh_one(FILE *to, const struct clu_opt *o, const char *dashes, const char *name)
{
    fprintf(to, "  '*%s%s%s[", dashes, name,
            !clu_opt_has_argument(o) ? "" : dashes[1] == '\0' ? "+" : o->optional ? "=-" : "=");
    zsh_text(to, o->help);
    putc(']', to);
    if (clu_opt_has_argument(o)) {
        fprintf(to, "%s:%s:", o->optional ? ":" : "", o->arg);
        if (o->type == CLU_OPT_WORD) {
            putc('(', to);
            for (size_t w = 0; o->words[w]; w++)
                fprintf(to, "%s%s", w ? " " : "", o->words[w]);
            putc(')', to);
        } else if (o->type == CLU_OPT_FILE) {
            fputs("_files", to);
        }
    }
    fputs("' \\\n", to);
}

static void zsh_row(FILE *to, const struct clu_tool *tool, const struct clu_opt *o)
{
    (void)tool;
    char letter[2] = {(char)o->letter, '\0'};
    if (o->letter && !(o->optional && o->name))
        zsh_one(to, o, "-", letter);
    if (o->name)
        zsh_one(to, o, "--", o->name);
}

static void zsh(const struct clu_tool *tool, FILE *to)
{
    fprintf(to, "#compdef %s\n# made by \"make regen\"\n_arguments -s -S \\\n", tool->name);
    each_row(tool, zsh_row, to);
    fputs("  '(- *)'{-h,--help}'[show a summary of the options]' \\\n"
          "  '(- *)--version[show the version]' \\\n  '*:file:_files'\n", to);
}

/* --- fish --- */

static void fish_quoted(FILE *to, const char *s)
{
    putc('\'', to);
    for (; *s; s++) {
        if (*s == '\'' || *s == '\\')
            putc('\\', to);
        putc(*s, to);
    }
    putc('\'', to);
}

static void fish_row(FILE *to, const struct clu_tool *tool, const struct clu_opt *o)
{
    fprintf(to, "complete -c %s", tool->name);
    if (o->letter)
        fprintf(to, " -s %c", o->letter);
    if (o->name)
        fprintf(to, " -l %s", o->name);
    if (o->type == CLU_OPT_WORD) {
        fputs(o->optional ? " -f -a '" : " -x -a '", to);
        for (size_t w = 0; o->words[w]; w++)
            fprintf(to, "%s%s", w ? " " : "", o->words[w]);
        putc('\'', to);
    } else if (clu_opt_has_argument(o)) {
        fputs(o->type == CLU_OPT_FILE ? " -r" : " -x", to);
    }
    fputs(" -d ", to);
    fish_quoted(to, o->help);
    putc('\n', to);
}

static void fish(const struct clu_tool *tool, FILE *to)
{
    fputs("# made by \"make regen\"\n", to);
    each_row(tool, fish_row, to);
    fprintf(to, "complete -c %s -s h -l help -d 'show a summary of the options'\n", tool->name);
    fprintf(to, "complete -c %s -l version -d 'show the version'\n", tool->name);
}

enum clu_status clu_regen(const struct clu_tool *tool, const char *what, FILE *to, struct clu_err *err)
{
    if (strcmp(what, "man") == 0)
        man(tool, to);
    else if (strcmp(what, "bash") == 0)
        bash(tool, to);
    else if (strcmp(what, "zsh") == 0)
        zsh(tool, to);
    else if (strcmp(what, "fish") == 0)
        fish(tool, to);
    else
        return clu_fail(err, CLU_USAGE, "invalid argument '%s' for '--regen' (valid: man, bash, zsh, fish)", what);
    return CLU_OK;
}
