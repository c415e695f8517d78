/* What the parameters of a measure mean for a pair. */
#include "num/measure.h"

#include "num/elastic_cell.h"

#include <math.h>
#include <stdint.h>

size_t clu_measure_window(const struct clu_measure *m, size_t n, size_t m_len)
{
    size_t longer = n > m_len ? n : m_len;

    if (!m->windowed)
        return SIZE_MAX;
    double w = floor(m->window_part ? m->window * (double)longer : m->window);
    if (!(w > 0))
        return 0;
    return w < (double)longer ? (size_t)w : longer;
}

bool clu_measure_inside(size_t window, size_t n, size_t m_len, size_t i, size_t j)
{
    ptrdiff_t lo, hi;

    clu_cell_band(window, n, m_len, (ptrdiff_t)i, &lo, &hi);
    return (ptrdiff_t)j >= lo && (ptrdiff_t)j <= hi;
}

bool clu_measure_is_metric(const struct clu_measure *m, size_t channels)
{
    switch (m->kind) {
    case CLU_SERIES_MSM: /* the ball around the middle of two neighbours breaks it for points of several channels */
    case CLU_SERIES_TWE:
    case CLU_SERIES_ERP:
        return !m->windowed && (m->independent || channels == 1);
    case CLU_SERIES_EUCLIDEAN:
    case CLU_SERIES_MANHATTAN:
        return true;
    default:
        return false;
    }
}

bool clu_measure_has_path(const struct clu_measure *m)
{
    return m->kind != CLU_SERIES_SBD && m->kind != CLU_SERIES_GAK && m->kind != CLU_SERIES_SOFTDTW && m->kind != CLU_SERIES_EUCLIDEAN &&
           m->kind != CLU_SERIES_MANHATTAN;
}
