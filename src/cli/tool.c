/* Sections: shared rows, messages, signals, outputs, start, end. */
#include "cli/tool.h"

#include "base/mem.h"
#include "cli/machine.h"
#include "num/kern.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* --- shared rows --- */

static const char *const header_words[] = {"auto", "yes", "no", NULL};
static const char *const na_words[] = {"error", "drop", "mean", NULL};
static const char *const progress_words[] = {"auto", "always", "never", NULL};

#define IN(field) offsetof(struct clu_cli_input, field)
#define OUT(field) offsetof(struct clu_cli_output, field)
#define COMMON(field) offsetof(struct clu_cli_common, field)

const struct clu_opt clu_cli_table_opt[8] = {
    {.letter = 'd', .name = "delimiter", .type = CLU_OPT_CHAR, .offset = IN(delimiter), .arg = "CHAR",
     .what = "delimiter", .help = "what separates the columns; found from the first record otherwise"},
    {.letter = 't', .name = "tsv", .type = CLU_OPT_SETCHAR, .offset = IN(delimiter), .value = '\t',
     .help = "columns are separated by TAB"},
    {.name = "csv", .type = CLU_OPT_SETCHAR, .offset = IN(delimiter), .value = ',',
     .help = "columns are separated by commas"},
    {.name = "header", .type = CLU_OPT_WORD, .offset = IN(header), .arg = "WHEN", .words = header_words,
     .optional = true, .value = CLU_HEADER_YES,
     .help = "is the first record a header; auto says yes when a used cell of it is neither a number nor missing"},
    {.letter = 'H', .type = CLU_OPT_SET, .offset = IN(header), .value = CLU_HEADER_YES,
     .help = "the first record is a header"},
    {.letter = 'c', .name = "columns", .type = CLU_OPT_LIST, .offset = IN(columns), .arg = "LIST",
     .help = "use these columns: numbers, ranges and names (1,3-5,price), !COL for all but COL, =NAME for one exact name; may be repeated"},
    {.name = "na-values", .type = CLU_OPT_TEXT, .offset = IN(na_values), .arg = "LIST",
     .help = "words for a missing value instead of empty, NA, NaN and null"},
    {.name = "decimal-comma", .type = CLU_OPT_FLAG, .offset = IN(decimal_comma),
     .help = "numbers have a decimal comma"},
};
const struct clu_opt clu_cli_id_opt[1] = {
    {.letter = 'i', .name = "id", .type = CLU_OPT_COLUMN, .offset = IN(id), .arg = "COL",
     .help = "carry this column to the output; it is not clustered"}};
const struct clu_opt clu_cli_weight_opt[1] = {
    {.letter = 'w', .name = "weights", .type = CLU_OPT_COLUMN, .offset = IN(weight), .arg = "COL",
     .help = "weights of the rows; a row of weight 0 gets a label and does not count"}};
const struct clu_opt clu_cli_na_opt[1] = {
    {.name = "na", .type = CLU_OPT_WORD, .offset = IN(na), .arg = "WORD", .words = na_words,
     .help = "what a missing value does: it is an error, its row is dropped (and keeps its line, with an empty label), or the column's mean stands for it"}};
const struct clu_opt clu_cli_scale_opt[1] = {
    {.name = "scale", .type = CLU_OPT_WORD, .offset = IN(scale), .arg = "WORD", .words = clu_scaling_word,
     .help = "bring the columns to a common scale first; results are shown in the input's units"}};
const struct clu_opt clu_cli_float_opt[1] = {
    {.name = "float32", .type = CLU_OPT_FLAG, .offset = IN(float32), .help = "keep the numbers in half the memory, as floats"}};
const struct clu_opt clu_cli_append_opt[1] = {
    {.letter = 'a', .name = "append", .type = CLU_OPT_FLAG, .offset = OUT(append),
     .help = "print the input records as they are, with the label as a last column"}};
const struct clu_opt clu_cli_output_opt[2] = {
    {.letter = 'o', .name = "output", .type = CLU_OPT_FILE, .offset = OUT(file), .arg = "FILE",
     .help = "write to FILE, which is replaced whole or not at all; it may be the input"},
    {.name = "output-delimiter", .type = CLU_OPT_CHAR, .offset = OUT(delimiter), .arg = "CHAR",
     .what = "delimiter", .help = "what separates printed columns; otherwise the input's delimiter"}};
