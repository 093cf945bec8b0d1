#!/bin/bash
# test-framework.sh: a small test framework. Every function called test_* runs in a subshell of its
# own with set -e; traps say where it failed, clean up what it made, and never let one test reach
# into another.

set -uo pipefail

declare -a TEST_FAILED=()
declare -i TEST_RUN=0 TEST_SKIPPED=0
TEST_ROOT=$(mktemp -d)
trap 'rm -rf "$TEST_ROOT"' EXIT

# ---- Assertions: each prints what was expected, and returns 1 where it does not hold.

test::complain() {
    local line=${BASH_LINENO[1]} name=${FUNCNAME[2]}
    printf '%s: line +%d: %s\n' "$name" $((line - TEST_LINE)) "$1"
    shift
    (($# == 0)) || printf '    %s\n' "$@"
    return 1
}

assert_equal() {
    [[ $1 == "$2" ]] || test::complain "${3:-not the same}" "expected: ${1@Q}" "got:      ${2@Q}"
}

assert_match() {
    [[ $2 =~ $1 ]] || test::complain 'does not match' "pattern:  $1" "got:      ${2@Q}"
}

assert_status() {
    local want=$1 got=0
    shift
    ("$@") > /dev/null 2>&1 || got=$?
    ((got == want)) || test::complain "status $got, not $want" "command:  ${*@Q}"
}

assert_lines() {
    local -a got want
    mapfile -t got
    want=("$@")
    local i
    for i in "${!want[@]}"; do
        [[ ${got[i]-} == "${want[i]}" ]] ||
            test::complain "line $((i + 1)) differs" "expected: ${want[i]@Q}" "got:      ${got[i]-(none)}" || return
    done
    ((${#got[@]} == ${#want[@]})) || test::complain "${#got[@]} lines, not ${#want[@]}"
}

skip() {
    printf '%s\n' "$*" > "$TEST_DIR/.skip"
    exit 0
}

# Registers a command for the end of the test; the last one is run first.
defer() {
    local before
    before=$(trap -p EXIT)
    before=${before#"trap -- "}
    before=${before%" EXIT"}
    eval "before=${before:-"''"}"
    trap -- "$*; $before" EXIT
}

# ---- Running

test::on_error() {
    printf '%s: line +%d: command failed with %d: %s\n' "${FUNCNAME[1]}" $(($2 - TEST_LINE)) "$1" "$3"
}

test::one() (
    trap - EXIT
    exec > "$TEST_ROOT/out" 2>&1
    TEST_DIR=$TEST_ROOT/$1
    mkdir "$TEST_DIR"
    cd "$TEST_DIR"
    shopt -s extdebug
    TEST_LINE=$(declare -F "$1")
    shopt -u extdebug
    TEST_LINE=${TEST_LINE#* }
    TEST_LINE=${TEST_LINE%% *}
    set -eE # after extdebug, which turns -E off
    trap 'test::on_error $? "$LINENO" "$BASH_COMMAND"' ERR
    if declare -F setup > /dev/null; then setup; fi
    if declare -F teardown > /dev/null; then trap teardown EXIT; fi
    "$1"
)

test::indent() {
    local line
    while IFS= read -r line; do
        printf '  | %s\n' "$line"
    done
}

test::run() {
    local name status
    for name in "$@"; do
        ((++TEST_RUN))
        test::one "$name"
        status=$?
        if [[ -f $TEST_ROOT/$name/.skip ]]; then
            ((++TEST_SKIPPED))
            printf 'skip %2d %s: %s\n' "$TEST_RUN" "${name#test_}" "$(<"$TEST_ROOT/$name/.skip")"
        elif ((status == 0)); then
            printf 'ok   %2d %s\n' "$TEST_RUN" "${name#test_}"
        else
            TEST_FAILED+=("${name#test_}")
            printf 'FAIL %2d %s (status %d)\n' "$TEST_RUN" "${name#test_}" "$status"
            test::indent < "$TEST_ROOT/out"
        fi
    done
}

test::main() {
    local -a names
    mapfile -t names < <(declare -F | sed -n 's/^declare -f \(test_.*\)/\1/p')
    test::run "${names[@]}"
    printf '%d tests, %d skipped, %d failed' "$TEST_RUN" "$TEST_SKIPPED" "${#TEST_FAILED[@]}"
    (IFS=,; ((${#TEST_FAILED[@]} == 0)) || printf ': %s' "${TEST_FAILED[*]}")
    echo
    ((${#TEST_FAILED[@]} == 0))
}

# ---- What is tested: a stack and a queue, one of them with a fault

stack_push() { STACK+=("$1"); }
stack_pop() {
    ((${#STACK[@]})) || return 3
    REPLY=${STACK[-1]}
    unset 'STACK[-1]'
}
queue_take() {
    ((${#QUEUE[@]})) || return 3
    REPLY=${QUEUE[0]}
    QUEUE=("${QUEUE[@]:2}") # the fault: one too many
}
slug() {
    local text=${1,,}
    text=${text//[^a-z0-9]/-}
    while [[ $text == *--* ]]; do text=${text//--/-}; done
    text=${text#-}
    echo "${text%-}"
}

setup() { STACK=() QUEUE=(a b c d); echo 'from setup' > note; }
teardown() { [[ ! -f loud ]] || echo 'teardown was here'; }

test_a_stack_gives_back_the_last() {
    stack_push one
    stack_push 'two words'
    stack_pop
    assert_equal 'two words' "$REPLY"
    assert_equal 1 "${#STACK[@]}"
}

test_an_empty_stack_has_status_3() {
    assert_status 3 stack_pop
    assert_status 0 stack_push x
}

test_a_queue_keeps_its_order() {
    queue_take
    assert_equal a "$REPLY"
    queue_take
    assert_equal b "$REPLY" 'the second element'
    echo 'never here'
}

test_an_unexpected_failure_is_located() {
    local file=note
    grep -q setup "$file"
    touch loud
    grep -q nothing "$file"
    echo 'never here'
}

test_deferred_commands_run_backwards() {
    defer 'echo first >> ../order'
    defer 'echo second >> ../order'
    assert_equal '' "$(cat ../order 2> /dev/null || true)"
}

test_order_of_the_deferred() {
    assert_lines second first < ../order
}

test_slugs() {
    local -A cases=(['Hello, World!']=hello-world ['  a  b ']=a-b [ÄB]=b ['x--y']=x-y)
    local text
    for text in "${!cases[@]}"; do
        assert_equal "${cases[$text]}" "$(slug "$text")" "slug of ${text@Q}"
    done
    assert_match '^[a-z]+-[0-9]+$' "$(slug 'Nr 5')"
}

test_skipped() { skip 'no printer'; }

test_an_exit_is_a_failure_of_this_test_only() {
    cd /
    STACK=(leaks)
    exit 7
}

test_tests_do_not_see_each_other() {
    assert_equal 0 "${#STACK[@]}"
    assert_lines note < <(ls)
    assert_lines note missing < <(ls)
}

test_unset_variables_are_errors() {
    echo "$no_such_variable"
}

test::main
echo "status $?"
