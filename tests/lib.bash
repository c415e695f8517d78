# shellcheck shell=bash disable=SC2034 # what is set here is for the tests
# Shared by all Bats files. A file begins with
#
#     load lib
#     setup() { bats_load; }
#
# and each test then stands in an empty folder of its own, with the built tools first in PATH, in the C
# locale, and without core dumps. "make check" says where things are (CLU_BIN the build, CLU_SRC the source);
# "bats tests/kmeans.bats" by hand takes the source tree for both.
#
# run_clu TOOL ARG...      run a built tool with a time limit; its input is the caller's (< FILE).
# run_sh SCRIPT [ARG...]   the same for a line of shell with redirections and pipes ($1... are the ARGs).
#   Both set status, output and stderr (without final newlines), and leave the bytes in $CLU_OUT and $CLU_ERR.
# ok                       the last run: status 0 and nothing on stderr.
# fails STATUS MESSAGE     the last run: this status, nothing on stdout, and stderr is exactly the line
#                          "TOOL: MESSAGE"; MESSAGE is a glob pattern ("*" for any text). With status 2 the
#                          line "Try 'TOOL --help'..." may follow.
# same FILE FILE           equal bytes; shows the difference.
# need PROGRAM...          skip the test unless they are installed.
# plain_build WHY          skip the test in a build with sanitizers.
# need_root                skip the test unless it runs as root.

bats_require_minimum_version 1.5.0

bats_load()
{
    CLU_SRC=${CLU_SRC:-$(cd "$BATS_TEST_DIRNAME/.." && pwd)}
    CLU_BIN=${CLU_BIN:-$CLU_SRC}
    CLU_SANITIZED=${CLU_SANITIZED:-}
    # Sanitizers slow a program down by a factor; a hang is a hang in both.
    CLU_TIMEOUT=${CLU_TIMEOUT:-$([ -n "$CLU_SANITIZED" ] && echo 60 || echo 10)}
    CLU_OUT=$BATS_TEST_TMPDIR/.stdout
    CLU_ERR=$BATS_TEST_TMPDIR/.stderr
    export CLU_SRC CLU_BIN CLU_SANITIZED CLU_TIMEOUT
    export LC_ALL=C TZ=UTC0 TMPDIR=$BATS_TEST_TMPDIR/.tmp PATH=$CLU_BIN:$PATH
    unset CLU_CPU OMP_NUM_THREADS POSIXLY_CORRECT COLUMNS NO_COLOR
    ulimit -c 0
    mkdir -p "$TMPDIR" "$BATS_TEST_TMPDIR/work"
    cd "$BATS_TEST_TMPDIR/work" || return 1
}

run_clu()
{
    CLU_TOOL=$1
    shift
    clu__run "$CLU_BIN/$CLU_TOOL" "$@"
}

run_sh()
{
    local script=$1
    shift
    CLU_TOOL=${script%%[![:alnum:]-]*}
    clu__run bash -c "$script" sh "$@"
}

clu__run()
{
    status=0
    timeout -k 2 "$CLU_TIMEOUT" "$@" > "$CLU_OUT" 2> "$CLU_ERR" || status=$?
    # NUL bytes, which a variable cannot hold, are left to the files.
    output=$(tr -d '\0' < "$CLU_OUT")
    stderr=$(tr -d '\0' < "$CLU_ERR")
}

clu__show()
{
    echo "status $status"
    echo "stdout: $(head -c 2000 "$CLU_OUT" | cat -v)"
    echo "stderr: $(head -c 4000 "$CLU_ERR" | cat -v)"
}

ok()
{
    if [ "$status" -ne 0 ] || [ -s "$CLU_ERR" ]; then
        echo "expected success and an empty stderr"
        clu__show
        return 1
    fi
}

fails()
{
    local want=$1 message="$CLU_TOOL: $2" first rest newline=$'\n'
    first=${stderr%%"$newline"*}
    rest=${stderr#"$first"}
    rest=${rest#"$newline"}
    if [ "$want" -eq 2 ]; then
        # shellcheck disable=SC2053 # a pattern
        [[ $rest != "Try '$CLU_TOOL --help'"* || $rest == *"$newline"* ]] || rest=
    fi
    # shellcheck disable=SC2053 # a pattern
    if [ "$status" -ne "$want" ] || [ -s "$CLU_OUT" ] || [[ $first != $message ]] || [ -n "$rest" ] ||
        [ -n "$(tail -c 1 "$CLU_ERR")" ]; then
        echo "expected status $want, no output, and the line: $message"
        clu__show
        return 1
    fi
}

same()
{
    cmp -- "$1" "$2" && return
    diff -u -- "$1" "$2" | head -40
    return 1
}

need()
{
    local program
    for program; do
        command -v "$program" > /dev/null || skip "$program is not installed"
    done
}

plain_build()
{
    [ -z "$CLU_SANITIZED" ] || skip "not with sanitizers: $1"
}

need_root()
{
    [ "$(id -u)" -eq 0 ] || skip "needs root"
}
