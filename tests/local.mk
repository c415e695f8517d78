# The suite. BATS_TESTS: what the binaries promise; one line a file. UNIT_TESTS: what a header promises; the
# line tests/unit/<module> builds tests/unit/<module>.c against the library.

BATS_TESTS = \
	tests/clara.bats \
	tests/clarans.bats \
	tests/clusteval-oracle.bats \
	tests/clusteval.bats \
	tests/contain-tables.bats \
	tests/csts-degrade.bats \
	tests/csts-eval.bats \
	tests/csts.bats \
	tests/dedup-tables.bats \
	tests/faults.bats \
	tests/gmm.bats \
	tests/kmeans-oracle.bats \
	tests/kmeans.bats \
	tests/kmedoids-oracle.bats \
	tests/man.bats \
	tests/pam.bats \
	tests/ppp.bats \
	tests/sketch-tables.bats \
	tests/structure.bats \
	tests/tsclust-model.bats \
	tests/tsclust.bats

UNIT_TESTS = \
	tests/unit/agree \
	tests/unit/barycentre \
	tests/unit/barycentre_oracle \
	tests/unit/base \
	tests/unit/cands \
	tests/unit/choose \
	tests/unit/clara \
	tests/unit/clarans \
	tests/unit/cluster_index \
	tests/unit/codes \
	tests/unit/columns \
	tests/unit/compare \
	tests/unit/condensed_oracle \
	tests/unit/csts \
	tests/unit/csts_eval \
	tests/unit/density_peaks \
	tests/unit/dist \
	tests/unit/elastic \
	tests/unit/elastic_path \
	tests/unit/elem \
	tests/unit/exsum \
	tests/unit/gmm \
	tests/unit/gmm_oracle \
	tests/unit/gmm_post \
	tests/unit/gmm_search \
	tests/unit/gslx \
	tests/unit/kern \
	tests/unit/kmeans \
	tests/unit/krylov \
	tests/unit/kshape \
	tests/unit/level \
	tests/unit/linkage \
	tests/unit/match \
	tests/unit/mixed \
	tests/unit/model \
	tests/unit/mt19937 \
	tests/unit/nearest \
	tests/unit/number \
	tests/unit/opt \
	tests/unit/pairs \
	tests/unit/pam \
	tests/unit/pam_msc \
	tests/unit/pam_swap \
	tests/unit/ppp \
	tests/unit/ppp_columns \
	tests/unit/principal \
	tests/unit/rank \
	tests/unit/rcompat \
	tests/unit/read \
	tests/unit/recipe \
	tests/unit/record \
	tests/unit/regime \
	tests/unit/retain \
	tests/unit/rowset \
	tests/unit/sbd \
	tests/unit/scale \
	tests/unit/score \
	tests/unit/series \
	tests/unit/series_clara \
	tests/unit/series_cross \
	tests/unit/series_kmeans \
	tests/unit/series_matrix \
	tests/unit/series_read \
	tests/unit/shape_oracle \
	tests/unit/signed_rank \
	tests/unit/soft \
	tests/unit/source \
	tests/unit/spectral \
	tests/unit/square \
	tests/unit/tables \
	tests/unit/ticc \
	tests/unit/toeplitz_lasso \
	tests/unit/triangle \
	tests/unit/validity \
	tests/unit/validity_oracle \
	tests/unit/viterbi \
	tests/unit/write

