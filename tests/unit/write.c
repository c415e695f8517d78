/* io/write.h: a file is replaced whole or not at all; what is printed is what was meant. */
#include "unit.h"

#include "base/mem.h"
#include "base/rng.h"
#include "io/write.h"

#include <dirent.h>
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* --- helpers: every test stands in an empty folder --- */

static char folder[] = "/tmp/clu-write-XXXXXX";
static char home[4096];
static struct clu_err err;

static int set_up_all(void **state)
{
    (void)state;
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    umask(022);
    return getcwd(home, sizeof home) && mkdtemp(folder) && chdir(folder) == 0 ? 0 : -1;
}

static int empty_folder(void **state)
{
    (void)state;
    DIR *d = opendir(".");
    for (struct dirent *e; d && (e = readdir(d));)
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0 && unlink(e->d_name) != 0)
            rmdir(e->d_name);
    return d ? closedir(d) : -1;
}

static int tear_down_all(void **state)
{
    empty_folder(state);
    return chdir(home) == 0 ? rmdir(folder) : -1;
}

static size_t files_here(void)
{
    size_t n = 0;
    DIR *d = opendir(".");
    assert_non_null(d);
    while (readdir(d))
        n++;
    closedir(d);
    return n - 2;
}

static void put_file(const char *path, const char *text)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
}

static void file_is(const char *path, const char *want)
{
    char text[4096];
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    size_t len = fread(text, 1, sizeof text - 1, f);
    text[len] = '\0';
    fclose(f);
    assert_string_equal(text, want);
}

static struct clu_out *opened(const char *path)
{
    struct clu_out *o;
    if (clu_out_open(&o, path, &err) != CLU_OK)
        fail_msg("%s", err.msg);
    return o;
}

static void write_text(const char *path, const char *text)
{
    struct clu_out *o = opened(path);
    clu_out_bytes(o, text, strlen(text));
    if (clu_out_close(o, &err) != CLU_OK)
        fail_msg("%s", err.msg);
}

static void cannot_open(const char *path, const char *message)
{
    struct clu_out *o;
    assert_int_equal(clu_out_open(&o, path, &err), CLU_SYSTEM);
    assert_null(o);
    assert_string_equal(err.msg, message);
}

static mode_t mode_of(const char *path)
{
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    return st.st_mode & 07777;
}

/* --- files --- */

static void a_new_file_appears_at_close(void **state)
{
    (void)state;
    struct clu_out *o = opened("out.csv");
    const char *temporary = clu_out_temporary(o);
    assert_memory_equal(temporary, ".out.csv.", 9);
    assert_int_equal(strlen(temporary), 15);
    assert_int_equal(access(temporary, F_OK), 0);
    clu_out_bytes(o, "1\n", 2);
    assert_int_equal(access("out.csv", F_OK), -1);
    clu_out_flush(o);
    assert_int_equal(access("out.csv", F_OK), -1);
    assert_false(clu_out_failed(o));
    assert_int_equal(clu_out_close(o, &err), CLU_OK);
    file_is("out.csv", "1\n");
    assert_int_equal(mode_of("out.csv"), 0644);
    assert_int_equal(files_here(), 1);
    umask(077);
    write_text("private.csv", "");
    umask(022);
    assert_int_equal(mode_of("private.csv"), 0600);
}

static void an_old_file_is_replaced_with_its_mode(void **state)
{
    (void)state;
    struct stat before, after;
    put_file("out.csv", "old\n");
    assert_int_equal(chmod("out.csv", 0751), 0);
    if (geteuid() == 0) {
        assert_int_equal(chown("out.csv", 1234, 4321), 0);
        assert_int_equal(chmod("out.csv", 04751), 0);
    }
    assert_int_equal(stat("out.csv", &before), 0);
    struct clu_out *o = opened("out.csv");
    clu_out_bytes(o, "new\n", 4);
    clu_out_flush(o);
    file_is("out.csv", "old\n");
    assert_int_equal(clu_out_close(o, &err), CLU_OK);
    file_is("out.csv", "new\n");
    assert_int_equal(stat("out.csv", &after), 0);
    assert_int_equal(after.st_mode, before.st_mode);
    assert_int_equal(after.st_uid, before.st_uid);
    assert_int_equal(after.st_gid, before.st_gid);
    assert_true(after.st_ino != before.st_ino);
    assert_int_equal(files_here(), 1);
}

