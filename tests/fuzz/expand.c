/* expand.c: fuzzes expansions: a text as words, in double quotes, as a prompt and as the
 * value of the operators; what @Q quotes must be read back as it was. */
#include "tests/fuzz/shell/script.h"

static const char expand_script[] =
    "IFS= read -rd '' text < input; a=(1 'x y' z) x=abc; declare -A m=([k]=v); set -- 1 '2 3'\n"
    "eval \"y=${text@Q}\"; [[ $y == \"$text\" ]] || { echo \"FOUND: ${text@Q}\"; exit; }\n"
    "printf -v q %q \"$text\"; eval \"y=$q\"; [[ $y == \"$text\" ]] || { echo \"FOUND: $q\"; exit; }\n"
    "{\n"
    "    : \"${text@P}\" \"${text@E}\" \"${text@U}\" \"${text^}\" \"${#text}\" $text \"${text@K}\"\n"
    "    (eval \"set -- $text\"); (eval \": \\\"$text\\\"\"); (eval \": \\${$text}\"); (eval \": <<E\n$text\nE\n\")\n"
    "    (printf \"$text\" 1 a); (IFS=$text; : $* \"$*\" ${a[*]}); (eval \"b=($text)\")\n"
    "} > /dev/null 2>&1\n";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_script(expand_script, data, size);
    return 0;
}
