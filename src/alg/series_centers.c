#include "alg/series_centers.h"

#include "base/mem.h"

void clu_series_centers_clear(struct clu_series_centers *c)
{
    clu_series_clear(&c->center);
    clu_free(c->label);
    clu_free(c->near);
    *c = (struct clu_series_centers){0};
}
