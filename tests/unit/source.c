/* io/source.h: whatever an input is, its bytes come out whole, or an error does. */
#include "unit.h"

#include "base/mem.h"
#include "base/rng.h"
#include "io/source.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>

/* --- helpers --- */

static char folder[] = "/tmp/clu-source-XXXXXX";
static char path[64]; /* the file that tests read */
static struct clu_err err;

/* libarchive is let go by each source that needed it; that the tests hold it makes thousands of them fast. */
static void *held;

static int set_up(void **state)
{
    (void)state;
#ifdef HAVE_LIBARCHIVE
    held = dlopen(CLU_LIBARCHIVE_SONAME, RTLD_NOW | RTLD_LOCAL);
#endif
    signal(SIGPIPE, SIG_IGN);
    if (!mkdtemp(folder))
        return -1;
    snprintf(path, sizeof path, "%s/x.csv", folder);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    unlink(path);
    if (held)
        dlclose(held);
    return rmdir(folder);
}

static void put_file(const void *bytes, size_t len)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, len, f), len);
    assert_int_equal(fclose(f), 0);
}

/* Read all of a source in pieces of cap bytes; status of the first failure. out[room] has *len bytes afterwards. */
static enum clu_status slurp(const char *name, size_t cap, bool eager, char *out, size_t room, size_t *len)
{
    struct clu_source *s;
    bool last = false;
    size_t got;

    *len = 0;
    err = (struct clu_err){0};
    enum clu_status status = clu_source_open(&s, name, &err);
    if (status != CLU_OK) {
        assert_null(s);
        return status;
    }
    do {
        assert_true(room > *len);
        size_t ask = cap < room - *len ? cap : room - *len;
        status = clu_source_read(s, out + *len, ask, eager, &got, &err);
        if (status != CLU_OK)
            break;
        assert_true(got <= ask);
        assert_false(last && got > 0); /* only the end makes a piece short */
        last = !eager && got < ask;
        *len += got;
    } while (got > 0);
    clu_source_close(s);
    return status;
}

/* The file's content is what is expected, in pieces of several sizes. */
static void reads_as(const void *want, size_t len)
{
    static const size_t piece[] = {1, 7, 4096, 1 << 20};
    char *out = clu_alloc(len + 1, 1);
    size_t got;
    for (size_t i = len > 10000 ? 1 : 0; i < 4; i++)
        for (int eager = 0; eager < 2; eager++) {
            if (slurp(path, piece[i], eager, out, len + 1, &got) != CLU_OK)
                fail_msg("%s", err.msg);
            assert_int_equal(got, len);
            assert_memory_equal(out, want, len);
        }
    clu_free(out);
}

/* The file gives this error, "x.csv: WHAT". */
static void fails_with(enum clu_status status, const char *what)
{
    static char out[1 << 20];
    char want[256];
    size_t len;
    assert_int_equal(slurp(path, sizeof out, false, out, sizeof out, &len), status);
    snprintf(want, sizeof want, "%s: %s", path, what);
    assert_string_equal(err.msg, want);
    assert_int_equal(err.code, status);
}

/* One gzip member of the bytes; returns its length. */
static size_t gzip(const void *bytes, size_t len, unsigned char *out, size_t room)
{
    z_stream z = {0};
    assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    z.next_in = (z_const Bytef *)bytes;
    z.avail_in = (uInt)len;
    z.next_out = out;
    z.avail_out = (uInt)room;
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    deflateEnd(&z);
    return z.total_out;
}

/* The table in the compressed files below. */
static size_t small_table(char out[256])
{
    size_t len = (size_t)sprintf(out, "a,b\n");
    for (int i = 1; i <= 20; i++)
        len += (size_t)sprintf(out + len, "%d,%d.5\n", i, i * i % 7);
    return len;
}

/* Text of some length that does not compress to nothing, larger than all buffers. */
enum { BIG = 700000 };
static char *big_table(void)
{
    char *big = clu_alloc(BIG, 1);
    struct clu_rng r;
    clu_rng_at(&r, 1, 0);
    for (size_t i = 0; i < BIG; i++)
        big[i] = (char)("0123456789,."[clu_rng_below(&r, 12)]);
    return big;
}

