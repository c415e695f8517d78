/* kmeans - k-means clustering of the rows of a table. */
#include "alg/assign.h"
#include "alg/kmeans.h"
#include "alg/kmeans_batch.h"
#include "base/mem.h"
#include "cli/tool.h"
#include "io/model.h"
#include "io/read.h"
#include "io/write.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* --- options --- */

enum print { PRINT_LABELS = 0, PRINT_CENTERS, PRINT_SUMMARY, PRINT_DISTANCES };

struct args {
    struct clu_kmeans_opt fit;
    int print;
    const char *init;
    size_t batch;
    const char *assign, *save;
    bool k_given, nstart_given;
    struct clu_cli_input input;
    struct clu_cli_common common;
};

static const char *const algorithm_words[] = {"auto", "lloyd", "hamerly", "yinyang", NULL};
static const char *const refine_words[] = {"hartigan", "none", NULL};
static const char *const print_words[] = {"labels", "centers", "summary", "distances", NULL};

#define AT(field) offsetof(struct args, field)

static const struct clu_opt method_opt[] = {
    {.letter = 'k', .name = "clusters", .type = CLU_OPT_COUNT, .offset = AT(fit.k), .arg = "K", .lo = 1, .hi = 1e9,
     .what = "number of clusters", .given = 1 + AT(k_given), .help = "number of clusters (required, but for --assign)"},
    {.name = "algorithm", .type = CLU_OPT_WORD, .offset = AT(fit.algorithm), .arg = "WORD", .words = algorithm_words,
     .help = "how Lloyd's iteration skips work; the result is the same"},
    {.name = "refine", .type = CLU_OPT_WORD, .offset = AT(fit.refine), .arg = "WORD", .words = refine_words,
     .help = "afterwards exchange single rows until no move lowers the inertia, or stop at Lloyd's result"},
    {.name = "init", .type = CLU_OPT_FILE, .offset = AT(init), .arg = "HOW",
     .help = "start from greedy k-means++ (plusplus), from random rows (random), or from the K rows of the table in FILE"},
    {.name = "nstart", .type = CLU_OPT_COUNT, .offset = AT(fit.nstart), .arg = "N", .lo = 1, .hi = 1e9,
     .given = 1 + AT(nstart_given), .help = "number of starts; the one with the least inertia is kept"},
    {.name = "max-iter", .type = CLU_OPT_COUNT, .offset = AT(fit.max_iter), .arg = "N", .lo = 1, .hi = 1e9,
     .help = "most iterations of a start, exchange passes included"},
    {.name = "tol", .type = CLU_OPT_REAL, .offset = AT(fit.tol), .arg = "X", .lo = 0, .hi = 1e300,
     .help = "stop when the squared movement of the centers is at most X times the mean variance of the columns; 0: when no label changes"},
    {.name = "spherical", .type = CLU_OPT_FLAG, .offset = AT(fit.spherical),
     .help = "cluster by direction: rows and centers have length 1 (cosine similarity)"},
    {.name = "batch", .type = CLU_OPT_COUNT, .offset = AT(batch), .arg = "N", .lo = 1, .hi = 1e9,
     .help = "mini-batches of N rows: one pass over a stream of any length, for centers or a model"},
};

static const struct clu_opt result_opt[] = {
    {.letter = 'p', .name = "print", .type = CLU_OPT_WORD, .offset = AT(print), .arg = "WHAT", .words = print_words,
     .help = "what to print: a label a record, the centers, a summary of the clusters, or the distances of every row to all centers"},
    {.letter = 'm', .name = "save-model", .type = CLU_OPT_FILE, .offset = AT(save), .arg = "FILE",
     .help = "write what --assign needs"},
    {.name = "assign", .type = CLU_OPT_FILE, .offset = AT(assign), .arg = "MODEL",
     .help = "no clustering: label the rows by the nearest center of a saved model, as a stream"},
};

#define ROWS(rows) (rows), sizeof(rows) / sizeof((rows)[0])

