/* arith_skip.c: what an operator does not evaluate: 0 && x, 1 || x, 1 ? 2 : x.
 *
 * Bash reads it and computes on, with 0 for names, so that it finds syntax errors and
 * exponents below 0 there, but divides by nothing. */
#include "shell/expand/arith_run.h"
#include "sys.h"

static bool arith_skip_node(struct arith_run *r, const struct arith_node *n,
                            int64_t *out);

static int64_t arith_skip_value(const struct arith_run *r, const struct arith_node *n,
                                int64_t a, int64_t b)
{
    switch (n->op) {
    case ARITH_NUMBER: return n->value;
    case ARITH_PARAM: return r->params[n->value];
    case ARITH_PRE_INC: return (int64_t)((uint64_t)a + 1);
    case ARITH_PRE_DEC: return (int64_t)((uint64_t)a - 1);
    case ARITH_NEGATE: return (int64_t)(0 - (uint64_t)a);
    case ARITH_PLUS: return a;
    case ARITH_NOT: return !a;
    case ARITH_INVERT: return ~a;
    case ARITH_ADD: return (int64_t)((uint64_t)a + (uint64_t)b);
    case ARITH_SUB: return (int64_t)((uint64_t)a - (uint64_t)b);
    case ARITH_MUL: return (int64_t)((uint64_t)a * (uint64_t)b);
    case ARITH_POWER: return arith_power(a, b);
    case ARITH_COMMA: return b;
    default: return 0;
    }
}

static bool arith_skip_operand(struct arith_run *r, const struct arith_node *n,
                               int64_t *out)
{
    *out = 0;
    if (!n)
        return true;
    sys_nest_enter();
    bool good = arith_skip_node(r, n, out);
    sys_nest_leave();
    return good;
}

static bool arith_skip_node(struct arith_run *r, const struct arith_node *n, int64_t *out)
{
    int64_t a, b, c;
    if (n->op == ARITH_ERROR)
        return arith_fail(r, n, n->error->what);
    if (!arith_skip_operand(r, n->left, &a) || !arith_skip_operand(r, n->right, &b) ||
        !arith_skip_operand(r, n->third, &c))
        return false;
    if (n->op == ARITH_POWER && b < 0)
        return arith_fail(r, n, "exponent less than 0");
    *out = arith_skip_value(r, n, a, b);
    return true;
}

bool arith_skip_slow(struct arith_run *r, const struct arith_node *n)
{
    int64_t value;
    return arith_skip_operand(r, n, &value);
}
