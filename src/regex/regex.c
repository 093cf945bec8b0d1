/* regex.c: see regex.h. An expression is parsed at once and the rest is made when it is
 * first needed: most are used for one kind of search only. A search looks for a string
 * that every match contains; then the dfa tells whether there is a match, or where it
 * ends; a dfa for reading backwards tells where it begins; and groups are told last, over
 * the match alone. */
#include "regex/regex.h"

#include <errno.h>
#include <string.h>

#include "base/utf8.h"
#include "regex/back.h"
#include "regex/dfa.h"
#include "regex/facts.h"
#include "regex/nfa.h"
#include "regex/rparse.h"
#include "regex/rprog.h"
#include "regex/rtree.h"
#include "regex/seek.h"
#include "regex/trail.h"

enum {
    REGEX_STEPS = 12000000, // the default budget of a text with back-references
    REGEX_BYTE_STEPS = 32,  // and what each of its bytes adds
    REGEX_ITEMS = 25000000, // likewise of the dfas, for new states
    REGEX_BYTE_ITEMS = 64,
    REGEX_TRIES = 32,      // lines that a literal found, after which it is judged
    REGEX_TRY_BYTES = 640, // how far apart they must be to be worth it
};

struct regex {
    struct rmem mem;
    struct regex_options o;
    struct rtree tree;
    struct facts facts;
    struct seek seek; // for the literal
    unsigned literal; // the one of facts that is looked for; facts.count: none
    bool unsure;      // the dfa's answer is to be checked where there are wide characters
    struct rprog progs[3]; // by enum rprog_kind
    struct dfa dfas[3];    // by enum dfa_mode
    struct trail trail;
    struct back back;
    bool has_prog[3], has_dfa[3], has_trail, has_back;
    uint64_t steps, items;     // that are left for this text
    size_t tries, tried_bytes; // of lines that the literal found in vain
};

const char *regex_error_text(enum regex_error err)
{
    static const char *const texts[] = {
        [REGEX_OK] = "Success",
        [REGEX_ECOLLATE] = "Invalid collation character",
        [REGEX_ECTYPE] = "Invalid character class name",
        [REGEX_EESCAPE] = "Trailing backslash",
        [REGEX_ESUBREG] = "Invalid back reference",
        [REGEX_EBRACK] = "Unmatched [, [^, [:, [., or [=",
        [REGEX_EPAREN] = "Unmatched ( or \\(",
        [REGEX_EBRACE] = "Unmatched \\{",
        [REGEX_EBADBR] = "Invalid content of \\{\\}",
        [REGEX_ERANGE] = "Invalid range end",
        [REGEX_EBADRPT] = "Invalid preceding regular expression",
        [REGEX_ESIZE] = "Regular expression too big",
        [REGEX_ERPAREN] = "Unmatched ) or \\)",
        [REGEX_ECLASS] = "character class syntax is [[:space:]], not [:space:]",
        [REGEX_EBADPAT] = "Invalid regular expression",
        [REGEX_ESPACE] = "Memory exhausted",
    };
    return texts[err];
}

/* ---- Compiling -------------------------------------------------------------------- */

/* Puts conditions around the root: the whole text (grep -x), or words (-w). */
static void regex_wrap(struct rtree *t, unsigned flags)
{
    uint32_t parts[3] = {0, t->root, 0};
    if (flags & REGEX_WHOLE) {
        parts[0] = rtree_add_assertion(t, ASSERT_TEXT_START);
        parts[2] = rtree_add_assertion(t, ASSERT_TEXT_END);
    } else if (flags & REGEX_WORD) {
        parts[0] = rtree_add_assertion(t, ASSERT_NO_WORD_BEFORE);
        parts[2] = rtree_add_assertion(t, ASSERT_NO_WORD_AFTER);
    } else {
        return;
    }
    if (!t->mem->failed)
        t->root = rtree_add_list(t, RTREE_CONCAT, parts, 3);
}

