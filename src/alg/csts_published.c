/* Sections: tables, seeds, structure, reduced sets. */
#include "alg/csts_published.h"

#include "num/mt19937.h"

#include <string.h>

/* --- tables --- */

#define SHORT 8 /* of the lengths */
const uint32_t clu_csts_length[CLU_CSTS_LENGTHS] = {900, 1200, 1800, 3600, 7200, 10800, 14400, 18000, 21600, 28800, 36000};

static const char *const name[2][CLU_CSTS_SUBJECTS] = {
    {
        "peach-puddle-1", "hardy-cloud-2", "helpful-thunder-3", "jolly-frog-4", "prime-yogurt-5", "polished-meadow-6",
        "copper-firebrand-7", "quiet-sound-8", "toasty-music-9", "chocolate-dew-10", "glorious-wave-11", "easy-waterfall-12",
        "earthy-yogurt-13", "feasible-armadillo-14", "eager-tree-15", "apricot-waterfall-16", "dry-monkey-17", "autumn-yogurt-18",
        "whole-pine-19", "zany-planet-20", "distinctive-breeze-21", "scarlet-cherry-22", "young-glitter-23", "trim-fire-24",
        "blooming-glade-25", "unique-puddle-26", "soft-totem-27", "soft-music-28", "solar-meadow-29", "breezy-leaf-30"
    },
    {
        "dandy-field-1", "soft-dawn-2", "youthful-star-3", "golden-moon-4", "dashing-glitter-5", "stellar-star-6", "magic-breeze-7",
        "cool-dream-8", "ruby-snowball-9", "absurd-morning-10", "trim-glade-11", "firm-morning-12", "fanciful-deluge-13",
        "celestial-planet-14", "faithful-hill-15", "likely-darkness-16", "ancient-morning-17", "chocolate-sea-18",
        "cerulean-deluge-19", "skilled-disco-20", "wandering-sound-21", "smooth-energy-22", "atomic-bee-23", "zany-night-24",
        "iconic-hill-25", "soft-donkey-26", "whole-plasma-27", "visionary-wood-28", "decent-firebrand-29", "rose-valley-30"
    },
};

static const struct clu_csts_parameters parameters[CLU_CSTS_SUBJECTS] = {
    {{-0.2479, 0.6349, 1.4840}, 0.0966, {0.0000, 102.1357, 26.0446}},
    {{-0.2356, 0.4468, 1.2468}, 0.1090, {0.0007, 106.1820, 28.2259}},
    {{-0.3198, 0.5093, 0.7066}, 0.0794, {0.0067, 121.2553, 32.4773}},
    {{-0.4394, 0.2859, 0.5602}, 0.1107, {0.0000, 113.3452, 35.5533}},
    {{-0.3509, 0.5652, 0.9301}, 0.0786, {0.0000, 111.8077, 30.1421}},
    {{-0.0936, 0.6418, 1.6414}, 0.1433, {0.0000, 95.7793, 26.6887}},
    {{-0.2274, 0.4805, 0.8212}, 0.0641, {0.0000, 120.3555, 38.8793}},
    {{-0.2599, 0.1165, 0.7685}, 0.1535, {0.0000, 105.2632, 29.8555}},
    {{-0.0425, 0.1354, 0.3602}, 0.2202, {0.0000, 117.1735, 43.3512}},
    {{-0.2362, 1.1480, 2.0335}, 0.0615, {0.0782, 109.5085, 27.2984}},
    {{0.0410, 0.4335, 1.1122}, 0.1074, {0.0030, 115.8130, 40.7024}},
    {{-0.3543, 0.2439, 0.8729}, 0.0979, {0.0165, 88.7941, 22.0546}},
    {{-0.5206, 0.7909, 1.3817}, 0.0464, {0.0000, 113.1839, 31.3848}},
    {{-0.3934, 1.1972, 1.9167}, 0.0881, {0.0000, 129.2143, 46.3366}},
    {{-0.3043, 0.3637, 0.7208}, 0.1293, {0.0104, 131.2902, 45.9503}},
    {{-0.1154, 1.4890, 2.1407}, 0.1250, {0.0000, 112.6133, 30.9116}},
    {{-0.3154, 0.1375, 0.5302}, 0.1215, {0.0138, 117.5193, 27.8409}},
    {{-0.2182, 0.4807, 0.7327}, 0.0869, {0.0000, 123.6130, 37.0815}},
    {{-0.0011, 0.9971, 2.5405}, 0.1907, {0.0000, 131.9869, 48.8511}},
    {{-0.1005, 1.2901, 3.2190}, 0.1268, {0.0000, 116.1080, 27.9610}},
    {{0.0664, 1.4530, 1.5981}, 0.0729, {0.0172, 115.4355, 39.6301}},
    {{-0.0171, 0.4337, 0.9131}, 0.2087, {0.0000, 130.4074, 53.5276}},
    {{-0.0037, 0.2814, 0.5616}, 0.2241, {0.0000, 124.1024, 38.6072}},
    {{0.0379, 0.0955, 1.5624}, 0.4031, {0.0180, 93.5632, 17.8245}},
    {{-0.3514, 0.3469, 0.7812}, 0.0708, {0.0030, 113.8260, 29.7388}},
    {{-0.1756, 0.6876, 1.6103}, 0.0916, {0.0000, 120.8870, 46.8620}},
    {{-0.2817, 0.7914, 1.0380}, 0.0509, {0.0000, 120.2883, 31.4553}},
    {{-0.0281, 0.3377, 0.7223}, 0.2459, {0.0249, 123.4226, 34.7218}},
    {{-0.2186, 0.5000, 1.5185}, 0.0548, {0.0396, 119.2749, 39.4013}},
    {{-0.2200, 0.5000, 1.5200}, 0.0500, {0.0400, 119.2700, 39.4000}},
};

