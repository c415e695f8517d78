/* tab/split.h, tab/equal.h, tab/escape.h, alg/hashset.h, alg/runs.h: the parts that the table tools stand on, against simple ways to do the
 * same. */
#include "unit.h"

#include "alg/hashset.h"
#include "alg/runs.h"
#include "base/mem.h"
#include "base/rng.h"
#include "tab/equal.h"
#include "tab/escape.h"
#include "tab/record.h"
#include "tab/split.h"

#include <stdio.h>
#include <stdlib.h>

static struct clu_err err;

/* --- split --- */

struct seen {
    char text[4096];
    size_t n, cols;
};

static void put(struct seen *s, const char *from, size_t len)
{
    for (size_t i = 0; i < len && s->n + 2 < sizeof s->text; i++)
        s->text[s->n++] = from[i];
}

static bool see(void *ctx, int worker, const struct clu_cell *cell)
{
    struct seen *s = ctx;

    (void)worker;
    for (size_t j = 0; j < s->cols; j++) {
        put(s, cell[j].s, cell[j].len);
        put(s, "\1", 1);
    }
    put(s, "\2", 1);
    return true;
}

/* Rows as tab/record has them, up to the first fault; *line: of that. */
static void by_record(struct seen *s, const char *text, size_t len, uint64_t *line)
{
    struct clu_record r = {0};
    uint64_t at = 1, blank = 0;
    char cell[256];

    *line = 0;
    for (size_t from = 0; from < len; from += r.len + r.eol, at += r.lines) {
        bool fine = clu_record_split(&r, text + from, len - from, ',', "f", at, &err) == CLU_OK;
        if (fine && r.fields == 1 && r.field[0].len == 0 && !r.field[0].quoted && s->cols > 1) {
            blank = blank ? blank : at;
            continue;
        }
        if (!fine || blank || r.fields != s->cols) {
            *line = fine && blank ? blank : at;
            break;
        }
        for (size_t j = 0; j < s->cols; j++) {
            put(s, cell, clu_field_unquote(&r.field[j], cell));
            put(s, "\1", 1);
        }
        put(s, "\2", 1);
    }
    clu_record_clear(&r);
}

/* The same text in one block, and in blocks that end wherever. */
static void records_are_those_of_the_slow_way(void **state)
{
    static const char letter[] = "a,\n\"b\r\n,\"";
    struct clu_rng rng;
    struct clu_cell cell[3];
    (void)state;

    clu_rng_at(&rng, 1, 1);
    for (int trial = 0; trial < 20000; trial++) {
        char text[200 + CLU_SPLIT_PAD];
        size_t len = clu_rng_below(&rng, trial % 2 ? 12 : 150), cols = 1 + clu_rng_below(&rng, 3);
        for (size_t i = 0; i < len; i++)
            text[i] = letter[clu_rng_below(&rng, sizeof letter - 1)];
        struct seen want = {.cols = cols}, whole = {.cols = cols}, cut = {.cols = cols};
        uint64_t line;
        by_record(&want, text, len, &line);

        struct clu_visitor visitor = {see, &whole};
        struct clu_split p = {.cols = cols, .delimiter = ',', .visitor = &visitor, .cell = cell};
        clu_split_block(&p, text, len, true);
        assert_int_equal(p.fault != CLU_SPLIT_FINE, line != 0);
        if (line && p.fault != CLU_SPLIT_NUL)
            assert_int_equal(p.line, line);
        assert_memory_equal(whole.text, want.text, sizeof want.text);

        /* A block that is not the last one stops before a record that is not whole; the rest comes again. */
        visitor.ctx = &cut;
        size_t end = clu_rng_below(&rng, len + 1);
        char part[200 + CLU_SPLIT_PAD];
        memcpy(part, text, end);
        size_t used = clu_split_block(&p, part, end, false);
        assert_true(used <= end);
        if (p.fault == CLU_SPLIT_FINE && p.blank == 0) {
            memcpy(part, text + used, len - used);
            clu_split_block(&p, part, len - used, true);
            assert_memory_equal(cut.text, want.text, sizeof want.text);
        }
        clu_split_clear(&p);
    }
}

