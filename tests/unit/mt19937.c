/* num/mt19937.h: the streams of numpy 1.24.2 (numpy.random.RandomState) and CPython 3.11 (random). */
#include "unit.h"

#include "num/mt19937.h"

#include <math.h>

/* The reference output of mt19937ar.c for its default seed. */
static void the_generator(void **state)
{
    struct clu_mt m;
    (void)state;
    clu_mt_seed(&m, 5489);
    assert_int_equal(clu_mt_u32(&m), 3499211612u);
    for (int i = 0; i < 9998; i++)
        clu_mt_u32(&m);
    assert_int_equal(clu_mt_u32(&m), 4123659995u); /* the 10000th, as the C++ standard requires */
}

/* RandomState(1).randint(0, 1000000); RandomState(7).permutation(10). */
static void numpy_integers(void **state)
{
    static const uint32_t drawn[] = {128037, 491755, 470924}, order[] = {8, 5, 0, 2, 1, 9, 7, 3, 6, 4};
    uint32_t x[10];
    struct clu_mt m;
    (void)state;
    clu_mt_seed(&m, 1);
    for (int i = 0; i < 3; i++)
        assert_int_equal(clu_mt_below(&m, 1000000), drawn[i]);
    clu_mt_seed(&m, 7);
    assert_int_equal(clu_mt_below(&m, 1), 0); /* draws nothing */
    for (uint32_t i = 0; i < 10; i++)
        x[i] = i;
    clu_mt_shuffle(&m, x, 10);
    assert_memory_equal(x, order, sizeof x);
}

/* r = RandomState(123); r.standard_normal(5), r.random_sample(2), r.standard_normal(2): the sixth normal number waits for the last
 * call. numpy takes the logarithm of the C library, so the last digit may differ. */
static void numpy_reals(void **state)
{
    static const double normal[] = {-0x1.15ebe320b670ep+0, 0x1.fea40ff7c8334p-1, 0x1.21c51d8a6b038p-2, -0x1.819c87c66a773p+0,
                                    -0x1.283e4acf530efp-1, 0x1.a6c48b7e40730p+0, -0x1.369d6cea20acfp+1};
    double x[7];
    struct clu_mt m;
    (void)state;
    clu_mt_seed(&m, 123);
    clu_mt_normals(&m, x, 5);
    assert_true(clu_mt_unit(&m) == 0x1.f626b99a4c95bp-1);
    assert_true(clu_mt_unit(&m) == 0x1.5ea200e519b61p-1);
    clu_mt_normals(&m, x + 5, 0);
    clu_mt_normals(&m, x + 5, 2);
    for (int i = 0; i < 7; i++)
        assert_true(fabs(x[i] - normal[i]) <= 4e-16 * fabs(normal[i]));
    clu_mt_seed(&m, 123); /* forgets the one that waits */
    clu_mt_normals(&m, x, 1);
    assert_true(fabs(x[0] - normal[0]) <= 4e-16);
}

/* random.seed(42): choice(range(100)); random.seed(7): sample(range(1000), 10) by a set, sample(range(5), 5) and
 * sample(range(30), 6) by a list. */
static void python_choices(void **state)
{
    static const uint32_t drawn[] = {81, 14, 3, 94, 35}, set[] = {331, 970, 154, 404, 666, 49, 74, 840, 548, 96}, all[] = {2, 0, 4, 3, 1},
                          some[] = {2, 13, 28, 29, 7, 26};
    uint32_t x[10];
    struct clu_mt m;
    (void)state;
    clu_mt_python_seed(&m, 42);
    for (int i = 0; i < 5; i++)
        assert_int_equal(clu_mt_python_below(&m, 100), drawn[i]);
    clu_mt_python_seed(&m, 7);
    assert_int_equal(clu_mt_python_sample(&m, 1000, 10, x), 0);
    assert_memory_equal(x, set, sizeof set);
    assert_int_equal(clu_mt_python_sample(&m, 5, 5, x), 0);
    assert_memory_equal(x, all, sizeof all);
    assert_int_equal(clu_mt_python_sample(&m, 30, 6, x), 0);
    assert_memory_equal(x, some, sizeof some);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_generator),
        cmocka_unit_test(numpy_integers),
        cmocka_unit_test(numpy_reals),
        cmocka_unit_test(python_choices),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