/* --- plain files --- */

static void plain_files(void **state)
{
    (void)state;
    char *big = big_table();
    put_file("", 0);
    reads_as("", 0);
    put_file("1,2\n", 4);
    reads_as("1,2\n", 4);
    put_file(big, BIG);
    reads_as(big, BIG);
    clu_free(big);
    /* The beginnings of magic numbers, and zlib's own format, are no compressed data. */
    static const char *const text[] = {"\x1f", "\xfd\x37z", "BZ", "BZh9", "BZh9 prices\n",
                                       "LZIP,2\n", "\x28\xb5\x2f", "x\x9c\x4b"};
    for (size_t i = 0; i < sizeof text / sizeof text[0]; i++) {
        put_file(text[i], strlen(text[i]));
        reads_as(text[i], strlen(text[i]));
    }
}

static void what_cannot_be_opened(void **state)
{
    (void)state;
    char out[16];
    size_t len;
    assert_int_equal(slurp("/nonexistent/x.csv", 16, false, out, 16, &len), CLU_SYSTEM);
    assert_string_equal(err.msg, "/nonexistent/x.csv: No such file or directory");
    assert_int_equal(slurp("/tmp", 16, false, out, 16, &len), CLU_SYSTEM);
    assert_string_equal(err.msg, "/tmp: Is a directory");
    assert_int_equal(slurp("/tmp/a\nb", 16, false, out, 16, &len), CLU_SYSTEM);
    assert_string_equal(err.msg, "'/tmp/a'$'\\n''b': No such file or directory");
    assert_int_equal(slurp("", 16, false, out, 16, &len), CLU_SYSTEM);
    assert_string_equal(err.msg, "'': No such file or directory");
    assert_int_equal(clu_source_open(&(struct clu_source *){0}, "/nonexistent", NULL), CLU_SYSTEM);
    clu_source_close(NULL);
}

static void names_are_quoted_as_coreutils_do(void **state)
{
    (void)state;
    static const char *const name[][2] = {
        {"x.csv", "x.csv"},
        {"a b'c\"d\\e", "a b'c\"d\\e"},
        {"gr\xc3\xbc\xc3\x9f" "e", "gr\xc3\xbc\xc3\x9f" "e"},
        {"a\nb", "'a'$'\\n''b'"},
        {"\033[31m", "''$'\\033''[31m'"},
        {"it's\a\b\t\v\f\r", "'it'\\''s'$'\\a\\b\\t\\v\\f\\r'"},
        {"\xff", "''$'\\377'"},
        {"", "''"},
    };
    for (size_t i = 0; i < sizeof name / sizeof name[0]; i++) {
        char *shown = clu_source_quote(name[i][0]);
        assert_string_equal(shown, name[i][1]);
        clu_free(shown);
    }
    static char very_long[8000];
    memset(very_long, 'x', sizeof very_long - 1);
    size_t len;
    assert_int_equal(slurp(very_long, 1, false, very_long + 10, 1, &len), CLU_SYSTEM);
    assert_non_null(strstr(err.msg, "xxx...: File name too long"));
}

static void progress_counts_the_bytes_of_the_file(void **state)
{
    (void)state;
    struct clu_source *s;
    uint64_t done, of;
    size_t got;
    char out[8];
    put_file("0123456789", 10);
    assert_int_equal(clu_source_open(&s, path, NULL), CLU_OK);
    assert_string_equal(clu_source_name(s), path);
    clu_source_progress(s, &done, &of);
    assert_true(done == 0 && of == 10);
    assert_int_equal(clu_source_read(s, out, 8, false, &got, NULL), CLU_OK);
    clu_source_progress(s, &done, &of);
    assert_true(done >= 8 && of == 10);
    clu_source_close(s);
}

/* --- pipes --- */

/* Run writer(fd) in a child whose end of a pipe is fd; our stdin becomes the other end. Returns the old stdin. */
static int from_child(void (*writer)(int fd), pid_t *child)
{
    int end[2], old = dup(STDIN_FILENO);
    assert_int_equal(pipe(end), 0);
    fflush(NULL);
    *child = fork();
    if (*child == 0) {
        close(end[0]);
        writer(end[1]);
        _exit(0);
    }
    close(end[1]);
    dup2(end[0], STDIN_FILENO);
    close(end[0]);
    return old;
}

