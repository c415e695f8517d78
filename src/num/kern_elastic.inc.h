/* num/kern_elastic.inc.h - elastic measures of one series and a group in lanes (num/sweep.h); included twice by num/kern_target.c.
 *
 * Several rows of the programme are swept at once, row k one column behind row k - 1: the cells of a step do not depend on each
 * other, so that a core has enough to do while it waits for sums, and the row in memory is read and written once for all of them.
 * Where some rows or lanes are beyond the window or the ends, steps are guarded: what does not count becomes infinite. Sums of doubles
 * are those of num/elastic_cell.h, to the bit; of floats a square may be fused with the sum, so that they differ between targets. */

/* What a block of rows keeps. Unused members vanish. */
struct FN(rows) {
    V x[CLU_SWEEP_PAD], a[CLU_SWEEP_PAD], b[CLU_SWEEP_PAD];
    V before; /* twe: the sample before the first row */
    V cost, epsilon, one;
    const T *sample; /* of the first row */
    const T *offset; /* by the row's number less that of the step */
};

ELASTIC_INLINE void FN(load_rows)(const int kind, const bool many, const int rows, const struct clu_sweep *w, size_t i,
                                  struct FN(rows) *r)
{
    const T *x = (const T *)w->x + i;
    T gap = (T)w->cost, nu = (T)w->nu, lambda = (T)w->lambda;

    r->sample = x;
    r->offset = (const T *)w->offset + (kind == CLU_SWEEP_TWE ? i : i * LANES);
    r->cost = SET((T)w->cost);
    r->one = SET((T)1);
    r->epsilon = kind == CLU_SWEEP_LCSS || kind == CLU_SWEEP_EDR ? LOAD((const T *)w->epsilon) : SET((T)0);
    r->before = SET(x[-1]);
ELASTIC_UNROLL
    for (int k = 0; k < rows; k++) {
        T step = x[k] - x[k - 1], sum = 0;
        r->x[k] = SET(x[k]);
        if (many && (kind == CLU_SWEEP_MSM || kind == CLU_SWEEP_TWE || kind == CLU_SWEEP_ERP))
            for (size_t c = 0; c < w->channels; c++)
                sum += ELASTIC_FABS(x[c * w->x_step + (size_t)k] - (kind == CLU_SWEEP_ERP ? gap : *(x + c * w->x_step + k - 1)));
        else
            sum = ELASTIC_FABS(kind == CLU_SWEEP_ERP ? x[k] - gap : step);
        if (kind == CLU_SWEEP_MSM && !many) {
            r->a[k] = SET(step < 0 ? step : (T)0);
            r->b[k] = SET(step > 0 ? step : (T)0);
        } else {
            r->a[k] = SET(kind == CLU_SWEEP_TWE ? (sum + nu) + lambda : sum);
        }
    }
}

ELASTIC_INLINE V FN(cost)(const bool square, V d)
{
    if (square)
        return d * d;
    return ABS(d);
}

/* Over the channels: sums of |y - x| or of squares; of the samples before, both. */
ELASTIC_INLINE V FN(apart)(const bool many, const bool square, const struct clu_sweep *w, const T *x, V first, const T *y)
{
    V sum = FN(cost)(square, first - LOAD(y));

    for (size_t c = 1; many && c < w->channels; c++)
        sum = sum + FN(cost)(square, SET(x[c * w->x_step]) - LOAD(y + c * w->y_step));
    return sum;
}

/* msm, several channels: what a step along x (or along y) costs, but for the constant. */
ELASTIC_INLINE V FN(ball)(const bool along_x, const struct clu_sweep *w, const T *x, const T *y, V back, V across)
{
    V angle = SET((T)0);

    for (size_t c = 0; c < w->channels; c++) {
        V a = SET(x[c * w->x_step]), b = LOAD(y + c * w->y_step), d = along_x ? a - b : b - a;
        V step = along_x ? a - SET(*(x + c * w->x_step - 1)) : b - LOAD(y + c * w->y_step - LANES);
        angle = angle + step * d;
    }
    return PICK(SET((T)0), angle, PICK(back, across, back, across), SET((T)0));
}

ELASTIC_INLINE V FN(unmatched)(const bool many, const struct clu_sweep *w, const struct FN(rows) *r, const T *x, V first, const T *y, V yes,
                               V no)
{
    V out = PICK(r->epsilon, ABS(LOAD(y) - first), no, yes);

    for (size_t c = 1; many && c < w->channels; c++)
        out = PICK(LOAD((const T *)w->epsilon + c * LANES), ABS(LOAD(y + c * w->y_step) - SET(x[c * w->x_step])), no, out);
    return out;
}

