# Sources by floor; src/README says what a floor is. Headers are listed too: they go into the tarball.

# ---- the library: all floors below the tools ---------------------------------------------------------------
noinst_LIBRARIES += libclu.a
libclu_a_SOURCES = \
	src/base/mem.c src/base/mem.h \
	src/base/rng.c src/base/rng.h \
	src/base/run.c src/base/run.h \
	src/base/status.c src/base/status.h \
	src/num/chol.c src/num/chol.h \
	src/num/condensed.c src/num/condensed.h \
	src/num/diagonal.h \
	src/num/dist.c src/num/dist.h \
	src/num/elastic.c src/num/elastic.h src/num/elastic_cell.h \
	src/num/elastic_path.c src/num/elastic_path.h \
	src/num/elem.c src/num/elem.h \
	src/num/exsum.c src/num/exsum.h \
	src/num/gslx.c src/num/gslx.h \
	src/num/jacobi.c src/num/jacobi.h \
	src/num/kern.c src/num/kern.h \
	src/num/krylov.c src/num/krylov.h \
	src/num/lanes.c src/num/lanes.h \
	src/num/measure.c src/num/measure.h \
	src/num/median.c src/num/median.h \
	src/num/metric.h \
	src/num/mt19937.c src/num/mt19937.h \
	src/num/nearest.c src/num/nearest.h \
	src/num/power.c src/num/power.h \
	src/num/principal.c src/num/principal.h \
	src/num/rank.c src/num/rank.h \
	src/num/rowset.c src/num/rowset.h \
	src/num/sbd.c src/num/sbd.h \
	src/num/series.c src/num/series.h \
	src/num/signed_rank.c src/num/signed_rank.h \
	src/num/soft.c src/num/soft.h \
	src/num/space.c src/num/space.h \
	src/num/square.c src/num/square.h \
	src/num/sweep.h \
	src/num/toeplitz_lasso.c src/num/toeplitz_lasso.h \
	src/num/view.c src/num/view.h \
	src/tab/codes.c src/tab/codes.h \
	src/tab/columns.c src/tab/columns.h \
	src/tab/equal.c src/tab/equal.h \
	src/tab/escape.c src/tab/escape.h \
	src/tab/level.c src/tab/level.h \
	src/tab/mixed.c src/tab/mixed.h \
	src/tab/number.c src/tab/number.h src/tab/number_scan.h \
	src/tab/recipe.c src/tab/recipe.h \
	src/tab/record.c src/tab/record.h \
	src/tab/rowhash.h \
	src/tab/scale.c src/tab/scale.h \
	src/tab/schema.c src/tab/schema.h \
	src/tab/sketch.c src/tab/sketch.h src/tab/sketch_text.c src/tab/sketcher.c \
	src/tab/split.c src/tab/split.h \
	src/tab/table.c src/tab/table.h \
	src/tab/tables.h \
	src/tab/texts.c src/tab/texts.h \
	src/tab/time.c src/tab/time.h \
	src/tab/value.c src/tab/value.h \
	src/io/archive.c src/io/archive.h src/io/archive_load.h \
	src/io/block.c src/io/block.h src/io/block_ragged.c src/io/block_state.h \
	src/io/check.c \
	src/io/gzip.c src/io/gzip.h \
	src/io/inflate.c src/io/inflate.h \
	src/io/journal.c src/io/journal.h \
	src/io/labels.c src/io/labels.h \
	src/io/lake.c src/io/lake.h \
	src/io/lake_plan.c src/io/lake_plan.h \
	src/io/lines.c src/io/lines.h \
	src/io/match.c src/io/match.h \
	src/io/members.c src/io/members.h \
	src/io/mixed_model.c src/io/mixed_model.h \
	src/io/model.c src/io/model.h \
	src/io/pairs.c src/io/pairs.h \
	src/io/place.c src/io/place.h \
	src/io/portion.c src/io/portion.h \
	src/io/prepare.c src/io/prepare.h \
	src/io/pull.c src/io/pull.h \
	src/io/read.c src/io/read.h src/io/read_state.h src/io/read_table.c \
	src/io/rebuild.c src/io/rebuild.h \
	src/io/rows.c src/io/rows.h \
	src/io/series.c src/io/series.h src/io/series_state.h \
	src/io/series_long.c \
	src/io/series_rows.c \
	src/io/series_ts.c src/io/series_ts.h src/io/series_ts_head.c \
	src/io/source.c src/io/source.h \
	src/io/spill.c src/io/spill.h \
	src/io/square.c src/io/square.h \
	src/io/triangle.c src/io/triangle.h \
	src/io/write.c src/io/write.h \
	src/alg/agree.c src/alg/agree.h \
	src/alg/assign.c src/alg/assign.h \
	src/alg/barycentre.c src/alg/barycentre.h \
	src/alg/cands.c src/alg/cands.h \
	src/alg/choose.c src/alg/choose.h \
	src/alg/clara.c src/alg/clara.h \
	src/alg/clarans.c src/alg/clarans.h \
	src/alg/cluster_index.c src/alg/cluster_index.h \
	src/alg/contingency.c src/alg/contingency.h \
	src/alg/couples.c src/alg/couples.h \
	src/alg/cover.c src/alg/cover.h \
	src/alg/csts.c src/alg/csts.h \
	src/alg/csts_degrade.c src/alg/csts_degrade.h \
	src/alg/csts_distance.c src/alg/csts_distance.h \
	src/alg/csts_eval.c src/alg/csts_eval.h \
	src/alg/csts_index.c src/alg/csts_index.h \
	src/alg/csts_label.c src/alg/csts_label.h \
	src/alg/csts_marginal.c src/alg/csts_marginal.h \
	src/alg/csts_pattern.c src/alg/csts_pattern.h \
	src/alg/csts_published.c src/alg/csts_published.h \
	src/alg/density_peaks.c src/alg/density_peaks.h \
	src/alg/exact.c src/alg/exact.h \
	src/alg/gmm.c src/alg/gmm.h \
	src/alg/gmm_em.c \
	src/alg/gmm_family.c \
	src/alg/gmm_hc.c src/alg/gmm_hc.h \
	src/alg/gmm_post.c \
	src/alg/gmm_search.c src/alg/gmm_search.h \
	src/alg/gmm_start.c src/alg/gmm_start.h \
	src/alg/gmm_state.h \
	src/alg/graph.c src/alg/graph.h \
	src/alg/hashset.c src/alg/hashset.h \
	src/alg/kmeans.c src/alg/kmeans.h \
	src/alg/kmeans_batch.c src/alg/kmeans_batch.h \
	src/alg/kmeans_bound.c \
	src/alg/kmeans_exchange.c \
	src/alg/kmeans_init.c \
	src/alg/kmeans_lloyd.c \
	src/alg/kmeans_state.h \
	src/alg/kshape.c src/alg/kshape.h \
	src/alg/linkage.c src/alg/linkage.h \
	src/alg/match.c src/alg/match.h \
	src/alg/merge.c \
	src/alg/pair_sums.c src/alg/pair_sums.h \
	src/alg/pam.c src/alg/pam.h \
	src/alg/pam_init.c \
	src/alg/pam_msc.c src/alg/pam_msc.h \
	src/alg/pam_state.c src/alg/pam_state.h \
	src/alg/pam_swap.c \
	src/alg/pam_table.c \
	src/alg/ppp.c src/alg/ppp.h \
	src/alg/ppp_axis.c \
	src/alg/ppp_cloud.c \
	src/alg/ppp_columns.c src/alg/ppp_columns.h src/alg/ppp_columns_state.h \
	src/alg/ppp_columns_judge.c \
	src/alg/ppp_fit.c \
	src/alg/ppp_halves.c \
	src/alg/ppp_merge.c \
	src/alg/ppp_parts.c \
	src/alg/ppp_split.c \
	src/alg/ppp_state.h \
	src/alg/ppp_tree.c \
	src/alg/ppp_valley.c \
	src/alg/probe.c \
	src/alg/rcompat.c src/alg/rcompat.h \
	src/alg/regime.c src/alg/regime.h \
	src/alg/regime_start.c src/alg/regime_start.h \
	src/alg/refute.c src/alg/refute.h \
	src/alg/retain.c src/alg/retain.h \
	src/alg/retain_branch.c \
	src/alg/retain_chains.c \
	src/alg/retain_search.c \
	src/alg/retain_state.h \
	src/alg/runs.c src/alg/runs.h \
	src/alg/schemas.c src/alg/schemas.h \
	src/alg/score.c src/alg/score.h \
	src/alg/series_centers.c src/alg/series_centers.h \
	src/alg/series_clara.c src/alg/series_clara.h \
	src/alg/series_cross.c src/alg/series_cross.h \
	src/alg/series_kmeans.c src/alg/series_kmeans.h \
	src/alg/series_matrix.c src/alg/series_matrix.h \
	src/alg/spectral.c src/alg/spectral.h \
	src/alg/ticc.c src/alg/ticc.h \
	src/alg/ticc_cost.c \
	src/alg/ticc_state.h \
	src/alg/validity.c src/alg/validity.h \
	src/alg/viterbi.c src/alg/viterbi.h \
	src/cli/choose.c src/cli/choose.h \
	src/cli/compare.c src/cli/compare.h \
	src/cli/csts_bench.c src/cli/csts_bench.h \
	src/cli/csts_scores.c src/cli/csts_scores.h \
	src/cli/csts_text.c src/cli/csts_text.h \
	src/cli/csts_truth.c src/cli/csts_truth.h \
	src/cli/dedup.c src/cli/dedup.h src/cli/dedup_state.h \
	src/cli/dedup_apply.c \
	src/cli/dedup_lake.c \
	src/cli/dedup_recipes.c \
	src/cli/dedup_restore.c \
	src/cli/dedup_tables.c \
	src/cli/edges.c src/cli/edges.h \
	src/cli/evaluate.c src/cli/evaluate.h \
	src/cli/help.c src/cli/help.h \
	src/cli/labels.c src/cli/labels.h \
	src/cli/machine.c src/cli/machine.h \
	src/cli/medoids.c src/cli/medoids.h \
	src/cli/mixture.c src/cli/mixture.h src/cli/mixture_model.c \
	src/cli/objects.c src/cli/objects.h \
	src/cli/opt.c src/cli/opt.h \
	src/cli/print.c src/cli/print.h \
	src/cli/progress.c src/cli/progress.h \
	src/cli/regen.c src/cli/regen.h \
	src/cli/regimes.c src/cli/regimes.h \
	src/cli/regimes_model.c src/cli/regimes_model.h \
	src/cli/require.c src/cli/require.h \
	src/cli/segments.c src/cli/segments.h \
	src/cli/series.c src/cli/series.h \
	src/cli/series_fit.c src/cli/series_fit.h \
	src/cli/series_measure.c src/cli/series_measure.h \
	src/cli/series_model.c src/cli/series_model.h \
	src/cli/series_print.c src/cli/series_print.h src/cli/series_tree.c \
	src/cli/stream.c src/cli/stream.h \
	src/cli/tables.c src/cli/tables.h \
	src/cli/tool.c src/cli/tool.h

