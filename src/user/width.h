/* width.h: how wide characters are on a terminal, as the C library's wcwidth in
 * C.UTF-8. */
#ifndef USER_WIDTH_H
#define USER_WIDTH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* 0, 1 or 2 columns; -1: not printable. */
int width_of(uint32_t c);

bool width_is_print(uint32_t c);
bool width_is_space(uint32_t c); // iswspace: without the spaces that do not break

#endif