/* D of row k in column j, which y is at. */
ELASTIC_INLINE V FN(cell)(const int kind, const bool many, const struct clu_sweep *w, const struct FN(rows) *r, const int k, ptrdiff_t j,
                          V diagonal, V up, V left)
{
    const T *x = r->sample + k, *y = (const T *)w->y + j * LANES;
    const T *aux = (const T *)w->aux[0] + j * LANES, *more = (const T *)w->aux[1] + j * LANES;
    const bool square = kind == CLU_SWEEP_DTW || kind == CLU_SWEEP_SYMMETRIC2 || kind == CLU_SWEEP_WDTW || kind == CLU_SWEEP_ADTW;
    V c, t;

    switch (kind) {
    case CLU_SWEEP_MSM:
        if (many) {
            c = FN(apart)(many, false, w, x, r->x[k], y);
            t = MIN(up + FN(ball)(true, w, x, y, r->a[k], c), left + FN(ball)(false, w, x, y, LOAD(aux), c));
        } else {
            V e = r->x[k] - LOAD(y);
            c = ABS(e);
            t = MIN(up + ABS(MIN(MAX(e, r->a[k]), r->b[k])), left + ABS(MIN(MAX(e, LOAD(aux)), LOAD(more))));
        }
        return MIN(t + r->cost, diagonal + c);
    case CLU_SWEEP_TWE:
        c = FN(apart)(many, false, w, x, r->x[k], y) + FN(apart)(many, false, w, x - 1, k ? r->x[k - 1] : r->before, y - LANES);
        c = c + SET(r->offset[k - j]);
        return MIN(MIN(diagonal + c, up + r->a[k]), left + LOAD(aux));
    case CLU_SWEEP_ERP:
        c = FN(apart)(many, false, w, x, r->x[k], y);
        return MIN(MIN(diagonal + c, up + r->a[k]), left + LOAD(aux));
    case CLU_SWEEP_LCSS:
        return MIN(MIN(up, left), diagonal + FN(unmatched)(many, w, r, x, r->x[k], y, SET((T)-1), SET((T)0)));
    case CLU_SWEEP_EDR:
        return MIN(MIN(up, left) + r->one, diagonal + FN(unmatched)(many, w, r, x, r->x[k], y, SET((T)0), r->one));
    default:
        if (ELASTIC_FUSE && square && !many && (kind == CLU_SWEEP_DTW || kind == CLU_SWEEP_ADTW)) {
            c = r->x[k] - LOAD(y);
            t = MIN(left, up);
            if (kind == CLU_SWEEP_ADTW)
                t = t + r->cost;
            return MADD(c, c, MIN(t, diagonal));
        }
        c = FN(apart)(many, square, w, x, r->x[k], y);
        if (kind == CLU_SWEEP_WDTW || kind == CLU_SWEEP_WDTW_L1)
            c = c * LOAD(r->offset + (k - j) * LANES);
        t = MIN(left, up);
        if (kind == CLU_SWEEP_ADTW || kind == CLU_SWEEP_ADTW_L1)
            t = t + r->cost;
        if (kind == CLU_SWEEP_SYMMETRIC2 || kind == CLU_SWEEP_SYMMETRIC2_L1)
            diagonal = diagonal + c;
        return MIN(t, diagonal) + c;
    }
}

/* The border above row 0, and D(-1, -1); what the lanes do not count is infinite. */
ELASTIC_INLINE void FN(start)(const int kind, const bool many, const struct clu_sweep *w, T *d)
{
    V infinite = SET((T)INFINITY), sum = SET((T)0), end = LOAD((const T *)w->high - LANES);

    for (ptrdiff_t j = -CLU_SWEEP_PAD; j < (ptrdiff_t)w->cols + CLU_SWEEP_PAD; j++) {
        V v = infinite;
        if (j >= 0 && (kind == CLU_SWEEP_ERP || kind == CLU_SWEEP_EDR || kind == CLU_SWEEP_LCSS)) {
            sum = sum + (kind == CLU_SWEEP_ERP ? LOAD((const T *)w->aux[0] + j * LANES) : SET(kind == CLU_SWEEP_EDR ? (T)1 : (T)0));
            v = PICK(end, SET((T)j), infinite, sum);
        }
        STORE(d + j * LANES, v);
    }
    sum = SET((T)0);
    if (kind == CLU_SWEEP_SYMMETRIC2 || kind == CLU_SWEEP_SYMMETRIC2_L1)
        sum = sum - FN(apart)(many, kind == CLU_SWEEP_SYMMETRIC2, w, (const T *)w->x, SET(*(const T *)w->x), (const T *)w->y);
    STORE(d - LANES, sum);
}

