/* cli/csts_bench.h - which CSTS benchmark and which of its subjects the options mean. */
#ifndef CLU_CLI_CSTS_BENCH_H
#define CLU_CLI_CSTS_BENCH_H

#include "cli/csts_text.h"
#include "cli/tool.h"

/* Which data. */
struct clu_csts_pick {
    const char *subject; /* a name or a number */
    int split, variant, completeness, reduced;
    bool compat, split_given, variant_given, completeness_given;
};
#define CLU_CSTS_PICK_WORDS 5 /* the rows but for the last one, --compat */
extern const struct clu_opt clu_csts_pick_opt[CLU_CSTS_PICK_WORDS + 1];
#define CLU_CSTS_PICK_DEFAULT {.variant = CLU_CSTS_CORRELATED}

/* The words of the options. */
extern const char *const clu_csts_split_word[], *const clu_csts_variant_word[], *const clu_csts_completeness_word[],
    *const clu_csts_reduced_word[];

/* A new benchmark. */
struct clu_csts_new {
    size_t variates, segments, rate;
    uint64_t seed;
    const char *patterns, *lengths;     /* a file; a list of seconds */
    struct clu_opt_list marginal;
    bool wanted;                        /* an option of new benchmarks was given */
};
extern const struct clu_opt clu_csts_new_opt[6]; /* all but --patterns */
#define CLU_CSTS_NEW_DEFAULT {.variates = 3, .segments = 100, .rate = 1, .seed = 1}

/* The recipe, and what it points to. {0} is empty. */
struct clu_csts_bench {
    struct clu_csts_recipe recipe;
    const char *variate[CLU_CSTS_VARIATES];
    char name[CLU_CSTS_VARIATES][CLU_CSTS_NAME];
    struct clu_csts_marginal marginal[CLU_CSTS_VARIATES];
    uint32_t *length;
};
void clu_csts_bench_clear(struct clu_csts_bench *b);

/* Patterns of d variates from the first columns of a table: ids, and a correlation a pair. */
enum clu_status clu_csts_patterns_read(struct clu_csts_patterns *p, const char *file, size_t d, const struct clu_run *run,
                                       struct clu_err *err);

/* The published data of a split. */
enum clu_status clu_csts_bench_published(struct clu_csts_bench *b, int split, struct clu_err *err);

/* A new benchmark; patterns and samples are read from files. */
enum clu_status clu_csts_bench_new(struct clu_csts_bench *b, const struct clu_csts_new *n, const struct clu_cli *cli, struct clu_err *err);

/* The subject that --subject names, from 0; it may decide on the split. published: of names and 30 numbers. Exits on wrong usage. */
size_t clu_csts_subject_number(struct clu_cli *cli, struct clu_csts_pick *pick, bool published);

/* Make the subject, and fill in what is printed of it but for the choices of columns. */
enum clu_status clu_csts_bench_subject(struct clu_csts_subject *s, struct clu_csts_print *p, const struct clu_csts_bench *b,
                                       const struct clu_csts_pick *pick, size_t number, const struct clu_run *run, struct clu_err *err);

/* The data of a subject, coded: what correlations come from. */
enum clu_status clu_csts_bench_coded(struct clu_coded *c, const struct clu_csts_subject *s, const struct clu_run *run, struct clu_err *err);

/* How its clusterings are degraded. */
struct clu_csts_degrade clu_csts_bench_degrade(const struct clu_csts_subject *s, int reduced);

#endif
