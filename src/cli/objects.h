/* cli/objects.h - what the k-medoids filters cluster: the rows of a table under a metric, or dissimilarities that are given. */
#ifndef CLU_CLI_OBJECTS_H
#define CLU_CLI_OBJECTS_H

#include "cli/tool.h"
#include "io/prepare.h"
#include "num/dist.h"
#include "num/square.h"
#include "tab/mixed.h"

/* Behind the metrics of num/dist.h: dissimilarities that are given. */
enum { CLU_OBJECTS_PRECOMPUTED = CLU_GOWER + 1, CLU_OBJECTS_CONDENSED, CLU_OBJECTS_PAIRS };

/* What the rows below set. */
struct clu_cli_metric {
    int metric;        /* enum clu_metric_kind, or one of the above */
    const char *power; /* of minkowski */
    struct clu_opt_list nominal, ordered, asymmetric;
    bool directed;
    int na;            /* enum clu_na */
    bool na_given;
};

extern const struct clu_opt clu_cli_metric_opt[1];       /* --metric, for coordinates */
extern const struct clu_opt clu_cli_metric_given_opt[2]; /* --metric, with the three more; --directed */
extern const struct clu_opt clu_cli_mixed_opt[3];        /* --nominal --ordered --asymmetric */
extern const struct clu_opt clu_cli_na_pair_opt[1];      /* --na=error|drop|mean|pair */

struct clu_objects {
    size_t n;                 /* objects that are clustered */
    struct clu_table table;   /* x: the rows, ready; without coordinates only its schema and what is carried */
    struct clu_mat original;  /* the rows in the input's units, when they were scaled */
    struct clu_prepare prepare;
    struct clu_metric metric; /* borrows from mixed */
    struct clu_mixed mixed;   /* for gower and hamming; else empty */
    struct clu_square square; /* without coordinates */
    bool has_square;
};

/* Wrong usage of these options together with the others: exits. */
void clu_objects_check(struct clu_cli *cli, const struct clu_cli_metric *m);

/* The metric alone, without what only the data can tell. */
struct clu_metric clu_objects_metric(const struct clu_cli_metric *m);

/* The reader's options for tables under a metric. */
struct clu_read_opt clu_objects_read_opt(const struct clu_cli *cli, const struct clu_cli_metric *m);

enum clu_status clu_objects_read(struct clu_objects *o, struct clu_cli *cli, const struct clu_cli_metric *m, struct clu_err *err);
void clu_objects_clear(struct clu_objects *o);

/* Object i as the input counts it: its record, from 1 (rows that were dropped count too); and back, or n when it has none. */
size_t clu_objects_record(const struct clu_objects *o, size_t i);
size_t clu_objects_at(const struct clu_objects *o, size_t record);

#endif