static enum regex_error regex_parse(struct regex *re, const struct span *patterns,
                                    size_t count)
{
    struct rtree *t = &re->tree;
    uint32_t *roots = rmem_new(&re->mem, count * sizeof *roots);
    enum regex_error err = REGEX_OK;
    for (size_t i = 0; i < count && roots && !err; i++) {
        err = rparse_pattern(t, &re->o, patterns[i], &roots[i]);
        if (err && re->o.bad)
            *re->o.bad = i;
    }
    if (!err && !re->mem.failed) {
        t->root = count ? rtree_add_list(t, RTREE_ALT, roots, count)
                        : rtree_add(t, (struct rtree_node){.op = RTREE_NEVER});
        regex_wrap(t, re->o.flags);
    }
    rmem_free(&re->mem, roots, count * sizeof *roots);
    return re->mem.failed ? REGEX_ESPACE : err;
}

static int regex_need_prog(struct regex *re, enum rprog_kind kind)
{
    if (re->has_prog[kind])
        return 0;
    int err = rprog_build(&re->progs[kind], &re->tree, kind);
    if (err)
        rprog_fini(&re->progs[kind]);
    re->has_prog[kind] = !err;
    return err;
}

/* From now on looks for literal number i, or for none. */
static void regex_use_literal(struct regex *re, unsigned i)
{
    re->literal = i;
    re->tries = re->tried_bytes = 0;
    if (i < re->facts.count)
        seek_init(&re->seek, re->facts.literals[i].bytes, re->facts.literals[i].len,
                  re->tree.icase);
}

static bool regex_has_literal(const struct regex *re)
{
    return re->literal < re->facts.count;
}

/* Whether there is one that every match begins with. */
static bool regex_has_prefix(const struct regex *re)
{
    return regex_has_literal(re) && re->facts.literals[re->literal].prefix;
}

static enum regex_error regex_prepare(struct regex *re, const struct span *patterns,
                                      size_t count)
{
    enum regex_error err = regex_parse(re, patterns, count);
    if (!err)
        err = (enum regex_error)facts_find(&re->tree, &re->facts);
    if (!err) // so that what is too big is known now
        err = (enum regex_error)regex_need_prog(re, RPROG_FORWARD);
    if (err)
        return err;
    re->unsure = re->tree.utf8 && re->tree.assertions & ASSERT_WORDS;
    for (unsigned i = 0; i < re->facts.count && re->o.lines; i++)
        if (memchr(re->facts.literals[i].bytes, re->o.eol, re->facts.literals[i].len))
            re->facts.count = re->facts.exact = 0; // no line holds it
    regex_use_literal(re, 0);
    return REGEX_OK;
}

enum regex_error regex_compile_list(struct regex **result, const struct regex_options *o,
                                    const struct span *patterns, size_t count)
{
    struct rmem mem = {.alloc = o->alloc};
    struct regex *re = rmem_new(&mem, sizeof *re);
    if (!re)
        return REGEX_ESPACE;
    re->mem = mem;
    re->o = *o;
    if (!re->o.steps)
        re->o.steps = REGEX_STEPS;
    rtree_init(&re->tree, &re->mem);
    re->tree.icase = o->flags & REGEX_ICASE;
    re->tree.utf8 = o->flags & REGEX_UTF8;
    enum regex_error err =
        re->mem.failed ? REGEX_ESPACE : regex_prepare(re, patterns, count);
    if (err)
        regex_free(re);
    else
        *result = re;
    return err;
}

enum regex_error regex_compile(struct regex **re, const struct regex_options *o,
                               struct span pattern)
{
    return regex_compile_list(re, o, &pattern, 1);
}

