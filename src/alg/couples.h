/* alg/couples.h - pairs of a child and a parent that are worth looking at, and what they are looked at by.
 *
 * A pair's key says on which columns the parent is projected: below the number of schemas it is that of the child, matched by name; above
 * it a renaming that is the pair's own. Rows of different tables can be compared when they were projected by one key. */
#ifndef CLU_ALG_COUPLES_H
#define CLU_ALG_COUPLES_H

#include "alg/refute.h"
#include "alg/schemas.h"

struct clu_couple {
    uint32_t child, parent, key;
    uint64_t distinct; /* distinct rows of the child that the parent has: filled in by the exact stages */
    uint64_t rows;     /* the same in rows of the child (rows), or as often as both have them (bag) */
    uint64_t hits;     /* rows of the parent that the child has: only if asked for */
};

struct clu_couples {
    const struct clu_schemas *schemas; /* borrowed */
    struct clu_sketch *const *sketch;  /* [schemas->tables] borrowed */
    struct clu_couple *pair;             /* [n] by child, then parent */
    size_t n, cap;
    uint32_t **rename;                 /* [renames]: of key schemas->n + i, as map of alg/schemas.h */
    size_t renames, rename_cap;
    uint64_t tested, by_statistics, by_sample; /* pairs by schema; what refuted some of them */
};
void clu_couples_clear(struct clu_couples *p);

struct clu_couples_opt {
    enum clu_meaning meaning;
    double threshold;      /* 1: whole containments only */
    bool partial;          /* pairs of any overlap */
    bool rename;           /* columns by their values, where names do not match */
    const uint32_t *class; /* [tables]: tables that are the same; only the first of each class is paired, which is its own number */
};

/* The pairs that sketches do not refute. O(pairs by schema * columns), memory for those that are left. */
enum clu_status clu_couples_find(struct clu_couples *p, const struct clu_schemas *schemas, struct clu_sketch *const *sketch,
                               const struct clu_couples_opt *opt, struct clu_err *err);

/* One pair more, map (NULL: by name) is copied. */
enum clu_status clu_couples_add(struct clu_couples *p, uint32_t child, uint32_t parent, const uint32_t *map, struct clu_err *err);

/* class[i]: the first table that has the same columns, number of rows and fingerprint as table i. */
enum clu_status clu_couples_classes(const struct clu_schemas *schemas, struct clu_sketch *const *sketch, uint32_t *class,
                                  struct clu_err *err);

/* What one table is hashed by: cells as terms, rows as sums of terms, one for each key. */
struct clu_projector {
    size_t terms, keys;
    uint32_t *col;      /* [terms]: the cell ... */
    uint64_t *seed;     /* ... and what seeds its hash */
    uint32_t *key;      /* [keys] */
    size_t *start;      /* [keys + 1]: key k adds the terms term[start[k] .. start[k + 1]) */
    uint32_t *term;
    size_t term_cap, list_cap, key_cap;
};
void clu_projector_clear(struct clu_projector *j);

/* Table by the key of a pair in which it is child or parent; nothing changes when it is there already. */
enum clu_status clu_projector_add(struct clu_projector *j, const struct clu_couples *p, const struct clu_couple *pair, bool as_child,
                                  struct clu_err *err);

/* The hashes of a row's terms: hash[2][terms], the low lanes first; then of the row by key number k. */
static inline void clu_projector_cells(const struct clu_projector *j, const struct clu_cell *cell, uint64_t *hash)
{
    for (size_t i = 0; i < j->terms; i++) {
        struct clu_hash h = clu_hash_cell(j->seed[i], cell[j->col[i]].s, cell[j->col[i]].len);
        hash[i] = h.lo;
        hash[j->terms + i] = h.hi;
    }
}
static inline struct clu_hash clu_projector_row(const struct clu_projector *j, size_t k, const uint64_t *hash)
{
    struct clu_hash a = {0, 0};

    for (size_t i = j->start[k]; i < j->start[k + 1]; i++) {
        a.lo += hash[j->term[i]];
        a.hi += hash[j->terms + j->term[i]];
    }
    return clu_hash_fin(a);
}

#endif