static void discarded_output_leaves_nothing(void **state)
{
    (void)state;
    put_file("out.csv", "old\n");
    struct clu_out *o = opened("out.csv");
    clu_out_bytes(o, "new\n", 4);
    clu_out_flush(o);
    clu_out_discard(o);
    clu_out_discard(opened("other.csv"));
    clu_out_discard(NULL);
    file_is("out.csv", "old\n");
    assert_int_equal(files_here(), 1);
}

static void links_stay(void **state)
{
    (void)state;
    struct stat st;
    assert_int_equal(mkdir("d", 0755), 0);
    put_file("d/target.csv", "old\n");
    assert_int_equal(symlink("target.csv", "d/b"), 0);
    assert_int_equal(symlink("d/b", "a"), 0); /* a -> d/b -> d/target.csv */
    struct clu_out *o = opened("a");
    assert_memory_equal(clu_out_temporary(o), "d/.target.csv.", 14);
    clu_out_bytes(o, "new\n", 4);
    assert_int_equal(clu_out_close(o, &err), CLU_OK);
    file_is("d/target.csv", "new\n");
    assert_int_equal(lstat("a", &st), 0);
    assert_true(S_ISLNK(st.st_mode));
    assert_int_equal(lstat("d/b", &st), 0);
    assert_true(S_ISLNK(st.st_mode));

    assert_int_equal(symlink("d/fresh.csv", "dangling"), 0);
    write_text("dangling", "made\n");
    file_is("d/fresh.csv", "made\n");
    char absolute[4200];
    snprintf(absolute, sizeof absolute, "%s/d/target.csv", folder);
    assert_int_equal(symlink(absolute, "absolute"), 0);
    write_text("absolute", "again\n");
    file_is("d/target.csv", "again\n");
    assert_int_equal(symlink("loop", "loop"), 0);
    cannot_open("loop", "loop: Too many levels of symbolic links");
    assert_int_equal(symlink("nowhere/x", "astray"), 0);
    cannot_open("astray", "astray: No such file or directory");
    unlink("d/target.csv");
    unlink("d/fresh.csv");
    unlink("d/b");
}

static void what_cannot_be_written_is_known_at_once(void **state)
{
    (void)state;
    assert_int_equal(mkdir("d", 0755), 0);
    cannot_open("d", "d: Is a directory");
    cannot_open("d/", "d/: Is a directory");
    cannot_open("new/", "new/: Is a directory");
    cannot_open("d/.", "d/.: Is a directory");
    cannot_open("", "'': No such file or directory");
    cannot_open("no/out.csv", "no/out.csv: No such file or directory");
    cannot_open("no/a\nb", "'no/a'$'\\n''b': No such file or directory");
    put_file("file", "");
    cannot_open("file/out.csv", "file/out.csv: Not a directory");
    assert_int_equal(files_here(), 2);
}

/* Run by a user who owns nothing here. */
static int as_nobody(void)
{
    struct clu_out *o;
    if (setgid(65534) != 0 || setuid(65534) != 0)
        return 1;
    if (clu_out_open(&o, "new.csv", &err) != CLU_SYSTEM || strcmp(err.msg, "new.csv: Permission denied") != 0)
        return 2;
    if (clu_out_open(&o, "shared/mine.csv", &err) != CLU_SYSTEM || strcmp(err.msg, "shared/mine.csv: Permission denied") != 0)
        return 3;
    if (clu_out_open(&o, "shared/yours.csv", &err) != CLU_OK)
        return 4;
    return clu_out_close(o, &err) == CLU_OK ? 0 : 5;
}