static void back(int old, pid_t child)
{
    dup2(old, STDIN_FILENO);
    close(old);
    waitpid(child, NULL, 0);
}

static void pause_ms(long ms)
{
    struct timespec t = {.tv_nsec = ms * 1000000};
    nanosleep(&t, NULL);
}

static void write_bytes_one_by_one(int fd)
{
    char text[256];
    unsigned char z[512];
    size_t len = gzip(text, small_table(text), z, sizeof z);
    for (size_t i = 0; i < len; i++) {
        if (write(fd, z + i, 1) != 1)
            break;
        if (i < 20)
            pause_ms(2);
    }
}

static void on_alarm(int sig)
{
    (void)sig;
}

/* gzip byte by byte, so that even its magic number comes in two reads, and signals that interrupt them. */
static void short_reads_and_interrupts(void **state)
{
    (void)state;
    char text[256], out[512];
    size_t want = small_table(text), len;
    struct sigaction act = {.sa_handler = on_alarm}, old_act; /* no SA_RESTART */
    struct itimerval often = {{0, 700}, {0, 700}}, never = {{0, 0}, {0, 0}};
    pid_t child;
    int old = from_child(write_bytes_one_by_one, &child);

    sigaction(SIGALRM, &act, &old_act);
    setitimer(ITIMER_REAL, &often, NULL);
    enum clu_status status = slurp("-", sizeof out, false, out, sizeof out, &len);
    setitimer(ITIMER_REAL, &never, NULL);
    sigaction(SIGALRM, &old_act, NULL);
    back(old, child);
    assert_int_equal(status, CLU_OK);
    assert_int_equal(len, want);
    assert_memory_equal(out, text, len);
}

static void write_and_wait(int fd)
{
    if (write(fd, "1\n", 2) == 2)
        pause(); /* until it is killed */
}

static void write_gzip_and_wait(int fd)
{
    z_stream z = {0};
    unsigned char out[256];
    deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
    z.next_in = (z_const Bytef *)"1\n";
    z.avail_in = 2;
    z.next_out = out;
    z.avail_out = sizeof out;
    deflate(&z, Z_SYNC_FLUSH);
    if (write(fd, out, sizeof out - z.avail_out) > 0)
        pause();
}

/* What is there is handed out although the writer is silent and has not closed; a descriptor that does not block makes no
 * difference. */
static void eager_reads_do_not_wait(void **state)
{
    (void)state;
    void (*const writer[])(int) = {write_and_wait, write_gzip_and_wait};
    for (int i = 0; i < 4; i++) {
        struct clu_source *s;
        char out[100];
        size_t got = 0;
        pid_t child;
        int old = from_child(writer[i / 2], &child);
        if (i % 2)
            fcntl(STDIN_FILENO, F_SETFL, O_NONBLOCK);
        alarm(20); /* instead of waiting for ever */
        assert_int_equal(clu_source_open(&s, "-", &err), CLU_OK);
        enum clu_status status = clu_source_read(s, out, sizeof out, true, &got, &err);
        alarm(0);
        clu_source_close(s);
        kill(child, SIGKILL);
        back(old, child);
        assert_int_equal(status, CLU_OK);
        assert_int_equal(got, 2);
        assert_memory_equal(out, "1\n", 2);
    }
}

static void stdin_closed_or_a_folder(void **state)
{
    (void)state;
    char out[16];
    size_t len;
    int old = dup(STDIN_FILENO);
    close(STDIN_FILENO);
    enum clu_status closed = slurp("-", 16, false, out, 16, &len);
    struct clu_err first = err;
    int dir = open("/tmp", O_RDONLY); /* takes descriptor 0 */
    enum clu_status folder_status = slurp("-", 16, false, out, 16, &len);
    close(dir);
    int wrong = open("/dev/null", O_WRONLY);
    enum clu_status write_only = slurp("-", 16, false, out, 16, &len);
    struct clu_err third = err;
    dup2(old, STDIN_FILENO);
    close(old);
    assert_int_equal(dir, STDIN_FILENO);
    assert_int_equal(wrong, STDIN_FILENO);
    assert_int_equal(closed, CLU_SYSTEM);
    assert_string_equal(first.msg, "stdin: Bad file descriptor");
    assert_int_equal(folder_status, CLU_SYSTEM);
    assert_int_equal(write_only, CLU_SYSTEM);
    assert_string_equal(third.msg, "stdin: Bad file descriptor");
}