# ---- kernels: these sources are compiled once per target, with -DCLU_KERN=base, avx2, avx512 ---------------
KERN_SOURCES = \
	src/num/kern_dist.inc.h \
	src/num/kern_elastic_both.inc.h src/num/kern_elastic.inc.h \
	src/num/kern_gauss.inc.h \
	src/num/kern_medoid.inc.h \
	src/num/kern_nearest.inc.h \
	src/num/kern_soft.inc.h \
	src/num/kern_path.inc.h \
	src/num/kern_target.c \
	src/num/kern_vec.h

# No contraction here either: where a kernel wants FMA it says so. Nobody reads errno, which would keep square roots from
# becoming vectors. Vectors wider than the target's registers only go between functions of one file (psabi).
KERN_CFLAGS = $(KERN_OPT) -fno-math-errno $(CLU_CFLAGS) $(CLU_FP) -Wno-psabi

noinst_LIBRARIES += libclu_kern_base.a
libclu_kern_base_a_SOURCES = $(KERN_SOURCES)
libclu_kern_base_a_CPPFLAGS = $(AM_CPPFLAGS) -DCLU_KERN=base
libclu_kern_base_a_CFLAGS = $(KERN_CFLAGS)
KERN_LIBS = libclu_kern_base.a

if KERN_AVX2
noinst_LIBRARIES += libclu_kern_avx2.a
libclu_kern_avx2_a_SOURCES = $(KERN_SOURCES)
libclu_kern_avx2_a_CPPFLAGS = $(AM_CPPFLAGS) -DCLU_KERN=avx2
libclu_kern_avx2_a_CFLAGS = $(KERN_CFLAGS) $(KERN_AVX2_CFLAGS)
KERN_LIBS += libclu_kern_avx2.a
endif