/* --- equal --- */

static const char *form(const char *s)
{
    static char out[256];
    size_t n = clu_equal_number(s, strlen(s), out);

    out[n] = '\0';
    return out;
}

static void numbers_have_one_form(void **state)
{
    static const char *const same[][6] = {{"1", "1.0", "1e0", "+1", "10e-1", "0.1e1"},
                                          {"0", "-0", "0.000", "+0e5", ".0", "0."},
                                          {"-15e-1", "-1.5", "-1.50", "-15E-01", "-.15e1", "-0.15e+1"},
                                          {"1e3", "1000", "1000.", "+1e+3", "10e2", "0.001e6"}};
    static const char *const text[] = {"",    "-",   "+",   ".",    "007", "00",   "1e",  "1e+", "e1", " 1", "1 ", "1,5",
                                       "0x1", "inf", "nan", "1_000", "1-",  "--1", "1.2.3", "1e1234567890123456"};
    (void)state;
    for (size_t i = 0; i < 4; i++)
        for (size_t j = 0; j < 6; j++) {
            assert_string_equal(form(same[i][j]), same[i][0]);
            char again[64];
            strcpy(again, form(same[i][j]));
            assert_string_equal(form(again), again);
        }
    for (size_t i = 0; i < sizeof text / sizeof text[0]; i++)
        assert_string_equal(form(text[i]), "");
    assert_string_equal(form("9007199254740993"), "9007199254740993");
    assert_string_equal(form("9007199254740992"), "9007199254740992");
    assert_string_equal(form("1e123456789012345"), "1e123456789012345");
}

static void nulls_are_one(void **state)
{
    const struct clu_equal e = {.numeric = true, .null = "NA,,-999"};
    static const char *const null[] = {"NA", "", "-999"}, *const other[] = {"na", "N", "NA,", "-99", "-9990"};
    char out[64];
    size_t used;
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct clu_cell c = {null[i], (uint32_t)strlen(null[i]), false};
        clu_equal_cell(&e, &c, out, &used);
        assert_int_equal(c.len, 0);
        assert_int_equal(c.changed, *null[i] != '\0');
    }
    for (size_t i = 0; i < 5; i++) {
        struct clu_cell c = {other[i], (uint32_t)strlen(other[i]), false};
        clu_equal_cell(&e, &c, out, &used);
        assert_int_not_equal(c.len, 0);
    }
}

/* --- escape --- */

static void escapes_come_back(void **state)
{
    struct clu_rng rng;
    char s[40], out[160];
    (void)state;
    clu_rng_at(&rng, 2, 1);
    for (int trial = 0; trial < 5000; trial++) {
        size_t len = clu_rng_below(&rng, sizeof s);
        for (size_t i = 0; i < len; i++)
            s[i] = (char)(1 + clu_rng_below(&rng, 255));
        size_t n = clu_escape(s, len, "|", out);
        for (size_t i = 0; i < n; i++)
            assert_true(out[i] != '\t' && out[i] != '\n' && out[i] != '|');
        assert_int_equal(clu_unescape(out, n), len);
        assert_memory_equal(out, s, len);
    }
    assert_int_equal(clu_escape("\xc3\xa4\\", 3, "", out), 6);
    assert_memory_equal(out, "\xc3\xa4\\x5C", 6);
    strcpy(out, "a\\x4");
    assert_true(clu_unescape(out, 4) == (size_t)-1);
    strcpy(out, "\\x00");
    assert_true(clu_unescape(out, 4) == (size_t)-1);
}

/* --- sets and runs --- */

static struct clu_hash hash_of(uint64_t i)
{
    return i == 0 ? (struct clu_hash){0, 0} : clu_hash_cell(5, (const char *)&i, sizeof i);
}