static void permissions_count(void **state)
{
    (void)state;
    if (geteuid() != 0)
        skip();
    int status = -1;
    assert_int_equal(chmod(".", 0755), 0);
    assert_int_equal(mkdir("shared", 0777), 0);
    assert_int_equal(chmod("shared", 0777), 0);
    put_file("shared/mine.csv", "");
    put_file("shared/yours.csv", "");
    assert_int_equal(chmod("shared/mine.csv", 0644), 0);
    assert_int_equal(chmod("shared/yours.csv", 06666), 0);
    fflush(NULL);
    pid_t child = fork();
    if (child == 0)
        _exit(as_nobody());
    waitpid(child, &status, 0);
    assert_int_equal(status, 0);
    assert_int_equal(mode_of("shared/yours.csv"), 0666); /* now nobody's: it must not run as nobody for others */
    assert_int_equal(unlink("shared/mine.csv"), 0);
    assert_int_equal(unlink("shared/yours.csv"), 0);
    assert_int_equal(rmdir("shared"), 0); /* no temporary in it */
}

static void the_longest_name(void **state)
{
    (void)state;
    char name[256];
    memset(name, 'n', 255);
    name[255] = '\0';
    write_text(name, "x");
    file_is(name, "x");
    assert_int_equal(files_here(), 1);
}

/* The limit on the size of a file stands in for a full disk: the same path, another errno. */
static void a_failed_write_changes_nothing(void **state)
{
    (void)state;
    struct rlimit old, small;
    put_file("out.csv", "old\n");
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    small = old;
    small.rlim_cur = 4096;
    struct clu_out *o = opened("out.csv");
    static const char block[3000];
    clu_out_bytes(o, block, sizeof block);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    clu_out_flush(o);
    clu_out_bytes(o, block, sizeof block);
    clu_out_flush(o);
    bool failed = clu_out_failed(o);
    clu_out_bytes(o, block, sizeof block);
    enum clu_status status = clu_out_close(o, &err);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
    assert_true(failed);
    assert_int_equal(status, CLU_SYSTEM);
    assert_string_equal(err.msg, "out.csv: File too large");
    file_is("out.csv", "old\n");
    assert_int_equal(files_here(), 1);
}

/* --- in place --- */

static void devices_are_written_in_place(void **state)
{
    (void)state;
    struct clu_out *o = opened("/dev/null");
    assert_null(clu_out_temporary(o));
    clu_out_bytes(o, "x", 1);
    assert_int_equal(clu_out_close(o, &err), CLU_OK);
    o = opened("/dev/full");
    clu_out_bytes(o, "x", 1);
    assert_int_equal(clu_out_close(o, &err), CLU_SYSTEM);
    assert_string_equal(err.msg, "/dev/full: No space left on device");
}

static void a_fifo_is_written_in_place(void **state)
{
    (void)state;
    char text[8] = "";
    assert_int_equal(mkfifo("fifo", 0600), 0);
    int reader = open("fifo", O_RDONLY | O_NONBLOCK);
    write_text("fifo", "abc");
    assert_int_equal(read(reader, text, sizeof text), 3);
    assert_string_equal(text, "abc");
    close(reader);
    assert_int_equal(mode_of("fifo"), 0600);
    assert_int_equal(files_here(), 1);
}

/* "{ echo a; kmeans -o /dev/fd/N; echo z; } N> file" */
static void names_of_descriptors_mean_the_open_file(void **state)
{
    (void)state;
    char name[64];
    int fd = open("file", O_WRONLY | O_CREAT | O_TRUNC, 0644);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(write(fd, "a\n", 2), 2);
        snprintf(name, sizeof name, i ? "/proc/self/fd/%d" : "/dev/fd/%d", fd);
        write_text(name, "b\n");
        assert_int_equal(write(fd, "z\n", 2), 2); /* it is still open */
    }
    close(fd);
    file_is("file", "a\nb\nz\na\nb\nz\n");
    cannot_open("/dev/fd/999", "/dev/fd/999: Bad file descriptor");
}

