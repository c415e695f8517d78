/* cli/help.h - what --help and --version print. */
#ifndef CLU_CLI_HELP_H
#define CLU_CLI_HELP_H

#include "cli/opt.h"

#include <stdio.h>

/* Wrapped to COLUMNS when that is a number from 40 on, else to 80. */
void clu_help(const struct clu_tool *tool, FILE *to);
void clu_version(const struct clu_tool *tool, FILE *to);

/* The default of a row as text, "" when there is none to show; buf[64]. */
const char *clu_opt_default(const struct clu_opt *o, const void *base, char buf[64]);

/* "-k, --clusters=K" in plain text; buf[size]. */
const char *clu_opt_synopsis(const struct clu_opt *o, char *buf, size_t size);

#endif