void regex_free(struct regex *re)
{
    if (!re)
        return;
    for (int i = 0; i < 3; i++)
        dfa_fini(&re->dfas[i]);
    trail_fini(&re->trail);
    back_fini(&re->back);
    for (int i = 0; i < 3; i++)
        if (re->has_prog[i])
            rprog_fini(&re->progs[i]);
    rtree_fini(&re->tree);
    struct rmem mem = re->mem;
    rmem_free(&mem, re, sizeof *re);
}

size_t regex_groups(const struct regex *re) { return re->tree.groups; }
bool regex_has_backref(const struct regex *re) { return re->tree.backrefs; }

/* ---- What is made when needed ----------------------------------------------------- */

static struct dfa *regex_dfa(struct regex *re, enum dfa_mode mode)
{
    struct dfa *d = &re->dfas[mode];
    if (re->has_dfa[mode])
        return d;
    enum rprog_kind kind = mode == DFA_REVERSE ? RPROG_REVERSE : RPROG_FORWARD;
    if (regex_need_prog(re, kind))
        return NULL;
    int eol = re->o.lines && mode == DFA_EXISTS ? (unsigned char)re->o.eol : -1;
    if (dfa_init(d, &re->progs[kind], mode, eol, re->o.tick, &re->items)) {
        dfa_fini(d);
        return NULL;
    }
    re->has_dfa[mode] = true;
    return d;
}

static struct trail *regex_trail(struct regex *re)
{
    if (!re->has_trail) {
        if (regex_need_prog(re, RPROG_GROUPS) ||
            trail_init(&re->trail, &re->progs[RPROG_GROUPS]))
            return NULL;
        re->has_trail = true;
    }
    return &re->trail;
}

static struct back *regex_back(struct regex *re)
{
    if (!re->has_back) {
        if (regex_need_prog(re, RPROG_GROUPS) ||
            back_init(&re->back, &re->progs[RPROG_GROUPS], &re->progs[RPROG_FORWARD],
                      re->o.tick, &re->steps)) {
            back_fini(&re->back);
            re->back = (struct back){.p = NULL};
            return NULL;
        }
        re->has_back = true;
    }
    return &re->back;
}

/* ---- Searching -------------------------------------------------------------------- */

static bool regex_has_wide(struct span text)
{
    return utf8_ascii_run(text.ptr, text.len) < text.len;
}

/* Whether there is a match, as far as the dfa knows. */
static int regex_exists(struct regex *re, struct span text, size_t from, unsigned flags)
{
    struct dfa *d = regex_dfa(re, DFA_EXISTS);
    return d ? dfa_exists(d, text, from, flags) : -ENOMEM;
}

/* Whether there is one, for certain. */
static int regex_test(struct regex *re, struct span text, size_t from, unsigned flags)
{
    struct regex_span match;
    int found = regex_exists(re, text, from, flags);
    if (found <= 0)
        return found;
    if (re->tree.backrefs) {
        struct back *b = regex_back(re);
        return b ? back_search(b, text, from, flags, &match, 1) : -ENOMEM;
    }
    if (re->unsure && regex_has_wide(text))
        return nfa_search(&re->progs[RPROG_FORWARD], re->o.tick, text, from, flags,
                          &match);
    return found;
}

/* The match's bounds by the two dfas. */
static int regex_bounds(struct regex *re, struct span text, size_t from, unsigned flags,
                        struct regex_span *match)
{
    struct dfa *d = regex_dfa(re, DFA_LONGEST);
    int found = d ? dfa_longest(d, text, from, flags, &match->end) : -ENOMEM;
    if (found <= 0)
        return found;
    if (re->unsure && regex_has_wide(text))
        return nfa_search(&re->progs[RPROG_FORWARD], re->o.tick, text, from, flags,
                          match);
    if (flags & REGEX_ANCHORED) {
        match->start = from;
    } else if (re->facts.min == re->facts.max) {
        match->start = match->end - re->facts.min;
    } else {
        d = regex_dfa(re, DFA_REVERSE);
        found =
            d ? dfa_reverse(d, text, from, match->end, flags, &match->start) : -ENOMEM;
    }
    return found;
}