static const uint64_t hash[CLU_CSTS_SUBJECTS][3] = {
    {0xd2798bc1d9578ef0, 0xea2051d299cf3cd8, 0x6f4419199a08c032},
    {0x9616306eecaeb0bd, 0xb493f9ceb1900d25, 0x4db44b676aac101f},
    {0xb4c24f73bb61fd89, 0xde7310e4b070679a, 0x2b7c81542a5666ed},
    {0x428d6ba99ecc64cc, 0x12987b97eed39c52, 0xc19e9c4c24c1266c},
    {0x64e36a07cac2bc2e, 0x19f596a40a14e9cb, 0x83984ae0edea8897},
    {0x4bb24f90ffb11172, 0x250b47300dbfc578, 0xc04b69097507cffd},
    {0x3ba9044b47bf5f2e, 0x97ffc711af8ac803, 0x48977a360f554167},
    {0x0c7989cd509515d0, 0x0932b4b58cb4c000, 0xc6e5bad1cec70d91},
    {0x4a4db5b3208c4729, 0x19c3e4563a1c474d, 0x8a2e8c177665a056},
    {0x1abe333efbaf5b7d, 0xa24b8a966a3b56f3, 0xd4482cf06548239d},
    {0x2f22b426e2aa9859, 0x939a005b58c7aacc, 0x161a9aa1284503b5},
    {0x614188958fc9d606, 0x72549b04e6253d05, 0xb8da267f02f83de8},
    {0xa530e1f975822ddd, 0xbc560ddc95c006b1, 0xa8bb58d38985012e},
    {0x7a47176291039841, 0x847e53518775c9f2, 0xdc462109bb59d083},
    {0x0e24a0a761e4f776, 0xbc9d37404da34976, 0x60a2b853573b7f69},
    {0x122c24e77b33a308, 0x5a5ef1a347b1f48c, 0x98c477fe10710923},
    {0x4ee7a5aafef82ca0, 0x20317eff66ae5f96, 0x4a5ffaa73cca9322},
    {0xc443c6d313d9ac76, 0x8661235f12abf537, 0xfaecb7fda963d43d},
    {0x6979aa2240ea2f3a, 0xcdde802f9dcf31d8, 0x6adccc12f3586934},
    {0xbb3c67b4e785327f, 0x463a9a938e5e2c55, 0xfb201d3068e0286f},
    {0x67d71e753a22d469, 0x7f4408bbb967eb63, 0x808465d593c5a4db},
    {0x1fdba184b5ef056e, 0x5d8c3954a5abdbfa, 0xbcaa467acbc7af8d},
    {0x7b95cd143b8f4ed7, 0xd5eaef1d817810fa, 0x9c6f1fb3bad3742c},
    {0x6191bbecc2d3675a, 0x2c425427f91bded7, 0x482d743c6d3dcbc5},
    {0xf73a7832fabe0a26, 0x58befc11724936e7, 0x4f13cbe2da4cea3e},
    {0x38359825dddaf19e, 0x10b24386d7b72695, 0xbaeded25f271a561},
    {0xe303fcb1277cd231, 0x7ac7d17d8bb3172a, 0xbed84258bf945889},
    {0x41699b17816605f2, 0x24eb43b8a47702e3, 0x421b29873249603b},
    {0x64c8eccf3f96c26f, 0xdf96858a215b86d0, 0x49678bf5f6881284},
    {0x5e8f9efdc48d224d, 0xa44332e09ae7b0c8, 0xa360da2cee103f2a},
};
const char *clu_csts_name(enum clu_csts_split split, size_t n)
{
    return name[split][n];
}