/* --- gzip --- */

static void gzip_files(void **state)
{
    (void)state;
    char text[256], twice[512];
    unsigned char z[2048];
    size_t len = small_table(text);
    size_t one = gzip(text, len, z, sizeof z);
    put_file(z, one);
    reads_as(text, len);

    /* Two members, and one without any data between them; zeros behind them. */
    size_t all = one + gzip("", 0, z + one, sizeof z - one);
    all += gzip(text, len, z + all, sizeof z - all);
    memcpy(twice, text, len);
    memcpy(twice + len, text, len);
    put_file(z, all);
    reads_as(twice, 2 * len);
    memset(z + all, 0, 700);
    for (size_t zeros = 1; zeros <= 700; zeros += 233) {
        put_file(z, all + zeros);
        reads_as(twice, 2 * len);
    }
    all = gzip("", 0, z, sizeof z);
    put_file(z, all);
    reads_as("", 0);
}

static void gzip_larger_than_all_buffers(void **state)
{
    (void)state;
    char *big = big_table();
    unsigned char *z = clu_alloc(2 * BIG, 1);
    size_t len = gzip(big, BIG, z, 2 * BIG);
    put_file(z, len);
    reads_as(big, BIG);
    put_file(z, len - 5);
    fails_with(CLU_DATA, "unexpected end of compressed data");
    clu_free(z);
    clu_free(big);
}

static void gzip_with_all_header_fields(void **state)
{
    (void)state;
    z_stream z = {0};
    unsigned char out[512];
    gz_header head = {.text = 1, .time = 1, .extra = (Bytef *)"extra", .extra_len = 5, .name = (Bytef *)"x.csv",
                      .comment = (Bytef *)"a comment", .hcrc = 1};
    assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    assert_int_equal(deflateSetHeader(&z, &head), Z_OK);
    z.next_in = (z_const Bytef *)"1,2\n";
    z.avail_in = 4;
    z.next_out = out;
    z.avail_out = sizeof out;
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    deflateEnd(&z);
    put_file(out, z.total_out);
    reads_as("1,2\n", 4);
}

/* Every cut, be it in the header, the data or the trailer, of the first member or the second. */
static void gzip_cut_anywhere(void **state)
{
    (void)state;
    char text[256];
    unsigned char z[1024];
    size_t one = gzip(text, small_table(text), z, sizeof z);
    size_t all = one + gzip(text, small_table(text), z + one, sizeof z - one);
    for (size_t cut = 2; cut < all; cut++) {
        if (cut == one)
            continue;
        put_file(z, cut);
        fails_with(CLU_DATA, "unexpected end of compressed data");
    }
}

static void gzip_damaged_anywhere(void **state)
{
    (void)state;
    char text[256], out[4096];
    unsigned char z[1024];
    size_t len = small_table(text), got;
    size_t all = gzip(text, len, z, sizeof z);
    for (size_t bit = 16; bit < 8 * all; bit++) {
        if (bit >= 32 && bit < 80)
            continue; /* date, compression level and system: anything goes */
        z[bit / 8] ^= (unsigned char)(1 << bit % 8);
        put_file(z, all);
        enum clu_status status = slurp(path, sizeof out, false, out, sizeof out, &got);
        /* The flag "is text" and the bits that fill the last byte change nothing. */
        if (status != CLU_DATA && !(status == CLU_OK && got == len && memcmp(out, text, len) == 0))
            fail_msg("bit %zu: status %d", bit, status);
        z[bit / 8] ^= (unsigned char)(1 << bit % 8);
    }
    z[all - 6] ^= 1; /* the checksum's third byte */
    put_file(z, all);
    fails_with(CLU_DATA, "compressed data is damaged (incorrect data check)");
    z[all - 6] ^= 1;
    z[all - 1] ^= 1;
    put_file(z, all);
    fails_with(CLU_DATA, "compressed data is damaged (incorrect length check)");
}

