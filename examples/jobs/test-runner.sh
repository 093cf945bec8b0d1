#!/usr/bin/env bash
# A parallel test runner.
#
# Every function named test_* is a test. Each runs in a job of its own, in an empty folder
# of its own, with its output caught; a test fails by a non-zero status, skips by status 77,
# and is ended when it takes too long. The report comes in the order of names however the
# tests ended. Status 1 if any failed.
set -u

readonly parallel=4 limit_s=1 skip_status=77
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# --- what tests may use

fail() {
    echo "$*"
    exit 1
}

assert_equal() {
    [[ $1 == "$2" ]] || fail "expected '$1', got '$2'"
}

skip() {
    echo "$*"
    exit "$skip_status"
}

# --- the tests

test_arithmetic() { assert_equal 42 $((6 * 7)); }
test_empty_folder() { assert_equal '' "$(ls -A)"; }
test_files_are_private() { echo mine >state && assert_equal mine "$(cat state)"; }
test_files_are_private_too() { [[ ! -e state ]] || fail "found the state of another test"; }
test_globals_are_private() { work=changed && assert_equal changed "$work"; }
test_hangs() { echo "before the long sleep" && sleep 60; }
test_ignores_term() { trap '' TERM && sleep 60; }
test_needs_printer() { [[ -e /dev/printer ]] || skip "no printer"; }
test_pipeline() { assert_equal 3 "$(printf 'a\nb\nc\n' | wc -l)"; }
test_sorted() { assert_equal $'1\n2\n10' "$(printf '%s\n' 10 2 1 | sort -n)"; }
test_status_of_pipeline() { set -o pipefail && false | true; }
test_wrong_sum() { assert_equal 5 $((2 + 2)); }

# --- the runner

# end_with_children SIGNAL PID
end_with_children() {
    pkill "-$1" -P "$2"
    kill "-$1" "$2"
}

# run_test NAME: runs one test with its time limit; its status, 124 if the time was over.
run_test() (
    mkdir "$work/$1.d" && cd "$work/$1.d" || exit 1
    "$1" &
    test=$!
    { sleep "$limit_s" && echo >"$work/$1.late" && end_with_children KILL "$test"; } &
    watch=$!
    wait "$test"
    status=$?
    end_with_children TERM "$watch"
    [[ ! -e $work/$1.late ]] || status=124
    exit "$status"
) 2>/dev/null # bash tells of every job that is killed

# start NAME: runs a test in the background, its output and status into files.
start() {
    {
        run_test "$1" >"$work/$1.out"
        echo $? >"$work/$1.status"
    } &
}

run_all() {
    local running=0 name
    for name; do
        if ((running == parallel)); then
            wait -n
            running=$((running - 1))
        fi
        start "$name"
        running=$((running + 1))
    done
    wait
}

report() {
    local name status number=0 passed=0 failed=0 skipped=0 line
    echo "1..$#"
    for name; do
        number=$((number + 1))
        read -r status <"$work/$name.status"
        case $status in
            0) passed=$((passed + 1)) && echo "ok $number - ${name#test_}" ;;
            "$skip_status")
                skipped=$((skipped + 1))
                echo "ok $number - ${name#test_} # skip $(<"$work/$name.out")"
                continue ;;
            124) failed=$((failed + 1)) && echo "not ok $number - ${name#test_} # out of time" ;;
            *) failed=$((failed + 1)) && echo "not ok $number - ${name#test_} # status $status" ;;
        esac
        while IFS= read -r line; do echo "  | $line"; done <"$work/$name.out"
    done
    echo "# $passed passed, $failed failed, $skipped skipped"
    ((failed == 0))
}

tests=()
while read -r _ _ name; do
    [[ $name != test_* ]] || tests+=("$name")
done < <(declare -F)
run_all "${tests[@]}"
report "${tests[@]}"