# Expected figures and the scripts that made them, which the suite does not need.
ORACLES = \
	tests/oracle/agree.R \
	tests/oracle/agree.py \
	tests/oracle/agree/cases.csv \
	tests/oracle/agree/python.csv \
	tests/oracle/agree/r.csv \
	tests/oracle/barycentre.py \
	tests/oracle/barycentre/centers.csv \
	tests/oracle/barycentre/kmeans.csv \
	tests/oracle/barycentre/series.csv \
	tests/oracle/clara.R \
	tests/oracle/clara/ecoli.csv \
	tests/oracle/clara/iris.csv \
	tests/oracle/clara/mk2.csv \
	tests/oracle/clara/r.csv \
	tests/oracle/clara/ruspini.csv \
	tests/oracle/clara/wdbc.csv \
	tests/oracle/clara/wine.csv \
	tests/oracle/clara/xclara.csv \
	tests/oracle/cluster_index.R \
	tests/oracle/compressed.sh \
	tests/oracle/condensed.py \
	tests/oracle/condensed/index.csv \
	tests/oracle/condensed/peaks.csv \
	tests/oracle/condensed/random.dist \
	tests/oracle/condensed/spectral.csv \
	tests/oracle/condensed/tree.csv \
	tests/oracle/contain.py \
	tests/oracle/contain.sh \
	tests/oracle/contain/bag-partial11.tsv \
	tests/oracle/contain/bag-partial12.tsv \
	tests/oracle/contain/bag-partial13.tsv \
	tests/oracle/contain/bag11.tsv \
	tests/oracle/contain/bag12.tsv \
	tests/oracle/contain/bag13.tsv \
	tests/oracle/contain/lake11.txt \
	tests/oracle/contain/lake12.txt \
	tests/oracle/contain/lake13.txt \
	tests/oracle/contain/numeric11.tsv \
	tests/oracle/contain/numeric12.tsv \
	tests/oracle/contain/numeric13.tsv \
	tests/oracle/contain/rows-partial11.tsv \
	tests/oracle/contain/rows-partial12.tsv \
	tests/oracle/contain/rows-partial13.tsv \
	tests/oracle/contain/rows11.tsv \
	tests/oracle/contain/rows12.tsv \
	tests/oracle/contain/rows13.tsv \
	tests/oracle/contain/set-partial11.tsv \
	tests/oracle/contain/set-partial12.tsv \
	tests/oracle/contain/set-partial13.tsv \
	tests/oracle/contain/set11.tsv \
	tests/oracle/contain/set12.tsv \
	tests/oracle/contain/set13.tsv \
	tests/oracle/csts.py \
	tests/oracle/csts/complete_downsampled.csv \
	tests/oracle/csts/rows.csv \
	tests/oracle/csts/sparse_nonnormal.csv \
	tests/oracle/csts_eval.py \
	tests/oracle/csts_eval_ref.py \
	tests/oracle/csts_eval/distances.csv \
	tests/oracle/csts_eval/sparse.csv \
	tests/oracle/csts_eval/ticc_ds_23.csv \
	tests/oracle/csts_eval/ticc_nn_23.csv \
	tests/oracle/csts_eval/ticc_nn_8.csv \
	tests/oracle/csts_eval/truth.csv \
	tests/oracle/csts_protocol.csv \
	tests/oracle/csts_protocol.py \
	tests/oracle/daisy.R \
	tests/oracle/dist.R \
	tests/oracle/dist.py \
	tests/oracle/gmm.R \
	tests/oracle/gmm.py \
	tests/oracle/gmm/ecoli.csv \
	tests/oracle/gmm/iris.csv \
	tests/oracle/gmm/mclust.csv \
	tests/oracle/gmm/mk2.csv \
	tests/oracle/gmm/ruspini.csv \
	tests/oracle/gmm/sklearn.csv \
	tests/oracle/gmm/volume.csv \
	tests/oracle/gmm/wdbc.csv \
	tests/oracle/gmm/wine.csv \
	tests/oracle/kmeans.R \
	tests/oracle/kmeans.py \
	tests/oracle/kmeans/ecoli.csv \
	tests/oracle/kmeans/iris.csv \
	tests/oracle/kmeans/mk2.csv \
	tests/oracle/kmeans/r.csv \
	tests/oracle/kmeans/ruspini.csv \
	tests/oracle/kmeans/sklearn.csv \
	tests/oracle/kmeans/wdbc.csv \
	tests/oracle/kmeans/wine.csv \
	tests/oracle/kshape.py \
	tests/oracle/kshape/channels.csv \
	tests/oracle/kshape/equal.csv \
	tests/oracle/kshape/few.csv \
	tests/oracle/kshape/ragged.csv \
	tests/oracle/kshape/walks.csv \
	tests/oracle/linkage.R \
	tests/oracle/pam.R \
	tests/oracle/pam/info.csv \
	tests/oracle/pam/pam.csv \
	tests/oracle/pam/ruspini.dist \
	tests/oracle/pam/silhouette.csv \
	tests/oracle/sbd.py \
	tests/oracle/sbd/pairs.csv \
	tests/oracle/sbd/series.csv \
	tests/oracle/scale.R \
	tests/oracle/signed_rank.R \
	tests/oracle/signed_rank.py \
	tests/oracle/signed_rank/counted.csv \
	tests/oracle/signed_rank/pairs.csv \
	tests/oracle/signed_rank/power.csv \
	tests/oracle/signed_rank/r.csv \
	tests/oracle/soft.py \
	tests/oracle/soft/pairs.csv \
	tests/oracle/ticc.py \
	tests/oracle/ticc/clusters.csv \
	tests/oracle/ticc/labels.csv \
	tests/oracle/ticc/lasso.csv \
	tests/oracle/ticc/series.csv \
	tests/oracle/validity.R \
	tests/oracle/validity.py \
	tests/oracle/validity/ecoli.csv \
	tests/oracle/validity/iris.csv \
	tests/oracle/validity/r.csv \
	tests/oracle/validity/ruspini.csv \
	tests/oracle/validity/sklearn.csv \
	tests/oracle/validity/wdbc.csv \
	tests/oracle/validity/wine.csv

