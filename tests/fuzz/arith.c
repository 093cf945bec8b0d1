/* arith.c: fuzzes arithmetic: a text as the value of a variable, as the argument of let,
 * and in a subscript. What has a value has the same one each time, if nothing is assigned
 * to. */
#include "tests/fuzz/shell/script.h"

static const char arith_script[] =
    "IFS= read -rd '' text < input; a=(1 2 3) i=5; declare -A m=([k]=7)\n"
    "case $text in *[=\\$\\`]* | *++* | *--* | *RANDOM* | *SECONDS* | *EPOCH*) plain= ;; *) plain=1 ;; esac\n"
    "one=$((text)) && two=$((text)) || exit 0\n"
    "[[ ! $plain || $one == \"$two\" ]] || echo \"FOUND: $text: $one, then $two\"\n"
    "(let \"$text\"; : ${a[text]}; ((m[$text]++)); declare -i n; n=$text; : ${i:text}) 2> /dev/null\n";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_script(arith_script, data, size);
    return 0;
}
