/* exported.c: functions in the environment, as "BASH_FUNC_name%%=() {...}". */
#include <string.h>

#include "base/buf.h"
#include "shell/scratch.h"
#include "shell/syntax/parse.h"
#include "shell/syntax/print.h"
#include "shell/vars/functions.h"
#include "shell/vars/state.h"
#include "sys.h"

#define EXPORTED_PREFIX "BASH_FUNC_"
#define EXPORTED_SUFFIX "%%=() {"

bool exported_is_function(const char *entry)
{
    return str_starts(entry, EXPORTED_PREFIX) && strstr(entry, EXPORTED_SUFFIX);
}

/* The definition alone, or NULL: an entry may hold nothing else. */
static const struct node *exported_definition(const struct script *script)
{
    const struct node *node = script->root;
    return node && node->kind == NODE_FUNCTION && !node->redirects ? node : NULL;
}

void exported_import(struct shell *sh, const char *entry)
{
    const char *name = entry + strlen(EXPORTED_PREFIX);
    const char *suffix = strstr(name, EXPORTED_SUFFIX);
    struct buf text = buf_make(sys_heap());
    struct parse_hooks hooks = {.ctx = sh};
    struct script *script;
    buf_add(&text, name, (size_t)(suffix - name));
    buf_add_char(&text, ' ');
    buf_add_str(&text, suffix + strlen("%%="));
    struct parser *parser = parse_new(buf_span(&text), 0, &hooks);
    bool defined = false;
    if (parse_next(parser, &script) == PARSE_OK) {
        shell_push_script(sh, script);
        const struct node *node = exported_definition(script);
        struct script *more = NULL;
        if (node && parse_next(parser, &more) != PARSE_END) {
            shell_error(sh, "%.*s: ignoring function definition attempt",
                        (int)(suffix - name), name);
            script_put(more);
            node = NULL;
        }
        if (node) {
            struct function f = {node, script, "environment", (int)node->line,
                                 FUNCTION_EXPORT};
            int refused = function_set(sh, node->function.name, &f);
            ASSERT(!refused); // there are no readonly functions yet
            (void)refused;
            defined = true;
        }
        shell_pop_script(sh);
    }
    if (!defined)
        shell_error(sh, "error importing function definition for `%.*s'",
                    (int)(suffix - name), name);
    parse_free(parser);
    buf_fini(&text);
}

struct span exported_text(struct shell *sh, unsigned id)
{
    const struct function *f = function_find(sh, id);
    struct buf printed = buf_make(sys_heap());
    struct scratch_text t = scratch_text_make(sh->scratch);
    const char *name = sys_interned(id);
    print_function(&printed, f->body);
    size_t brace = span_find(buf_span(&printed), '{');
    struct span body = span_from(buf_span(&printed), brace);
    scratch_text_add(&t, EXPORTED_PREFIX, strlen(EXPORTED_PREFIX));
    scratch_text_add(&t, name, strlen(name));
    scratch_text_add(&t, "%%=() ", strlen("%%=() "));
    // "{ \n    cmd": bash writes the first command behind the brace
    size_t skip = 1;
    while (skip < body.len && char_is_space((unsigned char)body.ptr[skip]))
        skip++;
    scratch_text_add(&t, "{  ", 3);
    scratch_text_add_span(&t, span_from(body, skip));
    buf_fini(&printed);
    return scratch_text_end(&t);
}