const struct clu_opt clu_cli_stream_opt[1] = {
    {.name = "line-buffered", .type = CLU_OPT_FLAG, .offset = OUT(line_buffered),
     .help = "with --assign: print each label as soon as its record is there"}};
const struct clu_opt clu_cli_seed_opt[1] = {
    {.name = "seed", .type = CLU_OPT_SEED, .offset = COMMON(seed), .arg = "N",
     .help = "seed of the random choices; the same seed gives the same bytes"}};
const struct clu_opt clu_cli_common_opt[5] = {
    {.letter = 'j', .name = "threads", .type = CLU_OPT_THREADS, .offset = COMMON(threads), .arg = "N",
     .help = "threads; otherwise OMP_NUM_THREADS or the processors this process may use; the output does not depend on it"},
    {.name = "max-memory", .type = CLU_OPT_SIZE, .offset = COMMON(max_memory), .arg = "SIZE",
     .help = "refuse what would take more memory, such as 500M or 8G; otherwise what the machine and its limits allow"},
    {.name = "progress", .type = CLU_OPT_WORD, .offset = COMMON(progress), .arg = "WHEN", .words = progress_words,
     .help = "show progress on standard error; auto: when it is a terminal"},
    {.letter = 'q', .name = "quiet", .type = CLU_OPT_FLAG, .offset = COMMON(quiet), .help = "no warnings"},
    {.letter = 'v', .name = "verbose", .type = CLU_OPT_FLAG, .offset = COMMON(verbose),
     .help = "facts about the run on standard error, as name: value lines"},
};

/* --- messages --- */

static void say(struct clu_cli *cli, const char *what, const char *fmt, va_list ap)
{
    clu_progress_wipe(&cli->progress);
    fprintf(stderr, "%s: %s", cli->tool.name, what);
    vfprintf(stderr, fmt, ap);
    putc('\n', stderr);
}

_Noreturn static void fail(struct clu_cli *cli, enum clu_status code, const char *msg)
{
    for (size_t i = 0; i < CLU_CLI_OUTPUTS; i++)
        clu_out_discard(cli->open[i]);
    clu_progress_wipe(&cli->progress);
    fprintf(stderr, "%s: %s\n", cli->tool.name, msg);
    if (code == CLU_USAGE)
        fprintf(stderr, "Try '%s --help' for more information.\n", cli->tool.name);
    exit(code == CLU_STOPPED ? CLU_SYSTEM : (int)code);
}

_Noreturn void clu_cli_fail(struct clu_cli *cli, const struct clu_err *err)
{
    fail(cli, err->code, err->msg);
}

void clu_cli_check(struct clu_cli *cli, enum clu_status status, const struct clu_err *err)
{
    if (status != CLU_OK)
        fail(cli, status, status == CLU_STOPPED ? "stopped" : err->msg);
}

_Noreturn void clu_cli_usage(struct clu_cli *cli, const char *fmt, ...)
{
    char msg[1024];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(msg, sizeof msg, fmt, ap);
    va_end(ap);
    fail(cli, CLU_USAGE, msg);
}

void clu_cli_warn(struct clu_cli *cli, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    if (!cli->common->quiet)
        say(cli, "warning: ", fmt, ap);
    va_end(ap);
}

void clu_cli_note(struct clu_cli *cli, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    if (!cli->common->quiet)
        say(cli, "", fmt, ap);
    va_end(ap);
}

void clu_cli_complain(struct clu_cli *cli, const char *msg)
{
    clu_progress_wipe(&cli->progress);
    fprintf(stderr, "%s: %s\n", cli->tool.name, msg);
}

void clu_cli_fact(struct clu_cli *cli, const char *name, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    if (cli->common->verbose) {
        clu_progress_wipe(&cli->progress);
        fprintf(stderr, "%s: ", name);
        vfprintf(stderr, fmt, ap);
        putc('\n', stderr);
    }
    va_end(ap);
}

/* --- signals: a temporary does not outlive its process --- */

