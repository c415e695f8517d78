/* Sections: options, models. */
#include "cli/series_measure.h"

#include "tab/number.h"

#include <math.h>
#include <string.h>

/* --- options --- */

static const char *const kind_words[] = {"msm", "dtw", "ddtw", "wdtw", "adtw", "twe", "erp", "lcss", "edr", "sbd", "softdtw", "gak",
                                         "euclidean", "manhattan", NULL};
static const char *const norm_words[] = {"l2", "l1", NULL};
static const char *const step_words[] = {"symmetric1", "symmetric2", NULL};
static const char *const multivariate_words[] = {"dependent", "independent", NULL};

#define AT(field) offsetof(struct clu_cli_measure, field)
#define GIVEN (1 + AT(parameter_given))

const struct clu_opt clu_cli_measure_opt[15] = {
    {.name = "distance", .type = CLU_OPT_WORD, .offset = AT(m.kind), .arg = "WORD", .words = kind_words, .given = 1 + AT(given),
     .help = "move-split-merge; dynamic time warping, of derivatives, weighted, or with a penalty; time warp edit; edit distance with "
             "real penalty; longest common subsequence; edit distance on real sequences; shape-based distance; soft-DTW divergence; "
             "global alignment kernel; sample by sample"},
    {.name = "window", .type = CLU_OPT_TEXT, .offset = AT(window), .arg = "N[%]",
     .help = "most samples, or per cent of the longer series, that a match lies away from the diagonal; 0 is lock step; with --model the "
             "records of a window"},
    {.name = "norm", .type = CLU_OPT_WORD, .offset = AT(norm), .arg = "WORD", .words = norm_words, .given = GIVEN,
     .help = "dtw, ddtw, wdtw, adtw: the root of summed squares, or a sum of absolute differences"},
    {.name = "step", .type = CLU_OPT_WORD, .offset = AT(step), .arg = "WORD", .words = step_words, .given = GIVEN,
     .help = "dtw: symmetric2 counts a diagonal step twice and divides by both lengths"},
    {.name = "cost", .type = CLU_OPT_REAL, .offset = AT(m.cost), .arg = "X", .lo = 0, .hi = 1e300, .given = GIVEN,
     .help = "msm: cost of a split or a merge"},
    {.name = "nu", .type = CLU_OPT_REAL, .offset = AT(m.nu), .arg = "X", .lo = 0, .hi = 1e300, .given = GIVEN, .help = "twe: stiffness"},
    {.name = "lambda", .type = CLU_OPT_REAL, .offset = AT(m.lambda), .arg = "X", .lo = 0, .hi = 1e300, .given = 1 + AT(lambda_given),
     .help = "twe: cost of a deletion; ticc: weight of sparseness, otherwise 0.11"},
    {.name = "gap", .type = CLU_OPT_REAL, .offset = AT(m.gap), .arg = "X", .lo = -1e300, .hi = 1e300, .given = GIVEN,
     .help = "erp: the value that a gap stands for"},
    {.name = "epsilon", .type = CLU_OPT_REAL, .offset = AT(m.epsilon), .arg = "X", .lo = 0, .hi = 1e300, .given = GIVEN,
     .help = "lcss, edr: samples match up to this difference (1 for lcss, a quarter of the larger standard deviation for edr)"},
    {.name = "penalty", .type = CLU_OPT_REAL, .offset = AT(m.penalty), .arg = "X", .lo = 0, .hi = 1e300, .given = GIVEN,
     .help = "adtw: added to every step off the diagonal"},
    {.name = "g", .type = CLU_OPT_REAL, .offset = AT(m.g), .arg = "X", .lo = 0, .hi = 1e3, .given = GIVEN,
     .help = "wdtw: steepness of the weights"},
    {.name = "gamma", .type = CLU_OPT_REAL, .offset = AT(m.gamma), .arg = "X", .lo = 1e-12, .hi = 1e300, .given = GIVEN,
     .help = "softdtw: how soft the minimum is"},
    {.name = "sigma", .type = CLU_OPT_REAL, .offset = AT(m.sigma), .arg = "X", .lo = 1e-150, .hi = 1e150, .given = GIVEN,
     .help = "gak: width of the kernel; otherwise the median heuristic"},
    {.name = "multivariate", .type = CLU_OPT_WORD, .offset = AT(multivariate), .arg = "WORD", .words = multivariate_words, .given = GIVEN,
     .help = "one path for all channels, or a path for each channel and the sum"},
    {.name = "float32", .type = CLU_OPT_FLAG, .offset = AT(m.float32),
     .help = "compute and keep distances as floats: twice as fast, half the memory, within 1e-5"},
};

