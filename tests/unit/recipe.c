/* tab/recipe.h: what is written is read again, and what was cut or has more behind it is not. */
#include "unit.h"

#include "base/mem.h"
#include "base/rng.h"
#include "tab/recipe.h"

#include <stdbool.h>

static struct clu_err err;

static void draw(struct clu_recipe *r, struct clu_rng *rng, bool ascending)
{
    *r = (struct clu_recipe){.gzip = clu_rng_below(rng, 2), .mode = (uint32_t)clu_rng_below(rng, 01000), .raw = {clu_rng_u64(rng), clu_rng_u64(rng)},
                             .child = {true, false, ';'}, .parent = {true, false, ','}, .numeric = clu_rng_below(rng, 2), .mark = clu_rng_below(rng, 2),
                             .crlf = clu_rng_below(rng, 2), .ended = clu_rng_below(rng, 2), .blanks = clu_rng_below(rng, 2)};
    r->null = clu_rng_below(rng, 2) ? clu_strndup("NA,-", 4) : NULL;
    r->head = clu_strndup("a;\"b\"", 5);
    r->head_len = 5;
    r->cols = 2;
    r->name = clu_alloc(2, sizeof *r->name);
    r->name[0] = clu_strndup("a", 1);
    r->name[1] = clu_strndup("b", 1);
    r->quoting = clu_alloc(2, 1);
    r->quoting[0] = (uint8_t)clu_rng_below(rng, 3);
    r->quoting[1] = CLU_QUOTE_NEEDED;
    r->rows = clu_rng_below(rng, 50);
    r->row = clu_alloc(r->rows, sizeof *r->row);
    for (uint64_t i = 0, last = 0; i < r->rows; i++)
        r->row[i] = last = ascending ? last + clu_rng_below(rng, 1000) : clu_rng_u64(rng) >> clu_rng_below(rng, 64);
}

static void recipes_are_read_again(void **state)
{
    struct clu_rng rng;
    struct clu_recipe r, back;

    (void)state;
    clu_rng_at(&rng, 1, 0);
    for (int t = 0; t < 500; t++) {
        struct clu_texts text = {0};
        draw(&r, &rng, t % 2 == 0);
        assert_int_equal(clu_recipe_format(&r, &text, &err), CLU_OK);
        assert_int_equal(clu_recipe_parse(&back, text.bytes, text.used, &err), CLU_OK);
        assert_true(back.gzip == r.gzip && back.mode == r.mode && clu_hash_same(back.raw, r.raw) && back.numeric == r.numeric);
        assert_true(back.mark == r.mark && back.crlf == r.crlf && back.ended == r.ended && back.blanks == r.blanks);
        assert_true(back.child.delimiter == ';' && back.parent.delimiter == ',' && back.child.header && !back.child.by_position);
        assert_true(r.null ? back.null && strcmp(r.null, back.null) == 0 : !back.null);
        assert_int_equal(back.cols, 2);
        assert_string_equal(back.name[1], "b");
        assert_memory_equal(back.quoting, r.quoting, 2);
        assert_int_equal(back.rows, r.rows);
        assert_memory_equal(back.row, r.row, r.rows * sizeof *r.row);
        clu_recipe_clear(&back);
        for (size_t cut = 0; cut < text.used; cut++)
            assert_int_equal(clu_recipe_parse(&back, text.bytes, cut, &err), CLU_DATA);
        assert_int_equal(clu_reserve(&text.bytes, &text.cap, text.used + 1, 1), 0);
        text.bytes[text.used] = 0;
        assert_int_equal(clu_recipe_parse(&back, text.bytes, text.used + 1, &err), CLU_DATA);
        clu_texts_clear(&text);
        clu_recipe_clear(&r);
    }
}

static void check_row(const struct clu_recipe *r, const char *a, const char *b, bool last, const char *want)
{
    struct clu_cell cell[] = {{a, (uint32_t)strlen(a), false}, {b, (uint32_t)strlen(b), false}};
    struct clu_texts out = {0};

    assert_int_equal(clu_recipe_write_row(r, cell, last, &out, &err), CLU_OK);
    assert_int_equal(out.used, strlen(want));
    assert_memory_equal(out.bytes, want, out.used);
    clu_texts_clear(&out);
}

static void cells_are_quoted(void **state)
{
    uint8_t quoting[2] = {CLU_QUOTE_FILLED, CLU_QUOTE_NEEDED};
    struct clu_recipe r = {.child = {true, false, ';'}, .quoting = quoting, .cols = 2, .ended = true};

    (void)state;
    check_row(&r, "x", "y", false, "\"x\";y\n");
    check_row(&r, "", " y", true, "; y\n");
    check_row(&r, "a\"b", "1;2", false, "\"a\"\"b\";\"1;2\"\n");
    check_row(&r, "", "1\r2", false, ";\"1\r2\"\n");
    r.blanks = r.crlf = true;
    check_row(&r, "", " y", false, ";\" y\"\r\n");
    r.ended = false;
    check_row(&r, "", "y", true, ";y");
    r.cols = 1;
    check_row(&r, "", "y", true, "\"\"");
    check_row(&r, "", "y", false, "\r\n");
}

int main(void)
{
    const struct CMUnitTest test[] = {cmocka_unit_test(recipes_are_read_again), cmocka_unit_test(cells_are_quoted)};
    return cmocka_run_group_tests(test, NULL, NULL);
}
