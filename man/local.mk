# Man pages: a page a tool (man/<tool>.1), the file formats (5), the tour (7). One line a page.
dist_man_MANS = \
	man/clara.1 \
	man/clarans.1 \
	man/clusteval.1 \
	man/contain-tables.1 \
	man/csts-degrade.1 \
	man/csts-eval.1 \
	man/csts.1 \
	man/dedup-tables.1 \
	man/gmm.1 \
	man/kmeans.1 \
	man/pam.1 \
	man/ppp.1 \
	man/sketch-tables.1 \
	man/tsclust.1

# As data: --program-prefix renames tools and their pages, but not these.
pages5dir = $(mandir)/man5
dist_pages5_DATA = \
	man/clu-formats.5

pages7dir = $(mandir)/man7
dist_pages7_DATA = \
	man/clusterutils.7
