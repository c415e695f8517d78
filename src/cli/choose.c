#include "cli/choose.h"

static const char *const words[] = {"medoid", "silhouette", "ch", "db", "bic", NULL};

const struct clu_opt clu_cli_choose_opt[1] = {
    {.name = "choose", .type = CLU_OPT_WORD, .offset = offsetof(struct clu_cli_choose, by), .arg = "WORD", .words = words + 1,
     .given = 1 + offsetof(struct clu_cli_choose, given),
     .help = "of a range of -k take the number of clusters with the largest silhouette, the largest Calinski-Harabasz index (ch), the "
             "smallest Davies-Bouldin index (db) or the largest BIC"},
};

const struct clu_opt clu_cli_choose_medoid_opt[1] = {
    {.name = "choose", .type = CLU_OPT_WORD, .offset = offsetof(struct clu_cli_choose, by), .arg = "WORD", .words = words,
     .given = 1 + offsetof(struct clu_cli_choose, given),
     .help = "of a range of -k take the number of clusters with the largest medoid silhouette (medoid: one search for all), the largest "
             "silhouette, the largest Calinski-Harabasz index (ch), the smallest Davies-Bouldin index (db) or the largest BIC"},
};

void clu_choose_print(struct clu_cli *cli, const struct clu_schema *s, const struct clu_choice *c, const char *loss)
{
    struct clu_cells out = clu_print_cells(cli, s);
    const char *const head[] = {"k", loss, words[1], words[2], words[3], words[4], "chosen"};

    for (size_t i = 0; i < sizeof head / sizeof head[0]; i++)
        clu_cell_str(&out, head[i]);
    clu_cells_end(&out);
    for (size_t i = 0; i < c->n; i++) {
        clu_cell_int(&out, (long long)c->row[i].k);
        clu_cell_number(&out, c->row[i].loss);
        for (size_t j = 0; j < CLU_CRITERIA; j++)
            clu_cell_number(&out, c->row[i].value[j]);
        clu_cell_int(&out, i == c->best);
        clu_cells_end(&out);
    }
}

void clu_choose_tell(struct clu_cli *cli, const struct clu_choice *c)
{
    clu_cli_fact(cli, "chosen by", "%s", words[1 + c->by]);
    clu_cli_fact(cli, words[1 + c->by], "%.17g", c->row[c->best].value[c->by]);
}