static void gzip_with_garbage_behind(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t len;
    } garbage[] = {{"x", 1}, {"\0\0x", 3}, {"\x1f\x8c", 2}, {"\x1fz", 2}, {"1,2\n", 4}, {"\0\x1f\x8b", 3}};
    char text[256];
    unsigned char z[1024];
    size_t all = gzip(text, small_table(text), z, sizeof z);
    for (size_t i = 0; i < sizeof garbage / sizeof garbage[0]; i++) {
        memcpy(z + all, garbage[i].bytes, garbage[i].len);
        put_file(z, all + garbage[i].len);
        fails_with(CLU_DATA, "trailing garbage after the compressed data");
    }
}

/* --- other compressions --- */

/* Made by tests/oracle/compressed.sh. */
static const unsigned char xz_file[] = {
    253, 55, 122, 88, 90, 0, 0, 4, 230, 214, 180, 70, 2, 0, 33, 1, 22, 0, 0, 0, 116, 47, 229, 163, 224, 0, 134,
    0, 74, 93, 0, 48, 139, 8, 64, 166, 116, 210, 170, 212, 131, 240, 72, 182, 59, 100, 48, 169, 159, 237, 168,
    18, 229, 22, 25, 57, 56, 162, 100, 132, 227, 197, 96, 191, 41, 235, 234, 225, 206, 113, 22, 10, 60, 226, 170,
    136, 223, 161, 250, 213, 245, 173, 249, 133, 87, 156, 38, 129, 184, 26, 137, 29, 126, 33, 185, 238, 185, 169,
    97, 67, 160, 110, 147, 122, 0, 0, 0, 0, 32, 88, 103, 239, 136, 50, 220, 92, 0, 1, 102, 135, 1, 0, 0, 0, 125,
    51, 130, 166, 177, 196, 103, 251, 2, 0, 0, 0, 0, 4, 89, 90
};
static const unsigned char zstd_file[] = {
    40, 181, 47, 253, 4, 88, 229, 2, 0, 100, 3, 97, 44, 98, 10, 49, 44, 49, 46, 53, 10, 50, 44, 52, 46, 53, 10,
    51, 44, 50, 46, 53, 10, 52, 53, 54, 55, 44, 48, 46, 53, 10, 56, 57, 49, 48, 49, 49, 49, 51, 49, 52, 49, 53,
    54, 55, 56, 57, 50, 48, 44, 49, 46, 53, 10, 15, 0, 64, 8, 24, 7, 6, 163, 106, 136, 152, 131, 165, 58, 92,
    180, 161, 16, 112, 80, 25, 140, 212, 225, 206, 198, 94, 100, 131, 58, 86, 179, 137, 17, 74, 19, 77, 97, 80,
    223
};
static const unsigned char bzip2_file[] = {
    66, 90, 104, 57, 49, 65, 89, 38, 83, 89, 65, 55, 44, 219, 0, 0, 66, 217, 0, 0, 16, 0, 5, 127, 224, 48, 0, 32,
    0, 72, 106, 159, 138, 141, 55, 169, 166, 129, 38, 146, 128, 3, 144, 15, 4, 173, 57, 91, 160, 240, 241, 253,
    222, 82, 156, 249, 131, 52, 83, 9, 4, 10, 100, 51, 103, 182, 146, 144, 173, 35, 85, 164, 248, 33, 152, 42,
    170, 231, 226, 238, 72, 167, 10, 18, 8, 38, 229, 155, 96
};
static const unsigned char lz4_file[] = {
    4, 34, 77, 24, 100, 64, 167, 100, 0, 0, 0, 241, 8, 97, 44, 98, 10, 49, 44, 49, 46, 53, 10, 50, 44, 52, 46,
    53, 10, 51, 44, 50, 46, 53, 10, 52, 6, 0, 17, 53, 18, 0, 17, 54, 30, 0, 113, 55, 44, 48, 46, 53, 10, 56, 12,
    0, 17, 57, 24, 0, 33, 49, 48, 37, 0, 34, 49, 49, 7, 0, 2, 63, 0, 33, 49, 51, 34, 0, 33, 49, 52, 47, 0, 34,
    49, 53, 14, 0, 18, 54, 49, 0, 18, 55, 42, 0, 18, 56, 7, 0, 2, 70, 0, 112, 50, 48, 44, 49, 46, 53, 10, 0, 0,
    0, 0, 230, 197, 139, 250
};
static const unsigned char lz4_legacy_file[] = {
    2, 33, 76, 24, 100, 0, 0, 0, 241, 8, 97, 44, 98, 10, 49, 44, 49, 46, 53, 10, 50, 44, 52, 46, 53, 10, 51, 44,
    50, 46, 53, 10, 52, 6, 0, 17, 53, 18, 0, 17, 54, 30, 0, 113, 55, 44, 48, 46, 53, 10, 56, 12, 0, 17, 57, 24,
    0, 33, 49, 48, 37, 0, 34, 49, 49, 7, 0, 2, 63, 0, 33, 49, 51, 34, 0, 33, 49, 52, 47, 0, 34, 49, 53, 14, 0,
    18, 54, 49, 0, 18, 55, 42, 0, 18, 56, 7, 0, 2, 70, 0, 112, 50, 48, 44, 49, 46, 53, 10
};
static const unsigned char lzip_file[] = {
    76, 90, 73, 80, 1, 12, 0, 48, 139, 8, 64, 166, 116, 210, 170, 212, 131, 240, 72, 182, 59, 100, 48, 169, 159,
    237, 168, 18, 229, 22, 25, 57, 56, 162, 100, 132, 227, 197, 96, 191, 41, 235, 234, 225, 206, 113, 22, 10, 60,
    226, 170, 136, 223, 161, 250, 213, 245, 173, 249, 133, 87, 156, 38, 129, 184, 26, 137, 29, 126, 33, 185, 238,
    185, 169, 97, 67, 160, 225, 123, 145, 127, 255, 198, 31, 0, 0, 214, 193, 185, 144, 135, 0, 0, 0, 0, 0, 0, 0,
    106, 0, 0, 0, 0, 0, 0, 0
};
static const unsigned char compress_file[] = {
    31, 157, 144, 97, 88, 136, 81, 16, 131, 69, 12, 23, 53, 20, 200, 96, 65, 3, 161, 130, 25, 44, 100, 56, 164,
    17, 209, 97, 13, 134, 14, 109, 24, 116, 120, 131, 5, 12, 135, 56, 54, 38, 204, 129, 49, 97, 12, 24, 21, 77,
    22, 148, 104, 114, 97, 67, 147, 16, 15, 154, 164, 248, 209, 228, 69, 153, 4, 53, 190, 36, 216, 145, 37, 193,
    144, 62, 99, 144, 220, 41, 3, 37, 78
};

