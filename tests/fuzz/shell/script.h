/* script.h: runs a script of a fuzzer in a sandbox of its own, with tight limits.
 *
 * The script finds the fuzzer's bytes in the file `input`. Where it prints something that
 * begins with FUZZ_FOUND, or the run ends in any way but normally or at a limit, the
 * process aborts. */
#ifndef TESTS_FUZZ_SHELL_SCRIPT_H
#define TESTS_FUZZ_SHELL_SCRIPT_H

#include <stddef.h>
#include <stdint.h>

#define FUZZ_FOUND "FOUND: "

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

void fuzz_script(const char *script, const uint8_t *data, size_t size);

#endif