ELASTIC_INLINE V FN(border)(const int kind, T so_far)
{
    return SET(kind == CLU_SWEEP_ERP || kind == CLU_SWEEP_EDR ? so_far : kind == CLU_SWEEP_LCSS ? (T)0 : (T)INFINITY);
}

/* Infinite in the lanes that do not count column j of row i. */
ELASTIC_INLINE V FN(inside)(const struct clu_sweep *w, size_t i, ptrdiff_t j, V v)
{
    V infinite = SET((T)INFINITY), column = SET((T)j);

    v = PICK(column, LOAD((const T *)w->low + i * LANES), infinite, v);
    return PICK(LOAD((const T *)w->high + i * LANES), column, infinite, v);
}

/* One step: row k in column s - k. cur[k] is D of row k one column before; old[k] that of two, as row k + 1 needs it. */
ELASTIC_INLINE void FN(step)(const int kind, const bool many, const int rows, const struct clu_sweep *w, const struct FN(rows) *r,
                             ptrdiff_t s, T *d, V *cur, V *old, V *corner)
{
    V up = LOAD(d + s * LANES);

ELASTIC_UNROLL
    for (int k = rows - 1; k >= 0; k--) {
        V was = cur[k];
        cur[k] = FN(cell)(kind, many, w, r, k, s - k, k ? old[k - 1] : *corner, k ? cur[k - 1] : up, was);
        old[k] = was;
    }
    *corner = up;
    STORE(d + (s - (rows - 1)) * LANES, cur[rows - 1]);
}

/* The same where not all of them count. Rows from the last one on hand down what is above them. */
ELASTIC_INLINE void FN(guarded)(const int kind, const bool many, const int rows, const struct clu_sweep *w, const struct FN(rows) *r,
                                size_t i, const T *edge, ptrdiff_t s, T *d, V *cur, V *old, V *corner)
{
    V up = LOAD(d + s * LANES), infinite = SET((T)INFINITY);

ELASTIC_UNROLL
    for (int k = rows - 1; k >= 0; k--) {
        V was = cur[k], above = k ? cur[k - 1] : up, v = infinite;
        ptrdiff_t j = s - k;
        if (j >= w->first[i + (size_t)k] && j <= w->last[i + (size_t)k]) {
            if (j == -1)
                v = FN(border)(kind, edge[k]);
            else if (i + (size_t)k >= w->rows)
                v = above;
            else
                v = FN(cell)(kind, many, w, r, k, j, k ? old[k - 1] : *corner, above, was);
            if (w->mixed)
                v = FN(inside)(w, i + (size_t)k, j, v);
        }
        cur[k] = v;
        old[k] = was;
    }
    *corner = up;
    STORE(d + (s - (rows - 1)) * LANES, cur[rows - 1]);
}

/* Rows i .. i + rows - 1; *so_far is D(i - 1, -1) where borders are finite. */
ELASTIC_INLINE void FN(block)(const int kind, const bool many, const int rows, const struct clu_sweep *w, size_t i, T *so_far)
{
    const bool edged = kind == CLU_SWEEP_ERP || kind == CLU_SWEEP_EDR || kind == CLU_SWEEP_LCSS, weighed = kind == CLU_SWEEP_WDTW;
    T *d = w->d, edge[CLU_SWEEP_PAD];
    V infinite = SET((T)INFINITY), cur[CLU_SWEEP_PAD], old[CLU_SWEEP_PAD];
    struct FN(rows) r;
    size_t end = i + (size_t)rows - 1;
    ptrdiff_t s = 0, stop = w->last[end] + rows - 1, all = 0, until = stop;

    FN(load_rows)(kind, many, rows, w, i, &r);
    for (int k = 0; k < rows; k++) {
        T to_gap = 0;
        for (size_t c = 0; kind == CLU_SWEEP_ERP && c < w->channels; c++)
            to_gap += ELASTIC_FABS(r.sample[c * w->x_step + (size_t)k] - (T)w->cost);
        edge[k] = *so_far = *so_far + (kind == CLU_SWEEP_ERP ? to_gap : (T)1);
    }
ELASTIC_UNROLL
    for (int k = 0; k < rows; k++)
        cur[k] = old[k] = infinite;
    /* Without a window nothing needs a guard where the border is infinite: it keeps what is left of column 0 so, and what is right of
     * the last column goes nowhere. But the weight 0 of a square that overflows would be no number. */
    if (edged || weighed || !w->whole || end >= w->rows) {
        s = w->first[i] < 0 ? 0 : w->first[i];
        all = (w->from[end] < 0 ? 0 : w->from[end]) + rows - 1;
        until = end < w->rows ? w->to[i] : -1;
        all = all <= until ? all : stop + 1;
        cur[0] = FN(inside)(w, i, -1, FN(border)(kind, edge[0]));
    }
    V corner = LOAD(d + (s - 1) * LANES);
    for (; s < all; s++)
        FN(guarded)(kind, many, rows, w, &r, i, edge, s, d, cur, old, &corner);
    for (; s < until; s += 2) {
        FN(step)(kind, many, rows, w, &r, s, d, cur, old, &corner);
        FN(step)(kind, many, rows, w, &r, s + 1, d, cur, old, &corner);
    }
    for (; s <= until; s++)
        FN(step)(kind, many, rows, w, &r, s, d, cur, old, &corner);
    for (; s <= stop; s++)
        FN(guarded)(kind, many, rows, w, &r, i, edge, s, d, cur, old, &corner);
}