static const struct {
    const unsigned char *bytes;
    size_t len;
    size_t magic;          /* shorter than this it is text */
    bool checked;          /* the format has checksums and an end */
    const char *message;   /* when it cannot be read */
} file[] = {
    {xz_file, sizeof xz_file, 6, true, "compressed with xz; use: xz -dc FILE | ..."},
    {zstd_file, sizeof zstd_file, 4, true, "compressed with zstd; use: zstd -dc FILE | ..."},
    {bzip2_file, sizeof bzip2_file, 10, true, "compressed with bzip2; use: bzip2 -dc FILE | ..."},
    {lz4_file, sizeof lz4_file, 4, true, "compressed with lz4; use: lz4 -dc FILE | ..."},
    {lz4_legacy_file, sizeof lz4_legacy_file, 4, false, "compressed with lz4; use: lz4 -dc FILE | ..."},
    {lzip_file, sizeof lzip_file, 5, true, "compressed with lzip; use: lzip -dc FILE | ..."},
    {compress_file, sizeof compress_file, 2, false, "compressed with compress; use: uncompress -c FILE | ..."},
};
enum { FILES = sizeof file / sizeof file[0] };

static void what_libarchive_does_not_read(void **state)
{
    (void)state;
    put_file("\x89LZO\0\r\n\x1a\n\x10\x40\x20\xa0", 13);
    fails_with(CLU_DATA, "compressed with lzop; use: lzop -dc FILE | ...");
#ifndef HAVE_LIBARCHIVE
    for (size_t i = 0; i < FILES; i++) {
        put_file(file[i].bytes, file[i].len);
        fails_with(CLU_DATA, file[i].message);
    }
#endif
}