static void sets_hold_what_was_added(void **state)
{
    struct clu_hashset s;
    (void)state;
    for (size_t expected = 0; expected < 3000; expected += 700) { /* too few: it grows */
        assert_int_equal(clu_hashset_open(&s, expected, true, false), 0);
        for (uint64_t i = 0; i < 2000; i++)
            for (uint64_t times = 0; times <= i % 3; times++)
                assert_int_equal(clu_hashset_add(&s, hash_of(i)), 0);
        assert_int_equal(s.n, 2000);
        for (uint64_t i = 0; i < 4000; i++) {
            size_t slot = clu_hashset_find(&s, hash_of(i));
            assert_int_equal(slot != CLU_HASHSET_NONE, i < 2000);
            if (i < 2000)
                assert_int_equal(s.count[slot], 1 + i % 3);
        }
        clu_hashset_clear(&s);
    }
}

/* A spill in memory. */
struct store {
    struct clu_spill spill;
    char bytes[1 << 21];
    size_t n;
};

static enum clu_status put_bytes(struct clu_spill *self, const void *bytes, size_t len, struct clu_err *e)
{
    struct store *s = (struct store *)self;

    if (s->n + len > sizeof s->bytes)
        return clu_fail(e, CLU_SYSTEM, "full");
    memcpy(s->bytes + s->n, bytes, len);
    s->n += len;
    return CLU_OK;
}

static enum clu_status get_bytes(struct clu_spill *self, uint64_t at, void *bytes, size_t len, struct clu_err *e)
{
    const struct store *s = (struct store *)self;

    (void)e;
    memcpy(bytes, s->bytes + at, len);
    return CLU_OK;
}

struct sums {
    struct clu_counted last;
    uint64_t count[4][50], groups;
};

static enum clu_status add_group(void *ctx, const struct clu_counted *r, size_t n, struct clu_err *e)
{
    struct sums *s = ctx;

    (void)e;
    assert_true(s->groups == 0 || r->key > s->last.key || r->hash.hi > s->last.hash.hi ||
                (r->hash.hi == s->last.hash.hi && r->hash.lo > s->last.hash.lo));
    for (size_t i = 0; i < n; i++) {
        assert_true(r[i].key == r->key && clu_hash_same(r[i].hash, r->hash));
        assert_true(i == 0 || r[i].table > r[i - 1].table);
        s->count[r[i].key][r[i].table] += r[i].count * (r[i].hash.lo % 1000);
    }
    s->last = r[n - 1];
    s->groups++;
    return CLU_OK;
}

static void runs_bring_equal_rows_together(void **state)
{
    static struct store store;
    (void)state;
    for (uint64_t memory = 1000; memory < 4000000; memory *= 15) {
        struct clu_runs *runs;
        struct clu_rng rng;
        static struct sums got, want;
        store = (struct store){.spill = {put_bytes, get_bytes}};
        memset(&got, 0, sizeof got);
        memset(&want, 0, sizeof want);
        assert_int_equal(clu_runs_open(&runs, 2, memory, &store.spill, &err), CLU_OK);
        clu_rng_at(&rng, 3, memory);
        for (int i = 0; i < 20000; i++) {
            struct clu_counted r = {hash_of(clu_rng_below(&rng, 300)), 1 + clu_rng_below(&rng, 3), (uint32_t)clu_rng_below(&rng, 4),
                                   (uint32_t)clu_rng_below(&rng, 50)};
            want.count[r.key][r.table] += r.count * (r.hash.lo % 1000);
            assert_int_equal(clu_runs_add(runs, i % 2, &r, &err), CLU_OK);
        }
        assert_int_equal(clu_runs_merge(runs, add_group, &got, &err), CLU_OK);
        assert_int_equal(clu_runs_spilled(runs) > 0, memory < 500000);
        assert_int_equal(got.groups, 4 * 300);
        assert_memory_equal(got.count, want.count, sizeof want.count);
        clu_runs_close(runs);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_are_those_of_the_slow_way),
        cmocka_unit_test(numbers_have_one_form),
        cmocka_unit_test(nulls_are_one),
        cmocka_unit_test(escapes_come_back),
        cmocka_unit_test(sets_hold_what_was_added),
        cmocka_unit_test(runs_bring_equal_rows_together),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