/* --- stdout --- */

/* Close the current stdout and take fd for it (-1: none); returns what brings it back. */
static int swap_stdout(int fd)
{
    fflush(NULL);
    int old = dup(STDOUT_FILENO);
    close(STDOUT_FILENO);
    if (fd >= 0) {
        dup2(fd, STDOUT_FILENO);
        close(fd);
    }
    return old;
}

static void restore_stdout(int old)
{
    dup2(old, STDOUT_FILENO);
    close(old);
}

static enum clu_status to_stdout(int fd, const char *path, const char *text)
{
    struct clu_out *o;
    int old = swap_stdout(fd);
    enum clu_status status = clu_out_open(&o, path, &err);
    if (status == CLU_OK) {
        clu_out_bytes(o, text, strlen(text));
        status = clu_out_close(o, &err);
    }
    restore_stdout(old);
    return status;
}

static void stdout_and_its_names(void **state)
{
    (void)state;
    static const char *const name[] = {NULL, "-", "/dev/stdout", "link"};
    assert_int_equal(symlink("/dev/stdout", "link"), 0);
    for (size_t i = 0; i < 4; i++) {
        int fd = open("file", O_RDWR | O_CREAT | O_TRUNC, 0644);
        assert_int_equal(write(fd, "a\n", 2), 2);
        assert_int_equal(to_stdout(fd, name[i], "b\n"), CLU_OK);
        file_is("file", "a\nb\n");
    }
    assert_int_equal(files_here(), 2);
}

static void stdout_errors(void **state)
{
    (void)state;
    int end[2];
    assert_int_equal(to_stdout(open("/dev/full", O_WRONLY), NULL, "x"), CLU_SYSTEM);
    assert_string_equal(err.msg, "write error: No space left on device");
    assert_int_equal(to_stdout(-1, NULL, "x"), CLU_SYSTEM);
    assert_string_equal(err.msg, "write error: Bad file descriptor");
    assert_int_equal(to_stdout(open("/dev/null", O_RDONLY), NULL, "x"), CLU_SYSTEM);
    assert_string_equal(err.msg, "write error: Bad file descriptor");
    assert_int_equal(pipe(end), 0);
    close(end[0]);
    assert_int_equal(to_stdout(end[1], NULL, "x"), CLU_SYSTEM);
    assert_string_equal(err.msg, "write error: Broken pipe");
    assert_int_equal(to_stdout(-1, NULL, ""), CLU_OK); /* nothing to write, nothing lost */
}

static void on_alarm(int sig)
{
    (void)sig;
}

/* A slow reader, a pipe that does not block, and signals: every byte arrives. */
static void interrupted_writes_go_on(void **state)
{
    (void)state;
    enum { LEN = 900000 };
    struct sigaction act = {.sa_handler = on_alarm}, old_act; /* no SA_RESTART */
    struct itimerval often = {{0, 700}, {0, 700}}, never = {{0, 0}, {0, 0}};
    char *text = clu_alloc(LEN + 1, 1);
    for (size_t i = 0; i < LEN; i++)
        text[i] = (char)('a' + i * i % 23);
    text[LEN] = '\0';
    for (int flags = 0; flags <= O_NONBLOCK; flags += O_NONBLOCK) {
        int end[2], status = -1;
        assert_int_equal(pipe(end), 0);
        fflush(NULL);
        pid_t child = fork();
        if (child == 0) {
            char got[5000];
            size_t all = 0;
            ssize_t n;
            close(end[1]);
            while ((n = read(end[0], got, sizeof got)) > 0) {
                if (all + (size_t)n > LEN || memcmp(got, text + all, (size_t)n) != 0)
                    _exit(1);
                all += (size_t)n;
                nanosleep(&(struct timespec){.tv_nsec = 100000}, NULL);
            }
            _exit(all == LEN ? 0 : 2);
        }
        close(end[0]);
        fcntl(end[1], F_SETFL, flags);
        sigaction(SIGALRM, &act, &old_act);
        setitimer(ITIMER_REAL, &often, NULL);
        enum clu_status written = to_stdout(end[1], NULL, text);
        setitimer(ITIMER_REAL, &never, NULL);
        sigaction(SIGALRM, &old_act, NULL);
        waitpid(child, &status, 0);
        assert_int_equal(written, CLU_OK);
        assert_int_equal(status, 0);
    }
    clu_free(text);
}

