/* parse.c: fuzzes the lexer, the parser and the printer of the shell: a text is parsed as
 * the body of a function, printed, and what was printed is parsed again: it must be the
 * same function. */
#include "tests/fuzz/shell/script.h"

static const char parse_script[] =
    "shopt -s extglob; IFS= read -rd '' text < input\n"
    "[[ $text == *coproc* ]] && exit 0 # bash prints the name of one that has none\n"
    // bash prints a redirection behind the words, so that a reserved word behind it gets
    // first
    "[[ $text =~ [\\<\\>][\\&\\|]?[[:blank:]]*[^[:space:]]+[[:blank:]]+([]{}!]|\\[\\[|"
    "then|do|fi|if|case|esac|time|for|while|until|select|else|elif|function|in) ]] && exit 0\n"
    "eval \"f() {\n$text\n}\" > /dev/null 2>&1 || exit 0\n"
    "[[ $(declare -F) == 'declare -f f' ]] || exit 0 # the text ended the function\n"
    "one=$(declare -f f); unset -f f\n"
    "eval \"$one\" 2> errors || { echo \"FOUND: $one: $(<errors)\"; exit 1; }\n"
    "two=$(declare -f f)\n"
    "[[ $one == \"$two\" ]] || echo \"FOUND: $one\nand then: $two\"\n";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_script(parse_script, data, size);
    return 0;
}