TESTS_HELPERS = \
	tests/bats-run \
	tests/lib.bash \
	tests/no-cmocka \
	tests/sum \
	tests/unit-run

# ---- how they are run --------------------------------------------------------------------------------------
# Bats and cmocka both speak TAP, so that every test of a file counts. What is not installed is skipped.
TEST_EXTENSIONS = .bats
BATS_LOG_DRIVER = $(SHELL) $(top_srcdir)/build-aux/tap-driver.sh
BATS_LOG_COMPILER = $(SHELL) $(top_srcdir)/tests/bats-run
LOG_DRIVER = $(BATS_LOG_DRIVER)
LOG_COMPILER = $(SHELL) $(top_srcdir)/tests/unit-run

TESTS += $(BATS_TESTS)
LDADD = $(CLU_LIBS) $(GSL_LIBS) $(XXHASH_LIBS) $(CMOCKA_LIBS)
if HAVE_CMOCKA
check_PROGRAMS += $(UNIT_TESTS)
TESTS += $(UNIT_TESTS)
else
TESTS += tests/no-cmocka
endif

EXTRA_DIST += $(BATS_TESTS) $(TESTS_HELPERS) $(ORACLES) tests/unit/brute.h tests/unit/mixture.h tests/unit/series.h tests/unit/unit.h

# Sanitizers: a status of their own, and malloc returns NULL as the tools expect.
AM_TESTS_ENVIRONMENT = \
	CLU_BIN='$(abs_top_builddir)'; export CLU_BIN; \
	CLU_SRC='$(abs_top_srcdir)'; export CLU_SRC; \
	CLU_TOOLS='$(bin_PROGRAMS)'; export CLU_TOOLS; \
	CLU_CC='$(CC)'; export CLU_CC; \
	CLU_CPPFLAGS='-I$(abs_top_builddir) -I$(abs_top_srcdir)/src -include config.h $(CPPFLAGS) $(CLU_STD) $(CLU_WARN) $(OPENMP_CFLAGS) $(GSL_CFLAGS) $(XXHASH_CFLAGS)'; \
	export CLU_CPPFLAGS; \
	CLU_NM='$(NM)'; export CLU_NM; \
	CLU_SANITIZED='$(CLU_SANITIZE)'; export CLU_SANITIZED; \
	CLU_LIBARCHIVE='$(LIBARCHIVE_LIBS)'; export CLU_LIBARCHIVE; \
	ASAN_OPTIONS=detect_leaks=1:exitcode=86:allocator_may_return_null=1; export ASAN_OPTIONS; \
	UBSAN_OPTIONS=print_stacktrace=1:exitcode=86; export UBSAN_OPTIONS;

# "make check" ends with "N passed, N failed". Automake's own check-TESTS fails at the first sight of a failed
# test, before that line: this one leaves the verdict to "check", which reads the results.
check-TESTS: $(check_PROGRAMS)
	@rm -f $(TEST_SUITE_LOG) $(TEST_LOGS) $(TEST_LOGS:.log=.trs)
	@$(MAKE) $(AM_MAKEFLAGS) $(TEST_SUITE_LOG) || :

check:
	@$(SHELL) $(top_srcdir)/tests/sum $(TEST_LOGS:.log=.trs)

mostlyclean-local:
	rm -f $(TEST_LOGS) $(TEST_LOGS:.log=.trs)
