/* table.h: every command of src/cmd, for the one who registers them with a kernel.
 *
 * The table is made at build time by tools/make-cmd-table from all definitions
 * `const struct cmd cmd_NAME_entry` in src/cmd.
 * Must not know: any single command. */
#ifndef CMD_TABLE_H
#define CMD_TABLE_H

#include <stddef.h>

struct cmd; // user/cmd.h

/* Sorted bytewise by name; cmd_table_count entries, then a NULL. */
extern const struct cmd *const cmd_table[];
extern const size_t cmd_table_count;

#endif
