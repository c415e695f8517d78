/* alg/schemas.h - which tables have all the columns of which others.
 *
 * Names are numbered, tables with the same names form a schema, every column has a list of the schemas that have it. A schema's supersets
 * are looked for in the list of its rarest column only, and most of those that are none are told by 64 bits. O(tests * columns) for
 * the tests that remain: 0.5 million on 5,000 tables instead of 25 million pairs. (R2D2, section 4, clusters schemas instead, and loses
 * containments when a schema joins one centre only.) */
#ifndef CLU_ALG_SCHEMAS_H
#define CLU_ALG_SCHEMAS_H

#include "tab/sketch.h"

/* A column of a table by the number of its name. */
struct clu_column {
    uint32_t name, at;
};

struct clu_schemas {
    size_t tables, n;
    uint32_t *of;              /* [tables]: the schema of a table, 0..n-1 */
    size_t *first;             /* [tables + 1]: the columns of table i are column[first[i] .. first[i + 1]), by name */
    struct clu_column *column;
    uint32_t *table;           /* [n]: a table of the schema */
    uint32_t *member;          /* [tables]: tables by schema, */
    size_t *members;           /* [n + 1]: those of schema s are member[members[s] .. members[s + 1]) */
    size_t *up;                /* [n + 1]: the supersets of schema s, itself among them, are superset[up[s] .. up[s + 1]) */
    uint32_t *superset;
};
void clu_schemas_clear(struct clu_schemas *s);

/* sketch[tables] is not kept. CLU_SYSTEM for memory. */
enum clu_status clu_schemas_find(struct clu_schemas *s, struct clu_sketch *const *sketch, size_t tables, struct clu_err *err);

/* map[columns of child], or NULL when nobody asks: where each column of child is in parent. False when one is missing. */
bool clu_schemas_map(const struct clu_schemas *s, size_t child, size_t parent, uint32_t *map);

#endif