static void pieces_of_every_size(void **state)
{
    (void)state;
    struct clu_rng r;
    size_t total = 0;
    char *block = clu_alloc(600000, 1);
    struct clu_out *o = opened("out");
    clu_rng_at(&r, 9, 0);
    for (int i = 0; i < 300; i++) {
        size_t len = (size_t)clu_rng_below(&r, i % 10 == 0 ? 600000 : 9000);
        for (size_t j = 0; j < len; j++)
            block[j] = (char)((total + j) * 7 % 251);
        clu_out_bytes(o, block, len);
        total += len;
    }
    assert_int_equal(clu_out_close(o, &err), CLU_OK);
    FILE *f = fopen("out", "rb");
    size_t at = 0;
    for (int c; (c = getc(f)) != EOF; at++)
        if ((char)c != (char)(at * 7 % 251))
            break;
    fclose(f);
    assert_true(at == total);
    clu_free(block);
}

/* --- cells --- */

static void cells_are_quoted_when_they_need_it(void **state)
{
    (void)state;
    struct clu_out *o = opened("out");
    struct clu_cells c = {o, ',', false};
    clu_cell_str(&c, "plain text");
    clu_cell_str(&c, "a,b");
    clu_cell_str(&c, "a;b");
    clu_cell_str(&c, "say \"hi\"");
    clu_cell_str(&c, " x");
    clu_cell_str(&c, "x\t");
    clu_cell_str(&c, "a\nb");
    clu_cell_str(&c, "a\rb");
    clu_cell_str(&c, "");
    clu_cell_empty(&c);
    clu_cell_text(&c, "ab,", 2);
    clu_cells_end(&c);
    clu_cell_str(&c, "");
    clu_cells_end(&c);
    c.delimiter = ';';
    clu_cell_str(&c, "a,b");
    clu_cell_str(&c, "a;b");
    clu_cell_number(&c, 0.1);
    clu_cell_number(&c, -1e300);
    clu_cell_number(&c, NAN);
    clu_cell_number(&c, HUGE_VAL);
    clu_cell_number(&c, -HUGE_VAL);
    clu_cell_int(&c, -9223372036854775807LL - 1);
    clu_cells_end(&c);
    assert_int_equal(clu_out_close(o, &err), CLU_OK);
    file_is("out", "plain text,\"a,b\",a;b,\"say \"\"hi\"\"\",\" x\",\"x\t\",\"a\nb\",\"a\rb\",,,ab\n"
                   "\n"
                   "a,b;\"a;b\";0.1;-1e+300;NA;Inf;-Inf;-9223372036854775808\n");
}

/* --- labels --- */

static void labels_are_numbers_from_one(void **state)
{
    (void)state;
    static const int32_t label[] = {0, 8, 9, -1, 98, 99, 998, 999, 9997, 9998, 9999, 10000, 99999, INT32_MAX};
    static const uint8_t kept[] = {1, 0, 1, 1, 0, 0};
    struct clu_out *o = opened("out");
    clu_write_labels(o, label, NULL, sizeof label / sizeof label[0], true);
    clu_write_labels(o, label, kept, 6, false);
    clu_write_labels(o, label, NULL, 0, true);
    assert_int_equal(clu_out_close(o, &err), CLU_OK);
    file_is("out", "cluster\n1\n9\n10\n0\n99\n100\n999\n1000\n9998\n9999\n10000\n10001\n100000\n2147483648\n"
                   "1\n\n9\n10\n\n\ncluster\n");
}

