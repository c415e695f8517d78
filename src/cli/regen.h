/* cli/regen.h - what is made from the option rows and tracked: "make regen" runs TOOL --regen=WHAT. */
#ifndef CLU_CLI_REGEN_H
#define CLU_CLI_REGEN_H

#include "base/status.h"
#include "cli/opt.h"

#include <stdio.h>

/* man: the man page's OPTIONS; bash, zsh, fish: the completions. */
enum clu_status clu_regen(const struct clu_tool *tool, const char *what, FILE *to, struct clu_err *err);

#endif
