/* alg/pam_state.h - what the parts of k-medoids share: the search's state between swaps. Private to alg/pam*.c and clarans.c.
 *
 * Everything is in the unit of the candidates' matrix. A swap puts candidate x in place b: removal[i] is what the loss grows by
 * when the medoid in place i goes and nothing comes; an object that is nearer to x than to its second medoid (a hit) takes a
 * part of that back, in its own place and, when it is nearer than to its first medoid, for all places (section 3.1 of the paper). */
#ifndef CLU_ALG_PAM_STATE_H
#define CLU_ALG_PAM_STATE_H

#include "alg/pam.h"
#include "num/kern.h"

#define CLU_PAM_CHUNK 2048 /* objects of a piece; pieces are summed in order */

/* One thread's scratch. */
struct clu_pam_worker {
    uint32_t *hit; /* [m + 16] */
    double *place; /* [k] change of the loss for each place, but for what they share */
    double *row;   /* [m], where rows are computed */
};

/* What an object has. One cache line holds two. */
struct clu_pam_seat {
    double near, far;     /* dissimilarities to its first medoid and its second; HUGE_VAL: none */
    double w;
    int32_t label, other; /* their places; -1: none */
};

struct clu_pam_state {
    const struct clu_cands *c;
    const struct clu_pam_opt *opt;
    const struct clu_run *run;
    size_t n, m, k;
    struct clu_pam_seat *seat; /* [m] */
    float *far32;        /* [m] far again, for the kernels: one of the two, by the matrix */
    double *far64;
    size_t *medoid;      /* [k] */
    uint8_t *is_medoid;  /* [n] */
    uint8_t *barred;     /* [n] no candidate: its weight is 0; NULL: all are */
    double *removal;     /* [k] */
    double loss;
    size_t chunks;
    double *part;        /* [chunks][k + 1] a piece's removal and loss */
    int32_t *label, *other; /* [m] the seats' places again, for the kernels */
    uint32_t *touched;   /* [chunks][CLU_PAM_CHUNK + 16] objects of a piece that a swap touches */
    int32_t *lost;       /* [m] of them those that lost their second medoid */
    double *joined;      /* [m] the row of the last swap, where rows are computed */
    struct clu_pam_trio *trio; /* [m] three nearest medoids, for the medoid silhouette alone (alg/pam_msc.c) */
    struct clu_pam_worker *worker; /* [threads] */
    int threads;
    size_t swaps;
    double judged;       /* candidates */
    bool converged;
};

/* w[m], or NULL for ones. */
enum clu_status clu_pam_state_init(struct clu_pam_state *s, const struct clu_cands *c, const double *w,
                                   const struct clu_pam_opt *opt, const struct clu_run *run, struct clu_err *err);
void clu_pam_state_clear(struct clu_pam_state *s);

static inline bool clu_pam_is_candidate(const struct clu_pam_state *s, size_t x)
{
    return !s->is_medoid[x] && !(s->barred && s->barred[x]);
}

/* Choose s->medoid in the way of init (enum clu_pam_init). Start number t: its random stream. */
enum clu_status clu_pam_start(struct clu_pam_state *s, int init, size_t t, struct clu_err *err);

/* First and second medoid of every object from s->medoid: the lowest place of equals; a medoid in its own. O(m k). */
void clu_pam_assign(struct clu_pam_state *s);

/* What candidate x changes in the loss: in place i me->place[i] + the value returned. O(m + k). */
double clu_pam_changes(const struct clu_pam_state *s, struct clu_pam_worker *me, size_t x);

/* Candidate x in the place that is best for it, the first of equals. */
struct clu_pam_verdict {
    double change; /* of the loss */
    size_t place;
};
struct clu_pam_verdict clu_pam_judge(const struct clu_pam_state *s, struct clu_pam_worker *me, size_t x);

/* Does it count? */
static inline bool clu_pam_improves(const struct clu_pam_state *s, double change)
{
    return change < -s->opt->tol * s->loss;
}

/* Candidate x takes place b. O(m), and O(k) for the few objects that lose one of their two medoids. */
void clu_pam_swap(struct clu_pam_state *s, size_t b, size_t x);

/* Objects place by place, ascending: those of place i are member[begin[i]] .. member[begin[i + 1] - 1]. begin[k + 2], member[m]. */
void clu_pam_list_members(const struct clu_pam_state *s, size_t *begin, size_t *member);

/* The eager scan: every candidate in turn, round and round, each swap that improves made at once, until none did for a whole
 * round. Blocks of candidates are judged side by side against one state; what the serial scan would have taken is taken. */
typedef struct clu_pam_verdict clu_pam_judge_fn(const struct clu_pam_state *s, struct clu_pam_worker *me, size_t x);
typedef void clu_pam_swap_fn(struct clu_pam_state *s, size_t b, size_t x);
enum clu_status clu_pam_scan(struct clu_pam_state *s, clu_pam_judge_fn *judge, clu_pam_swap_fn *swap);

/* From s->medoid to a local optimum; seats and loss go with it. */
enum clu_status clu_pam_faster(struct clu_pam_state *s);
enum clu_status clu_pam_fast(struct clu_pam_state *s, struct clu_err *err);
enum clu_status clu_pam_exact(struct clu_pam_state *s, struct clu_err *err);
enum clu_status clu_pam_alternate(struct clu_pam_state *s, struct clu_err *err);

#endif
