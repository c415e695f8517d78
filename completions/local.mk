# Completions, made by "make regen" and tracked. Three lines a tool.
COMPLETIONS = \
	completions/bash/clara \
	completions/bash/clarans \
	completions/bash/clusteval \
	completions/bash/contain-tables \
	completions/bash/csts \
	completions/bash/csts-degrade \
	completions/bash/csts-eval \
	completions/bash/dedup-tables \
	completions/bash/gmm \
	completions/bash/kmeans \
	completions/bash/pam \
	completions/bash/ppp \
	completions/bash/sketch-tables \
	completions/bash/tsclust \
	completions/fish/clara.fish \
	completions/fish/clarans.fish \
	completions/fish/clusteval.fish \
	completions/fish/contain-tables.fish \
	completions/fish/csts-degrade.fish \
	completions/fish/csts-eval.fish \
	completions/fish/csts.fish \
	completions/fish/dedup-tables.fish \
	completions/fish/gmm.fish \
	completions/fish/kmeans.fish \
	completions/fish/pam.fish \
	completions/fish/ppp.fish \
	completions/fish/sketch-tables.fish \
	completions/fish/tsclust.fish \
	completions/zsh/_clara \
	completions/zsh/_clarans \
	completions/zsh/_clusteval \
	completions/zsh/_contain-tables \
	completions/zsh/_csts \
	completions/zsh/_csts-degrade \
	completions/zsh/_csts-eval \
	completions/zsh/_dedup-tables \
	completions/zsh/_gmm \
	completions/zsh/_kmeans \
	completions/zsh/_pam \
	completions/zsh/_ppp \
	completions/zsh/_sketch-tables \
	completions/zsh/_tsclust

EXTRA_DIST += $(COMPLETIONS)

# Under the name that the tool is installed by (--program-prefix), in the file and as the file's name.
install-data-local:
	@$(NORMAL_INSTALL)
	@for file in $(COMPLETIONS); do \
	  tool=`echo $$file | sed 's,.*/_*,,; s,\.fish$$,,'`; \
	  name=`echo $$tool | sed '$(transform)'`; \
	  case $$file in \
	    completions/bash/*) to="$(DESTDIR)$(bashcompdir)/$$name" ;; \
	    completions/zsh/*) to="$(DESTDIR)$(zshcompdir)/_$$name" ;; \
	    completions/fish/*) to="$(DESTDIR)$(fishcompdir)/$$name.fish" ;; \
	  esac; \
	  $(MKDIR_P) "`dirname "$$to"`" || exit 1; \
	  echo " $(INSTALL_DATA) $(srcdir)/$$file '$$to'"; \
	  $(INSTALL_DATA) $(srcdir)/$$file "$$to" || exit 1; \
	  test "$$tool" = "$$name" || { \
	    sed "s/^#compdef $$tool\$$/#compdef $$name/; s/^\(complete .*\) $$tool\$$/\1 $$name/; \
	      s/^complete -c $$tool /complete -c $$name /" $(srcdir)/$$file > "$$to" || exit 1; }; \
	done

uninstall-local:
	@for file in $(COMPLETIONS); do \
	  name=`echo $$file | sed 's,.*/_*,,; s,\.fish$$,,' | sed '$(transform)'`; \
	  case $$file in \
	    completions/bash/*) rm -f "$(DESTDIR)$(bashcompdir)/$$name" ;; \
	    completions/zsh/*) rm -f "$(DESTDIR)$(zshcompdir)/_$$name" ;; \
	    completions/fish/*) rm -f "$(DESTDIR)$(fishcompdir)/$$name.fish" ;; \
	  esac; \
	done
