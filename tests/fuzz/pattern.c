/* pattern.c: fuzzes patterns: the first line of the input is one, the second a text. The
 * forms that use patterns must agree on whether it matches. */
#include "tests/fuzz/shell/script.h"

static const char pattern_script[] =
    "{ IFS= read -r p; IFS= read -r t; } < input\n"
    "check() {\n"
    "    local m=; [[ $t == $p ]] && m=1\n"
    "    case $t in $p) [[ $m ]] ;; *) [[ ! $m ]] ;; esac || echo \"FOUND: case: $p: $t\"\n"
    "    if [[ $m && $t && $1 ]]; then\n"
    "        [[ ${t##$p} || ${t%%$p} ]] && echo \"FOUND: cut: $p: $t\"\n"
    "        [[ ${t/#$p} ]] && echo \"FOUND: replace: $p: $t\"\n"
    "    fi\n"
    "    : \"${t//$p/-}\" \"${t#$p}\" \"${t%$p}\" \"${t/%$p/x}\" \"${t^^$p}\" \"${t~$p}\"\n"
    "}\n"
    "shopt -s extglob; check cuts\n"
    "LC_ALL=C; check cuts; shopt -s nocasematch; check # which ${t##p} does not heed\n"
    "mkdir -p \"./$t\" 2> /dev/null; touch ab .c; shopt -s globstar; IFS=; : $p\n";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_script(pattern_script, data, size);
    return 0;
}