const struct clu_csts_parameters *clu_csts_parameters(size_t n)
{
    return &parameters[n];
}

const uint64_t *clu_csts_hash(size_t n)
{
    return hash[n];
}

/* --- seeds --- */

/* Later stages number the subjects by the rows of a run table, which begins with the last one. */
static uint32_t row_of(size_t n)
{
    return (uint32_t)(CLU_CSTS_SUBJECTS - 1 - n);
}

static uint32_t drawn_seed(uint32_t seed)
{
    struct clu_mt m;

    clu_mt_seed(&m, seed);
    return 100 + clu_mt_below(&m, 1000000 - 100);
}

uint32_t clu_csts_seed(enum clu_csts_split split, size_t n)
{
    return drawn_seed((split == CLU_CSTS_EXPLORATORY ? 666 : 1905) + (uint32_t)n);
}

uint32_t clu_csts_drop_seed(enum clu_csts_split split, size_t n)
{
    return drawn_seed((split == CLU_CSTS_EXPLORATORY ? 1661 : 99) + row_of(n));
}

/* --- structure --- */

/* The first place where s stands beside no other s. */
static void insert(uint32_t *list, size_t n, uint32_t s)
{
    for (size_t j = 0; j < n; j++)
        if (list[j] != s && (j == 0 || list[j - 1] != s)) {
            memmove(list + j + 1, list + j, (n - j) * sizeof *list);
            list[j] = s;
            return;
        }
}

void clu_csts_order(uint32_t seed, uint32_t pattern[CLU_CSTS_SEGMENTS])
{
    uint32_t bag[CLU_CSTS_SEGMENTS], all[CLU_CSTS_PATTERNS], previous = CLU_CSTS_PATTERNS;
    struct clu_mt m;

    for (uint32_t i = 0; i < CLU_CSTS_PATTERNS; i++)
        all[i] = i;
    for (size_t i = 0; i < 4; i++)
        memcpy(bag + i * CLU_CSTS_PATTERNS, all, sizeof all);
    clu_mt_seed(&m, seed);
    clu_mt_shuffle(&m, all, CLU_CSTS_PATTERNS);
    memcpy(bag + 4 * CLU_CSTS_PATTERNS, all, (CLU_CSTS_SEGMENTS - 4 * CLU_CSTS_PATTERNS) * sizeof *bag);
    for (uint32_t i = 0; i < CLU_CSTS_SEGMENTS; i++) {
        uint32_t left = CLU_CSTS_SEGMENTS - i, at;
        clu_mt_seed(&m, seed + i);
        uint32_t s = bag[clu_mt_below(&m, left)];
        /* The second one is drawn again if it repeats the first, but until it is not pattern 4, which has this index. */
        for (int tries = 0; s == previous && i == 1 && tries < 100; tries++) {
            s = bag[clu_mt_below(&m, left)];
            if (s != 4)
                break;
        }
        if (s == previous)
            insert(pattern, i, s);
        else
            pattern[i] = s;
        previous = s;
        for (at = 0; bag[at] != s; at++)
            ;
        memmove(bag + at, bag + at + 1, (left - at - 1) * sizeof *bag);
    }
}