static void many_labels(void **state)
{
    (void)state;
    enum { ROWS = 300000 };
    int32_t *label = clu_alloc(ROWS, sizeof *label);
    uint8_t *kept = clu_alloc(ROWS, 1);
    struct clu_rng r;
    size_t used = 0;
    clu_rng_at(&r, 2, 0);
    for (size_t i = 0; i < ROWS; i++) {
        label[i] = (int32_t)(clu_rng_u32(&r) >> (1 + clu_rng_below(&r, 31))) - 1;
        kept[i] = clu_rng_below(&r, 4) > 0;
    }
    struct clu_out *o = opened("out");
    clu_write_labels(o, label, kept, ROWS, false);
    assert_int_equal(clu_out_close(o, &err), CLU_OK);
    FILE *f = fopen("out", "rb");
    char line[64], want[64];
    for (size_t i = 0; i < ROWS; i++) {
        snprintf(want, sizeof want, "%lld\n", (long long)label[used] + 1);
        used += kept[i];
        assert_non_null(fgets(line, sizeof line, f));
        assert_string_equal(line, kept[i] ? want : "\n");
    }
    assert_int_equal(getc(f), EOF);
    fclose(f);
    clu_free(label);
    clu_free(kept);
}

static void add(struct clu_texts *t, const char *s)
{
    assert_int_equal(clu_texts_add(t, s, strlen(s), &err), CLU_OK);
}

static void appended_records_stay_as_they_are(void **state)
{
    (void)state;
    static const int32_t label[] = {0, 1, -1, 12345};
    static const uint8_t kept[] = {1, 0, 1, 1, 1};
    struct clu_schema schema = {.delimiter = ';'};
    struct clu_texts text = {0}, rest = {0};
    add(&schema.head, "a;\"b\"\r\n");
    add(&text, "1;2\n");
    add(&text, "NA;2\r\n");
    add(&text, " 1 ;\"x\n\"\"y\"\r\n");
    add(&text, "\n");
    add(&text, "5;6");
    add(&rest, "7;8"); /* the next file's, after one that does not end in a newline */
    struct clu_out *o = opened("out");
    clu_write_appended(o, &schema, &text, label, NULL, kept, true);
    assert_int_equal(clu_out_close(o, &err), CLU_OK);
    file_is("out", "a;\"b\";cluster\r\n1;2;1\nNA;2;\r\n 1 ;\"x\n\"\"y\";2\r\n;0\n5;6;12346");
    o = opened("out");
    clu_write_appended(o, &schema, &text, label, NULL, kept, false);
    clu_write_appended(o, &schema, &rest, label, NULL, NULL, false);
    assert_int_equal(clu_out_close(o, &err), CLU_OK);
    file_is("out", "1;2;1\nNA;2;\r\n 1 ;\"x\n\"\"y\";2\r\n;0\n5;6;12346\n7;8;1");
    clu_texts_clear(&text);
    clu_texts_clear(&rest);
    clu_texts_clear(&schema.head);
}

#define TEST(f) cmocka_unit_test_teardown(f, empty_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_new_file_appears_at_close),
        TEST(an_old_file_is_replaced_with_its_mode),
        TEST(discarded_output_leaves_nothing),
        TEST(links_stay),
        TEST(what_cannot_be_written_is_known_at_once),
        TEST(permissions_count),
        TEST(the_longest_name),
        TEST(a_failed_write_changes_nothing),
        TEST(devices_are_written_in_place),
        TEST(a_fifo_is_written_in_place),
        TEST(names_of_descriptors_mean_the_open_file),
        TEST(stdout_and_its_names),
        TEST(stdout_errors),
        TEST(interrupted_writes_go_on),
        TEST(pieces_of_every_size),
        TEST(cells_are_quoted_when_they_need_it),
        TEST(labels_are_numbers_from_one),
        TEST(many_labels),
        TEST(appended_records_stay_as_they_are),
    };
    return cmocka_run_group_tests(tests, set_up_all, tear_down_all);
}