/* The rows that fill no block go by twos, so that at most one is beyond the end. */
ELASTIC_INLINE void FN(sweep)(const int kind, const bool many, const int rows, const struct clu_sweep *given)
{
    const struct clu_sweep own = *given, *w = &own; /* which no store can change: its pointers stay in registers */
    T so_far = 0;
    size_t i = 0;

    FN(start)(kind, many, w, w->d);
    for (; i + (size_t)rows <= w->rows; i += (size_t)rows)
        FN(block)(kind, many, rows, w, i, &so_far);
    for (; i < w->rows; i += 2)
        FN(block)(kind, many, 2, w, i, &so_far);
}

/* Sample by sample: the sum of all goes where the last cell would be. */
ELASTIC_INLINE void FN(lock_step)(const bool square, const struct clu_sweep *w)
{
    V sum = SET((T)0);

    for (size_t t = 0; t < w->cols; t++) {
        const T *x = (const T *)w->x + t;
        sum = sum + FN(apart)(true, square, w, x, SET(*x), (const T *)w->y + t * LANES);
    }
    STORE((T *)w->d + (w->cols - 1) * LANES, sum);
}

#define ELASTIC_SWEEP(name, kind, rows)                \
    static void FN(name)(const struct clu_sweep *w)    \
    {                                                  \
        FN(sweep)(kind, false, rows, w);               \
    }                                                  \
    static void FN(name##_many)(const struct clu_sweep *w) \
    {                                                  \
        FN(sweep)(kind, true, 2, w);                   \
    }
ELASTIC_SWEEP(msm, CLU_SWEEP_MSM, ELASTIC_ROWS_MSM)
ELASTIC_SWEEP(dtw, CLU_SWEEP_DTW, ELASTIC_ROWS_DTW)
ELASTIC_SWEEP(dtw_l1, CLU_SWEEP_DTW_L1, ELASTIC_ROWS_DTW64)
ELASTIC_SWEEP(symmetric2, CLU_SWEEP_SYMMETRIC2, ELASTIC_ROWS)
ELASTIC_SWEEP(symmetric2_l1, CLU_SWEEP_SYMMETRIC2_L1, ELASTIC_ROWS)
ELASTIC_SWEEP(wdtw, CLU_SWEEP_WDTW, ELASTIC_ROWS)
ELASTIC_SWEEP(wdtw_l1, CLU_SWEEP_WDTW_L1, ELASTIC_ROWS)
ELASTIC_SWEEP(adtw, CLU_SWEEP_ADTW, ELASTIC_ROWS)
ELASTIC_SWEEP(adtw_l1, CLU_SWEEP_ADTW_L1, ELASTIC_ROWS)
ELASTIC_SWEEP(twe, CLU_SWEEP_TWE, ELASTIC_ROWS_TWE)
ELASTIC_SWEEP(erp, CLU_SWEEP_ERP, ELASTIC_ROWS)
#if ELASTIC_MATCHES
ELASTIC_SWEEP(lcss, CLU_SWEEP_LCSS, ELASTIC_ROWS)
ELASTIC_SWEEP(edr, CLU_SWEEP_EDR, ELASTIC_ROWS)
#endif
#undef ELASTIC_SWEEP

static void FN(euclidean)(const struct clu_sweep *w)
{
    FN(lock_step)(true, w);
}

static void FN(manhattan)(const struct clu_sweep *w)
{
    FN(lock_step)(false, w);
}

/* What the includer defined: ready for the next. */
#undef T
#undef V
#undef LANES
#undef FN
#undef LOAD
#undef STORE
#undef SET
#undef MIN
#undef MAX
#undef PICK
#undef ABS
#undef ELASTIC_FABS
#undef MADD
#undef ELASTIC_FUSE
#undef ELASTIC_ROWS_DTW
#undef ELASTIC_MATCHES