static const int fatal[] = {SIGINT, SIGTERM, SIGHUP, SIGXCPU, SIGXFSZ};
#define FATALS (sizeof fatal / sizeof fatal[0])

/* What the handler unlinks: copies, so that it reads no memory of others. */
static struct {
    volatile sig_atomic_t used;
    char path[4096];
} temporary[CLU_CLI_OUTPUTS];

static void on_signal(int sig)
{
    for (size_t i = 0; i < CLU_CLI_OUTPUTS; i++)
        if (temporary[i].used)
            unlink(temporary[i].path);
    raise(sig); /* SA_RESETHAND: this time it kills */
}

static void guard_signals(void)
{
    struct sigaction old, act = {.sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND};

    sigemptyset(&act.sa_mask);
    for (size_t i = 0; i < FATALS; i++)
        sigaddset(&act.sa_mask, fatal[i]);
    for (size_t i = 0; i < FATALS; i++)
        if (sigaction(fatal[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
            sigaction(fatal[i], &act, NULL);
}

/* No signal may come between a change of a file's state and the note of it. */
static void hold_signals(sigset_t *old)
{
    sigset_t set;
    sigemptyset(&set);
    for (size_t i = 0; i < FATALS; i++)
        sigaddset(&set, fatal[i]);
    sigprocmask(SIG_BLOCK, &set, old);
}

static void note_temporary(size_t i, const char *path)
{
    temporary[i].used = 0;
    if (path && strlen(path) < sizeof temporary[i].path) {
        strcpy(temporary[i].path, path);
        temporary[i].used = 1;
    }
}

/* --- outputs --- */

struct clu_out *clu_cli_open(struct clu_cli *cli, const char *path)
{
    struct clu_err err = {0};
    struct clu_out *out = NULL;
    sigset_t old;
    size_t i = 0;

    while (i + 1 < CLU_CLI_OUTPUTS && cli->open[i])
        i++;
    hold_signals(&old);
    enum clu_status status = clu_out_open(&out, path, &err);
    cli->open[i] = out;
    note_temporary(i, out ? clu_out_temporary(out) : NULL);
    sigprocmask(SIG_SETMASK, &old, NULL);
    clu_cli_check(cli, status, &err);
    return out;
}

static void forget(struct clu_cli *cli, const struct clu_out *out)
{
    for (size_t i = 0; i < CLU_CLI_OUTPUTS; i++)
        if (cli->open[i] == out) {
            cli->open[i] = NULL;
            note_temporary(i, NULL);
        }
}

void clu_cli_discard(struct clu_cli *cli, struct clu_out *out)
{
    sigset_t old;

    hold_signals(&old);
    forget(cli, out);
    clu_out_discard(out);
    sigprocmask(SIG_SETMASK, &old, NULL);
}

void clu_cli_close(struct clu_cli *cli, struct clu_out *out)
{
    struct clu_err err = {0};
    sigset_t old;

    clu_out_flush(out); /* the long part, still open to signals */
    hold_signals(&old);
    enum clu_status status = clu_out_close(out, &err);
    forget(cli, out);
    sigprocmask(SIG_SETMASK, &old, NULL);
    clu_cli_check(cli, status, &err);
}

void clu_cli_open_output(struct clu_cli *cli)
{
    cli->out = clu_cli_open(cli, cli->output ? cli->output->file : NULL);
}

char clu_cli_delimiter(const struct clu_cli *cli, const struct clu_schema *s)
{
    return cli->output && cli->output->delimiter ? cli->output->delimiter : s->delimiter;
}

/* --- start --- */

/* A closed standard stream gets a stand-in that fails in the direction it is used in, so that no file opened later
 * takes its number and is read or written by mistake. */
static void occupy_standard_streams(void)
{
    for (int fd = 0; fd <= 2; fd++)
        if (fcntl(fd, F_GETFD) == -1 && errno == EBADF)
            (void)!open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY);
}

/* What stdio printed must have arrived. */
_Noreturn static void finish_stdio(struct clu_cli *cli)
{
    if (fflush(stdout) != 0 || ferror(stdout) || close(STDOUT_FILENO) != 0) {
        char msg[256];
        snprintf(msg, sizeof msg, "write error: %s", strerror(errno));
        fail(cli, CLU_SYSTEM, msg);
    }
    _exit(CLU_OK);
}

static void check_operands(struct clu_cli *cli)
{
    size_t dashes = 0;

    for (size_t i = 0; i < cli->files; i++)
        dashes += strcmp(cli->file[i], "-") == 0;
    if (dashes > 1)
        clu_cli_usage(cli, "standard input ('-') given twice");
    if (cli->input && cli->input->decimal_comma && cli->input->delimiter == ',')
        clu_cli_usage(cli, "the decimal mark and the delimiter are both ','");
    if ((dashes > 0 || cli->files == 0) && cli->input && isatty(STDIN_FILENO) && !cli->common->quiet)
        fprintf(stderr, "%s: reading from the terminal; end with Ctrl-D\n", cli->tool.name);
}

static void find_resources(struct clu_cli *cli)
{
    const char *threads = getenv("OMP_NUM_THREADS"), *tmpdir = getenv("TMPDIR");
    char *end;

    cli->run.seed = cli->common->seed;
    cli->run.threads = cli->common->threads;
    if (cli->run.threads == 0 && threads && *threads) {
        long n = strtol(threads, &end, 10);
        if (*end == '\0' && n >= 1 && n <= 4096)
            cli->run.threads = (int)n;
    }
    if (cli->run.threads == 0)
        cli->run.threads = clu_machine_threads();
    cli->run.max_memory = cli->common->max_memory ? cli->common->max_memory : clu_machine_memory();
    cli->run.tmpdir = tmpdir && *tmpdir ? tmpdir : NULL;
    cli->run.watch = &cli->watch;
}

void clu_cli_start(struct clu_cli *cli, const struct clu_tool *tool, const struct clu_cli_input *input,
                   const struct clu_cli_output *output, const struct clu_cli_common *common, int argc, char **argv)
{
    struct clu_err err = {0};
    int operands;
    bool done;

    *cli = (struct clu_cli){.tool = *tool, .input = input, .output = output, .common = common};
    occupy_standard_streams();
    /* With --program-prefix a tool goes by another name. */
    const char *slash = argc > 0 && argv[0] ? strrchr(argv[0], '/') : NULL;
    if (argc > 0 && argv[0] && *argv[0])
        cli->tool.name = slash ? slash + 1 : argv[0];

    clu_cli_check(cli, clu_opt_parse(&cli->tool, argc, argv, &operands, &done, &err), &err);
    if (done)
        finish_stdio(cli);
    clu_progress_start(&cli->progress, (enum clu_progress_mode)common->progress, common->quiet, cli->tool.name, &cli->watch);
    clu_cli_check(cli, clu_kern_select(getenv("CLU_CPU"), &err), &err);
    cli->file = (const char *const *)argv + operands;
    cli->files = (size_t)(argc - operands);
    check_operands(cli);
    find_resources(cli);
    guard_signals();
}

struct clu_read_opt clu_cli_read_opt(const struct clu_cli *cli)
{
    const struct clu_cli_input *in = cli->input;

    return (struct clu_read_opt){
        .file = cli->file,
        .files = cli->files,
        .ask = {.header = (enum clu_header)in->header,
                .columns = in->columns.text,
                .ncolumns = in->columns.n,
                .id = in->id,
                .weight = in->weight},
        .delimiter = in->delimiter,
        .mark = in->decimal_comma ? ',' : '.',
        .na_values = in->na_values,
        .na = (enum clu_na)in->na,
        .float32 = in->float32,
        .keep_text = cli->output && cli->output->append,
        .eager = cli->output && cli->output->line_buffered,
    };
}

/* --- end --- */

_Noreturn void clu_cli_end_with(struct clu_cli *cli, enum clu_status status)
{
    clu_progress_wipe(&cli->progress);
    clu_cli_close(cli, cli->out);
    clu_opt_free(&cli->tool);
    exit((int)status);
}

_Noreturn void clu_cli_answer(struct clu_cli *cli, bool yes)
{
    clu_cli_end_with(cli, yes ? CLU_OK : CLU_NO);
}

_Noreturn void clu_cli_end(struct clu_cli *cli)
{
    clu_cli_answer(cli, true);
}