static int regex_find_groups(struct regex *re, struct span text, unsigned flags,
                             struct regex_span *spans, size_t count)
{
    struct trail *trail = regex_trail(re);
    if (!trail)
        return -ENOMEM;
    if (trail_fits(trail, spans[0].end - spans[0].start))
        return trail_groups(trail, text, flags, spans, count);
    return nfa_groups(&re->progs[RPROG_GROUPS], re->o.tick, text, flags, spans, count);
}

/* Looks for the literal. false: there is no match; else *from may be moved up to where
 * one may begin. */
static bool regex_seek(const struct regex *re, struct span text, size_t *from,
                       unsigned flags)
{
    if (!regex_has_literal(re))
        return true;
    if (flags & REGEX_ANCHORED)
        return text.len - *from >= re->facts.min;
    const char *found = seek_find(&re->seek, span_from(text, *from));
    if (found && regex_has_prefix(re))
        *from = (size_t)(found - text.ptr);
    return found != NULL;
}

/* Searches of the same text, one behind the other, share a budget. */
static void regex_new_text(struct regex *re, size_t len)
{
    re->steps = re->o.steps + (uint64_t)len * REGEX_BYTE_STEPS;
    re->items = REGEX_ITEMS + (uint64_t)len * REGEX_BYTE_ITEMS;
}

int regex_search(struct regex *re, struct span text, size_t from, unsigned flags,
                 struct regex_span *spans, size_t count)
{
    ASSERT(from <= text.len);
    if (!from)
        regex_new_text(re, text.len);
    if (!regex_seek(re, text, &from, flags))
        return 0;
    if (!count)
        return re->facts.exact && !(flags & REGEX_ANCHORED)
                   ? 1
                   : regex_test(re, text, from, flags);
    if (re->tree.backrefs) {
        int found = regex_exists(re, text, from, flags);
        struct back *b = found > 0 ? regex_back(re) : NULL;
        if (found > 0)
            found = b ? back_search(b, text, from, flags, spans, count) : -ENOMEM;
        return found;
    }
    int found = 1;
    if (re->facts.exact && !(flags & REGEX_ANCHORED))
        spans[0] = (struct regex_span){from, from + re->facts.literals[0].len};
    else
        found = regex_bounds(re, text, from, flags, &spans[0]);
    if (found <= 0 || count == 1)
        return found;
    if (re->tree.groups)
        return regex_find_groups(re, text, flags, spans, count);
    for (size_t i = 1; i < count; i++)
        spans[i] = (struct regex_span){REGEX_NONE, REGEX_NONE};
    return 1;
}

/* ---- Lines ------------------------------------------------------------------------ */

/* Whether the literal was found so often that looking for it is no gain. */
static bool regex_is_in_vain(const struct regex *re)
{
    return re->tries >= REGEX_TRIES && re->tried_bytes < re->tries * REGEX_TRY_BYTES;
}

static void regex_line_at(const struct regex *re, struct span block, size_t from,
                          size_t at, struct regex_span *line)
{
    const char *begin = memrchr(block.ptr + from, re->o.eol, at - from);
    const char *end = memchr(block.ptr + at, re->o.eol, block.len - at);
    line->start = begin ? (size_t)(begin + 1 - block.ptr) : from;
    line->end = end ? (size_t)(end - block.ptr) : block.len;
}

/* Whether a match begins at `at` of a line that ends at end; or, after some tries in that
 * line, at `at` or later (so that time stays linear). */
static int regex_try_at(struct regex *re, struct span block, size_t at, size_t end,
                        unsigned tries)
{
    enum { TRIES = 4 };
    struct dfa *d = regex_dfa(re, DFA_EXISTS);
    unsigned flags = tries < TRIES ? REGEX_ANCHORED : 0;
    return d ? dfa_exists(d, span_make(block.ptr, end), at, flags) : -ENOMEM;
}