bool clu_measure_parse_window(const char *text, struct clu_measure *m)
{
    size_t len = strlen(text);
    double v;

    m->window_part = len > 0 && text[len - 1] == '%';
    if (clu_number_parse(text, len - m->window_part, '.', &v) != CLU_NUMBER_OK || !(v >= 0) || (m->window_part ? v > 100 : v != floor(v)))
        return false;
    m->windowed = true;
    m->window = m->window_part ? v / 100 : v;
    return true;
}

static bool knows_norm(int kind)
{
    return kind == CLU_SERIES_DTW || kind == CLU_SERIES_DDTW || kind == CLU_SERIES_WDTW || kind == CLU_SERIES_ADTW;
}

void clu_measure_check(struct clu_cli *cli, struct clu_cli_measure *args)
{
    struct clu_measure *m = &args->m;

    m->l1 = args->norm == 1;
    m->symmetric2 = args->step == 1;
    m->independent = args->multivariate == 1;
    if (args->window && !clu_measure_parse_window(args->window, m))
        clu_cli_usage(cli, "invalid argument '%s' for '--window': samples (12) or per cent of the longer series (10%%)", args->window);
    if (m->windowed && !clu_measure_has_path(m) && m->kind != CLU_SERIES_GAK && m->kind != CLU_SERIES_SOFTDTW)
        clu_cli_usage(cli, "--window is for distances that warp, not for %s", clu_measure_name(m->kind));
    if (m->l1 && !knows_norm(m->kind))
        clu_cli_usage(cli, "--norm is for dtw, ddtw, wdtw and adtw");
    if (m->symmetric2 && m->kind != CLU_SERIES_DTW)
        clu_cli_usage(cli, "--step is for dtw");
}

const char *clu_measure_name(int kind)
{
    return kind_words[kind];
}

/* --- models --- */

/* The numbers that a model keeps, each under its name; NAN is not written. */
struct number {
    const char *key;
    size_t offset;
};
#define IN(field) offsetof(struct clu_measure, field)
static const struct number number[] = {{"cost", IN(cost)},       {"nu", IN(nu)},           {"lambda", IN(lambda)}, {"gap", IN(gap)},
                                       {"epsilon", IN(epsilon)}, {"penalty", IN(penalty)}, {"g", IN(g)},           {"gamma", IN(gamma)},
                                       {"sigma", IN(sigma)}};
#define NUMBERS (sizeof number / sizeof number[0])

void clu_measure_save(const struct clu_measure *m, struct clu_out *out)
{
    double window[2] = {m->window, m->window_part};
    double is[4] = {m->l1, m->symmetric2, m->independent, m->float32};

    clu_model_put_text(out, "distance", &kind_words[m->kind], 1);
    clu_model_put_numbers(out, "distance-options", is, 4);
    if (m->windowed)
        clu_model_put_numbers(out, "window", window, 2);
    for (size_t i = 0; i < NUMBERS; i++) {
        const double *v = (const double *)(const void *)((const char *)m + number[i].offset);
        if (!isnan(*v))
            clu_model_put_numbers(out, number[i].key, v, 1);
    }
}

enum clu_status clu_measure_load(struct clu_measure *m, const struct clu_model *file, struct clu_err *err)
{
    const char *word = clu_model_text(file, "distance", 0, 0);
    double window[2], is[4];

    *m = CLU_MEASURE_DEFAULT;
    while (word && kind_words[m->kind] && strcmp(word, kind_words[m->kind]) != 0)
        m->kind++;
    if (!word || !kind_words[m->kind])
        return clu_model_bad(file, "distance", 0, err, "no such distance");
    enum clu_status status = clu_model_numbers(file, "distance-options", 0, is, 4, err);
    if (status == CLU_OK) {
        m->l1 = is[0] > 0;
        m->symmetric2 = is[1] > 0;
        m->independent = is[2] > 0;
        m->float32 = is[3] > 0;
    }
    if (status == CLU_OK && clu_model_count(file, "window") > 0) {
        status = clu_model_numbers(file, "window", 0, window, 2, err);
        m->windowed = true;
        m->window = window[0];
        m->window_part = window[1] > 0;
        if (status == CLU_OK && !(m->window >= 0))
            status = clu_model_bad(file, "window", 0, err, "negative window");
    }
    for (size_t i = 0; i < NUMBERS && status == CLU_OK; i++)
        if (clu_model_count(file, number[i].key) > 0)
            status = clu_model_numbers(file, number[i].key, 0, (double *)(void *)((char *)m + number[i].offset), 1, err);
    return status;
}