#ifdef HAVE_LIBARCHIVE

static void compressed_files(void **state)
{
    (void)state;
    char text[512];
    unsigned char twice[1024];
    size_t len = small_table(text);
    memcpy(text + len, text, len);
    for (size_t i = 0; i < FILES; i++) {
        put_file(file[i].bytes, file[i].len);
        reads_as(text, len);
        if (!file[i].checked)
            continue;
        memcpy(twice, file[i].bytes, file[i].len);
        memcpy(twice + file[i].len, file[i].bytes, file[i].len);
        put_file(twice, 2 * file[i].len);
        reads_as(text, 2 * len);
    }
}

static void compressed_files_cut_anywhere(void **state)
{
    (void)state;
    for (size_t i = 0; i < FILES; i++)
        for (size_t cut = file[i].magic; cut < file[i].len && file[i].checked; cut++) {
            put_file(file[i].bytes, cut);
            fails_with(CLU_DATA, "unexpected end of compressed data");
        }
}

static void compressed_files_damaged_anywhere(void **state)
{
    (void)state;
    char text[256], out[4096];
    unsigned char bytes[256];
    size_t len = small_table(text), got;
    for (size_t i = 0; i < FILES; i++)
        for (size_t bit = 8 * file[i].magic; bit < 8 * file[i].len && file[i].checked; bit++) {
            memcpy(bytes, file[i].bytes, file[i].len);
            bytes[bit / 8] ^= (unsigned char)(1 << bit % 8);
            put_file(bytes, file[i].len);
            enum clu_status status = slurp(path, sizeof out, false, out, sizeof out, &got);
            if (status != CLU_DATA && !(status == CLU_OK && got == len && memcmp(out, text, len) == 0))
                fail_msg("file %zu, bit %zu: status %d, %zu bytes", i, bit, status, got);
        }
}

static void compressed_files_with_garbage_behind(void **state)
{
    (void)state;
    unsigned char bytes[256];
    char out[4096];
    size_t got;
    for (size_t i = 0; i < FILES; i++) {
        if (!file[i].checked)
            continue;
        memcpy(bytes, file[i].bytes, file[i].len);
        memcpy(bytes + file[i].len, "garbage", 7);
        put_file(bytes, file[i].len + 7);
        assert_int_equal(slurp(path, sizeof out, false, out, sizeof out, &got), CLU_DATA);
    }
}

#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_files),
        cmocka_unit_test(what_cannot_be_opened),
        cmocka_unit_test(names_are_quoted_as_coreutils_do),
        cmocka_unit_test(progress_counts_the_bytes_of_the_file),
        cmocka_unit_test(short_reads_and_interrupts),
        cmocka_unit_test(eager_reads_do_not_wait),
        cmocka_unit_test(stdin_closed_or_a_folder),
        cmocka_unit_test(gzip_files),
        cmocka_unit_test(gzip_larger_than_all_buffers),
        cmocka_unit_test(gzip_with_all_header_fields),
        cmocka_unit_test(gzip_cut_anywhere),
        cmocka_unit_test(gzip_damaged_anywhere),
        cmocka_unit_test(gzip_with_garbage_behind),
        cmocka_unit_test(what_libarchive_does_not_read),
#ifdef HAVE_LIBARCHIVE
        cmocka_unit_test(compressed_files),
        cmocka_unit_test(compressed_files_cut_anywhere),
        cmocka_unit_test(compressed_files_damaged_anywhere),
        cmocka_unit_test(compressed_files_with_garbage_behind),
#endif
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