/* Lines by their literal, where all matches begin with it. Results as
 * regex_lines_by_seek. */
static int regex_lines_by_prefix(struct regex *re, struct span block, size_t *from,
                                 struct regex_span *line)
{
    size_t at = *from, end = 0;
    unsigned tries = 0; // in the line that ends at end
    while (at < block.len) {
        const char *found = seek_find(&re->seek, span_from(block, at));
        if (!found)
            return 0;
        at = (size_t)(found - block.ptr);
        if (at >= end) {
            const char *eol = memchr(found, re->o.eol, block.len - at);
            end = eol ? (size_t)(eol - block.ptr) : block.len;
            tries = 0;
        }
        int result = regex_try_at(re, block, at, end, tries++);
        if (result < 0)
            return result;
        if (result) {
            const char *begin = memrchr(block.ptr, re->o.eol, at);
            line->start = begin ? (size_t)(begin + 1 - block.ptr) : 0;
            line->end = end;
            return 1;
        }
        at = tries > 4 ? end : at + 1;
    }
    return 0;
}

/* Whether a match is wherever the dfa, begun at a prefix, says so. */
static bool regex_trusts_prefix(const struct regex *re)
{
    return regex_has_prefix(re) && !re->facts.exact && !re->unsure && !re->tree.backrefs;
}

/* Lines by their literal. 1, 0, -errno; 2: the literal was found too often in vain and
 * is given up, *from is where to go on. */
static int regex_lines_by_seek(struct regex *re, struct span block, size_t *from,
                               struct regex_span *line)
{
    if (regex_trusts_prefix(re)) // each try costs little
        return regex_lines_by_prefix(re, block, from, line);
    while (*from < block.len) {
        const char *found = seek_find(&re->seek, span_from(block, *from));
        if (!found)
            return 0;
        regex_line_at(re, block, *from, (size_t)(found - block.ptr), line);
        if (re->facts.exact)
            return 1;
        struct span text = span_make(block.ptr + line->start, line->end - line->start);
        size_t at = regex_has_prefix(re) ? (size_t)(found - text.ptr) : 0;
        int result = regex_test(re, text, at, 0);
        if (result)
            return result;
        re->tries++;
        re->tried_bytes += line->end + 1 - *from;
        *from = line->end + 1;
        if (regex_is_in_vain(re)) {
            regex_use_literal(re, re->literal + 1);
            return 2;
        }
    }
    return 0;
}

static int regex_lines_by_dfa(struct regex *re, struct span block, size_t from,
                              struct regex_span *line)
{
    struct dfa *d = regex_dfa(re, DFA_EXISTS);
    if (!d)
        return -ENOMEM;
    while (from < block.len) {
        size_t at;
        int found = dfa_find_line(d, block, from, &at);
        if (found <= 0)
            return found;
        regex_line_at(re, block, from, at, line);
        struct span text = span_make(block.ptr + line->start, line->end - line->start);
        if (!re->tree.backrefs && !(re->unsure && regex_has_wide(text)))
            return 1;
        found = regex_test(re, text, 0, 0);
        if (found)
            return found;
        from = line->end + 1;
    }
    return 0;
}

static int regex_find_line(struct regex *re, struct span block, size_t from,
                           struct regex_span *line)
{
    while (regex_has_literal(re)) {
        int found = regex_lines_by_seek(re, block, &from, line);
        if (found != 2)
            return found;
    }
    return regex_lines_by_dfa(re, block, from, line);
}

int regex_search_lines(struct regex *re, struct span block, size_t from,
                       struct regex_span *result)
{
    ASSERT(re->o.lines);
    struct regex_span line;
    regex_new_text(re, block.len);
    int found = regex_find_line(re, block, from, &line);
    if (found > 0)
        *result = line;
    return found;
}