if KERN_AVX512
noinst_LIBRARIES += libclu_kern_avx512.a
libclu_kern_avx512_a_SOURCES = $(KERN_SOURCES)
libclu_kern_avx512_a_CPPFLAGS = $(AM_CPPFLAGS) -DCLU_KERN=avx512
libclu_kern_avx512_a_CFLAGS = $(KERN_CFLAGS) $(KERN_AVX512_CFLAGS)
KERN_LIBS += libclu_kern_avx512.a
endif

# ---- the tools: a main each --------------------------------------------------------------------------------
# A tool that reaches num/gslx adds $(GSL_LIBS) behind $(CLU_LIBS), one that reaches tab/rowhash $(XXHASH_LIBS); no other tool
# loads them.
CLU_LIBS = libclu.a $(KERN_LIBS) $(ZLIB_LIBS) $(LIBM)

bin_PROGRAMS += clara clarans clusteval contain-tables csts csts-degrade csts-eval dedup-tables gmm kmeans pam ppp sketch-tables tsclust
clara_SOURCES = src/clara.c
clara_LDADD = $(CLU_LIBS)
clarans_SOURCES = src/clarans.c
clarans_LDADD = $(CLU_LIBS)
clusteval_SOURCES = src/clusteval.c
clusteval_LDADD = $(CLU_LIBS)
contain_tables_SOURCES = src/contain-tables.c
contain_tables_LDADD = $(CLU_LIBS) $(XXHASH_LIBS)
csts_SOURCES = src/csts.c
csts_LDADD = $(CLU_LIBS)
csts_degrade_SOURCES = src/csts-degrade.c
csts_degrade_LDADD = $(CLU_LIBS)
csts_eval_SOURCES = src/csts-eval.c
csts_eval_LDADD = $(CLU_LIBS)
dedup_tables_SOURCES = src/dedup-tables.c
dedup_tables_LDADD = $(CLU_LIBS) $(XXHASH_LIBS)
gmm_SOURCES = src/gmm.c
gmm_LDADD = $(CLU_LIBS) $(GSL_LIBS)
kmeans_SOURCES = src/kmeans.c
kmeans_LDADD = $(CLU_LIBS)
pam_SOURCES = src/pam.c
pam_LDADD = $(CLU_LIBS)
ppp_SOURCES = src/ppp.c
ppp_LDADD = $(CLU_LIBS) $(GSL_LIBS)
sketch_tables_SOURCES = src/sketch-tables.c
sketch_tables_LDADD = $(CLU_LIBS) $(XXHASH_LIBS)
tsclust_SOURCES = src/tsclust.c
tsclust_LDADD = $(CLU_LIBS) $(GSL_LIBS)
