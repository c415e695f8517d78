/* num/kern_path.inc.h - the cells of an antidiagonal with the steps into them (num/diagonal.h). Part of num/kern_target.c.
 * Canonical: the sums are those of num/elastic_cell.h, to the last bit. */

static inline vec64 path_at(const double *p)
{
    vec64 v;
    memcpy(&v, p, sizeof v);
    return v;
}

/* Bit l: is a < b in lane l? */
static inline unsigned path_below(vec64 a, vec64 b)
{
#if defined(__AVX512F__)
    return (unsigned)_mm512_cmp_pd_mask(a, b, _CMP_LT_OQ);
#elif defined(__AVX2__) && defined(__FMA__)
    return (unsigned)_mm256_movemask_pd(_mm256_cmp_pd(a, b, _CMP_LT_OQ));
#else
    return (unsigned)(a[0] < b[0]) | (unsigned)(a[1] < b[1]) << 1;
#endif
}

/* Four bits, a byte each. */
static const uint32_t path_spread[16] = {
    0x00000000, 0x00000001, 0x00000100, 0x00000101, 0x00010000, 0x00010001, 0x00010100, 0x00010101,
    0x01000000, 0x01000001, 0x01000100, 0x01000101, 0x01010000, 0x01010001, 0x01010100, 0x01010101,
};

/* The bytes stand in the order of the lanes on little-endian machines; elsewhere one by one. */
static inline void path_store_steps(uint8_t *to, unsigned along_x, unsigned along_y)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ && LANES64 >= 4
    for (unsigned l = 0; l < LANES64; l += 4) {
        uint32_t four = path_spread[along_x >> l & 15] | path_spread[along_y >> l & 15] << 1;
        memcpy(to + l, &four, sizeof four);
    }
#else
    for (unsigned l = 0; l < LANES64; l++)
        to[l] = (uint8_t)((along_x >> l & 1) | (along_y >> l & 1) << 1);
#endif
}

static inline __attribute__((always_inline)) void path_cells(const int kind, const struct clu_diagonal *w)
{
    const bool squares = kind == CLU_DIAGONAL_SQUARES || kind == CLU_DIAGONAL_WEIGHTED_SQUARES;
    const vec64 cost = SET64(w->cost), hit = SET64(w->hit), miss = SET64(w->miss), aside = SET64(w->aside);

    for (size_t q = 0; q < w->cells; q += LANES64) {
        vec64 e = path_at(w->y + q) - path_at(w->x + q), c = ABS64(e);
        vec64 up = path_at(w->up + q), left = path_at(w->left + q), corner = path_at(w->diagonal + q);
        if (squares)
            c = e * e;
        switch (kind) {
        case CLU_DIAGONAL_MSM:
            up = (up + ABS64(MIN64(MAX64(e, path_at(w->from_x[0] + q)), path_at(w->from_x[1] + q)))) + cost;
            left = (left + ABS64(MIN64(MAX64(e, path_at(w->from_y[0] + q)), path_at(w->from_y[1] + q)))) + cost;
            break;
        case CLU_DIAGONAL_TWE:
            c = (c + ABS64(path_at(w->y + q + 1) - path_at(w->x + q - 1))) + path_at(w->skew + q);
            up = up + path_at(w->from_x[0] + q);
            left = left + path_at(w->from_y[0] + q);
            break;
        case CLU_DIAGONAL_ERP:
            up = up + path_at(w->from_x[0] + q);
            left = left + path_at(w->from_y[0] + q);
            break;
        case CLU_DIAGONAL_MATCH:
            c = PICK64(cost, c, miss, hit);
            up = up + aside;
            left = left + aside;
            break;
        default:
            if (kind == CLU_DIAGONAL_WEIGHTED_SQUARES || kind == CLU_DIAGONAL_WEIGHTED_APART)
                c = c * path_at(w->skew + q);
            up = (up + cost) + c;
            left = (left + cost) + c;
            break;
        }
        corner = corner + c;
        vec64 least = MIN64(up, corner), d = MIN64(left, least);
        path_store_steps(w->step + q, path_below(up, corner), path_below(left, least));
        memcpy(w->d + q, &d, sizeof d);
    }
}

#define PATH_KERNEL(name, kind)                           \
    static void path_##name(const struct clu_diagonal *w) \
    {                                                     \
        path_cells(kind, w);                              \
    }
PATH_KERNEL(msm, CLU_DIAGONAL_MSM)
PATH_KERNEL(squares, CLU_DIAGONAL_SQUARES)
PATH_KERNEL(apart, CLU_DIAGONAL_APART)
PATH_KERNEL(weighted_squares, CLU_DIAGONAL_WEIGHTED_SQUARES)
PATH_KERNEL(weighted_apart, CLU_DIAGONAL_WEIGHTED_APART)
PATH_KERNEL(twe, CLU_DIAGONAL_TWE)
PATH_KERNEL(erp, CLU_DIAGONAL_ERP)
PATH_KERNEL(match, CLU_DIAGONAL_MATCH)
#undef PATH_KERNEL

#define PATH_TABLE                                                                                                        \
    {                                                                                                                     \
        [CLU_DIAGONAL_MSM] = path_msm, [CLU_DIAGONAL_SQUARES] = path_squares, [CLU_DIAGONAL_APART] = path_apart,          \
        [CLU_DIAGONAL_WEIGHTED_SQUARES] = path_weighted_squares, [CLU_DIAGONAL_WEIGHTED_APART] = path_weighted_apart,     \
        [CLU_DIAGONAL_TWE] = path_twe, [CLU_DIAGONAL_ERP] = path_erp, [CLU_DIAGONAL_MATCH] = path_match,                  \
    }
