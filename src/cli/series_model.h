/* cli/series_model.h - models of tsclust: the medoids or centres, and all that assigning needs. */
#ifndef CLU_CLI_SERIES_MODEL_H
#define CLU_CLI_SERIES_MODEL_H

#include "cli/series.h"
#include "cli/series_print.h"

/* Write it to path. Exits on failure. */
void clu_series_save(struct clu_cli *cli, const char *path, const struct clu_cli_series *args, const struct clu_shown *s);

/* Label the series of the input by the nearest medoid or centre of a model; what was done to the series there is done to them. Exits on
 * failure. */
void clu_series_assign(struct clu_cli *cli, const char *path, const struct clu_cli_series *args);

#endif