void clu_csts_lengths(uint32_t seed, uint32_t length[CLU_CSTS_SEGMENTS])
{
    uint32_t of_short[SHORT], of_long[CLU_CSTS_LENGTHS - SHORT];
    struct clu_mt m;
    size_t n = 0;

    clu_mt_seed(&m, seed);
    memcpy(of_short, clu_csts_length, sizeof of_short);
    memcpy(of_long, clu_csts_length + SHORT, sizeof of_long);
    for (int i = 0; i < 9; i++, n += SHORT)
        memcpy(length + n, of_short, sizeof of_short);
    clu_mt_shuffle(&m, of_short, SHORT);
    memcpy(length + n, of_short, 3 * sizeof *length);
    n += 3;
    for (int i = 0; i < 8; i++, n += CLU_CSTS_LENGTHS - SHORT)
        memcpy(length + n, of_long, sizeof of_long);
    clu_mt_shuffle(&m, of_long, CLU_CSTS_LENGTHS - SHORT);
    length[n] = of_long[0];
    clu_mt_shuffle(&m, length, CLU_CSTS_SEGMENTS);
}

/* --- reduced sets --- */

/* The patterns by first appearance in the subject that comes first. */
static void first_patterns(enum clu_csts_split split, uint32_t found[CLU_CSTS_PATTERNS])
{
    uint32_t pattern[CLU_CSTS_SEGMENTS];
    uint8_t seen[CLU_CSTS_PATTERNS] = {0};
    size_t n = 0;

    clu_csts_order(clu_csts_seed(split, CLU_CSTS_SUBJECTS - 1), pattern);
    for (size_t i = 0; i < CLU_CSTS_SEGMENTS; i++)
        if (!seen[pattern[i]]) {
            seen[pattern[i]] = 1;
            found[n++] = pattern[i];
        }
}

/* One stream for all sets and subjects: the draws of those before have to be made. */
int clu_csts_reduce(enum clu_csts_split split, size_t n, enum clu_csts_reduced reduced, uint8_t keep[CLU_CSTS_SEGMENTS])
{
    static const uint32_t kept[] = {CLU_CSTS_SEGMENTS, 11, 6, 50, 25};
    uint32_t order[CLU_CSTS_PATTERNS], pattern[CLU_CSTS_SEGMENTS], drawn[CLU_CSTS_SEGMENTS];
    bool patterns = reduced == CLU_CSTS_11_CLUSTERS || reduced == CLU_CSTS_6_CLUSTERS;
    struct clu_mt m;

    memset(keep, reduced == CLU_CSTS_WHOLE, CLU_CSTS_SEGMENTS);
    first_patterns(split, order);
    clu_mt_python_seed(&m, split == CLU_CSTS_EXPLORATORY ? 600 : 84);
    for (int set = CLU_CSTS_11_CLUSTERS; set <= (int)reduced; set++) {
        uint32_t of = set <= CLU_CSTS_6_CLUSTERS ? CLU_CSTS_PATTERNS : CLU_CSTS_SEGMENTS;
        uint32_t last = set == (int)reduced ? row_of(n) : CLU_CSTS_SUBJECTS - 1;
        for (uint32_t row = 0; row <= last; row++)
            if (clu_mt_python_sample(&m, of, kept[set], drawn) < 0)
                return -1;
    }
    clu_csts_order(clu_csts_seed(split, n), pattern);
    for (size_t i = 0; reduced != CLU_CSTS_WHOLE && i < kept[reduced]; i++)
        if (patterns)
            for (size_t j = 0; j < CLU_CSTS_SEGMENTS; j++)
                keep[j] |= pattern[j] == order[drawn[i]];
        else
            keep[drawn[i]] = 1;
    return 0;
}
