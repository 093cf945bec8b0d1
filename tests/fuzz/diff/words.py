"""words.py: the grammar of words: quoting, expansions, patterns, arithmetic, conditions.

Every method gives text of a script. Must not know: statements, how scripts are run.
"""
from choices import drawn

SCALARS = ("a", "b", "c", "x", "y", "un")
ARRAYS = ("arr", "q")
MAPS = ("m",)
KEYS = ("k", "k 2", "a", "0", "*")
TEXTS = ("", "a", "b", "ab", "foo", "bar", "hello", "Hello", "x1", "12", "7", "-3", "010", "0", "a.b",
         "a:b:c", "a,b", "/usr/lib/x.tar.gz", "foo.c", "-n", "-", "--", "é", "ÀÉß", "日本", "A_B", "~", "%s",
         "&", "x=y", "1 2", "z" * 9)
SPACED = ("foo bar", " lead", "trail ", "a  b", "one two three", "a\tb", "x\ny", "* ?", "[ab]*", "it's",
          'say "x"', "back\\slash", "$a", "`x`", "!", "#no", "a;b", "(p)", "<in>", "{a,b}", "~/x", "  ",
          ":a::b:", " a : b ", "c\n\nd\n")
CLASSES = ("[ab]", "[!a]", "[^o]", "[a-m]", "[[:alpha:]]", "[[:digit:]]", "[[:space:]]", "[[:upper:]]", "[]x]",
           "[a-]", "[é]", "[[:alnum:]_]", "[", "[a", "[[:nope:]]", "[!]", "[\\]]")
OPERATORS = ("+", "-", "*", "/", "%", "**", "<<", ">>", "<", "<=", ">", ">=", "==", "!=", "&", "|", "^", "&&", "||",
             ",")
ASSIGNS = ("=", "+=", "-=", "*=", "/=", "%=", "<<=", ">>=", "&=", "|=", "^=")


class Words:
    def __init__(self, rng):
        self.rng = rng
        self.depth = 0
        self.extglob = True

    def chance(self, p):
        return self.rng.chance(p)

    def pick(self, *choices):
        """The text of one of several (weight, function or text) pairs."""
        at = self.rng.below(round(100 * sum(weight for weight, _ in choices)))
        for weight, choice in choices:
            at -= round(100 * weight)
            if at < 0:
                break
        return self.rng.span("", choice) if callable(choice) else choice

    def nested(self, inner, otherwise):
        """inner() one level deeper, or otherwise() where it is deep enough."""
        if self.depth >= 3:
            return otherwise()
        self.depth += 1
        text = inner()
        self.depth -= 1
        return text

    # Plain and quoted text.

    def text(self):
        return self.rng.choice(TEXTS if self.chance(.6) else SPACED)

    def single(self, text=None):
        text = self.text() if text is None else text
        return "'" + text.replace("'", "'\\''") + "'"

    def dollar_single(self):
        parts = self.rng.repeat(0, 4, lambda: self.rng.choice((
            "a", "b c", "\\t", "\\n", "\\\\", "\\'", "\\x41", "\\101", "\\u00e9", "\\cA", "\\e", "\\q", "\\x4", "\\\"", "é")))
        return "$'" + "".join(parts) + "'"

    @drawn
    def double(self):
        parts = self.rng.repeat(1, 4, lambda: self.pick(
            (3, lambda: self.rng.choice(TEXTS).replace("`", "")), (1, " "), (5, self.dollar),
            (1, lambda: self.rng.choice(("\\$", "\\\"", "\\\\", "\\`", "\\x", "'", "\\\n", "*", "?", "!", "~", "{a,b}")))))
        return '"' + "".join(parts) + '"'

    def bare(self):
        return self.rng.choice(("a", "b", "foo", "ab", "12", "x.y", "a:b", "--", "-x", "é", "x\\ y", "\\*", "\\\\", "a=b",
                                "\\'", "a#b", "%", "+", "A", "0x1f", "/tmp"))

    @drawn
    def word(self):
        text = (self.part() if self.chance(.25) else "") + self.part()
        return text or "''"

    def part(self):
        return self.pick((3, self.bare), (2, self.single), (4, self.double), (4, self.dollar), (1, self.dollar_single),
                         (1, self.brace), (.7, self.glob), (.3, self.tilde))

    def words(self, most=4):
        return " ".join(self.rng.repeat(0, most + 1, self.word))

    def brace(self):
        return self.rng.choice(("{a,b}", "{1..3}", "x{a,,b}y", "{3..1}", "{01..3}", "{a..e..2}", "{1..10..4}", "{-1..1}",
                                "{a,b}{1,2}", "{a,{b,c}}", "{a}", "{}", "{a,b", "{1..a}", "{$a,b}", "\\{a,b}", "{a,'b c'}",
                                "{5..-5..-3}", "${a}{b,c}", "{a..c}$x", "{1..3..0}"))

    def glob(self):
        return self.rng.choice(("*", "?", "*.c", "[ab]*", "f?", "*/", "d/*", "*[!c]", "no*", ".*", "d*/*", "**", 
                                "\\*", "'*'", "[", "f[12]"))

    def tilde(self):
        return self.rng.choice(("~", "~/x", "~+", "~-", "~nobody_there", "a=~", "a:~"))

    # Expansions.

    @drawn
    def dollar(self):
        return self.nested(self.expansion, lambda: "$" + self.rng.choice(SCALARS))

    def expansion(self):
        return self.pick((3, lambda: "$" + self.rng.choice(SCALARS)), (9, self.braced), (2, self.special),
                         (2, lambda: f"$(({self.arith()}))"), (1.5, self.substitution))

    def special(self):
        return self.rng.choice(("$@", "$*", "$#", "$?", "$1", "$2", "${@:2}", "${*:1:1}", "${#@}", "${@: -1}", "$-", "${10}",
                                "${!#}", "${@#a}", "${*/a/b}", "${@^}", "${@@Q}", "${*@A}", "${#1}", "${1:-v}", "${@:0:0}"))

    def substitution(self):
        command = self.rng.choice(("echo hi", "echo $a", 'printf "%s\\n" "$@"', "printf 'a\\n\\n'", "false", ":", 'echo "$x" b',
                                   "exit 3", "echo 'q)'", "printf '%s,' $x", "cat <<< $b"))
        return f"$({command})" if self.chance(.85) else f"`{command}`"

    def name(self):
        """What may stand within ${}: a variable, an element, all of an array."""
        return self.pick((8, lambda: self.rng.choice(SCALARS)), (2, lambda: f"{self.rng.choice(ARRAYS)}[{self.index()}]"),
                         (2.5, lambda: f"{self.rng.choice(ARRAYS)}[{self.rng.choice('@*')}]"),
                         (1, lambda: f"{self.rng.choice(MAPS)}[{self.key()}]"), (.5, lambda: self.rng.choice(ARRAYS)),
                         (.5, "m[@]"))

    def index(self):
        return self.pick((9, lambda: self.rng.choice(("0", "1", "2", "-1", "i", "7", "1+1", "n", "$i", "i++", "${n}-1"))),
                         (.3, lambda: self.rng.choice(("x", "$b", "-9", "'1'", '"1"', "\\*", ""))))

    def key(self):
        return self.rng.choice(("k", "k 2", "'k 2'", '"a"', "$a", "0", "nokey", "\\*", "a b"))

    def braced(self):
        return "${" + self.pick(
            (1, self.name), (1, lambda: "#" + self.name()), (4, lambda: self.name() + self.default()),
            (3, lambda: self.name() + self.rng.choice(("#", "##", "%", "%%")) + self.pattern()),
            (3, lambda: self.name() + self.replace()), (3, lambda: self.name() + self.slice()),
            (2, lambda: self.name() + self.rng.choice(("^", "^^", ",", ",,", "~", "~~")) + self.pick((3, ""), (1, self.pattern))),
            (2, lambda: self.name() + "@" + self.rng.choice("QEPAaUuLKk")),
            (1, lambda: "!" + self.rng.choice(("a", "b", "x", "arr[@]", "arr[*]", "m[@]", "ar*", "ar@", "y", "un", "ref", "1",
                                               "x:-v", "y#a", "q[0]", "name", "name", "name:1", "name^"))) ) + "}"

    def default(self):
        operator = self.rng.choice((":-", "-", ":=", "=", ":+", "+", ":+", ":-") + ((":?", "?") if self.chance(.1) else ()))
        return operator + self.operand()

    def operand(self):
        """The word of ${a:-word}: may hold spaces and quotes of its own."""
        return self.nested(lambda: self.pick((2, ""), (3, self.bare), (1, "a b"), (1, self.single), (2, self.double),
                                             (3, self.dollar), (1, lambda: self.bare() + " " + self.dollar())),
                           lambda: "v")

    def replace(self):
        rep = self.pick((2, ""), (2, self.bare), (1, "&"), (1, "[&]"), (1, "\\&"), (1, self.dollar), (.5, self.double),
                        (.5, "\\/"))
        return self.rng.choice(("/", "//", "/#", "/%")) + self.pattern() + self.pick((9, "/" + rep), (1, ""))

    def slice(self):
        bounds = ("0", "1", "2", " -1", " -2", "99", "1+1", "n", "$i", " (-1)", "i++", "0", "1", "2", "3")
        if self.chance(.05):
            bounds = ("", "-1", "x", "$b", "un", "$un")
        return ":" + self.rng.choice(bounds) + (":" + self.rng.choice(bounds) if self.chance(.6) else "")

    # Patterns.

    @drawn
    def pattern(self):
        return "".join(self.rng.repeat(1, 4, self.pattern_part))

    def pattern_part(self):
        return self.pick((4, lambda: self.rng.choice(("a", "b", "o", "l", ".", "x", "\\*", "\\\\", "é", ":", " "))),
                         (3, "*"), (2, "?"), (2, lambda: self.rng.choice(CLASSES)),
                         (1, lambda: self.rng.choice(("'*'", '"?"', "$a", '"$x"', "$'\\t'", "'a b'"))),
                         (1 if self.extglob else 0, lambda: self.nested(self.extended, lambda: "a")))

    def extended(self):
        branches = "|".join(self.rng.repeat(1, 3, self.pattern))
        return f"{self.rng.choice('?*+@!')}({branches})"

    def case_pattern(self):
        """A pattern that a case may have: no blanks outside quotes."""
        return self.pattern().replace(" ", "") or "*"

    # Arithmetic.

    def number(self):
        return self.rng.choice(("0", "1", "2", "3", "7", "10", "010", "0x1f", "2#101", "36#z", "64#_", "-1", 
                                "9223372036854775807", "1000000", "4294967296"))

    @drawn
    def arith(self):
        return self.nested(self.arith_term, self.arith_leaf)

    def arith_leaf(self):
        return self.pick((3, self.number), (4, lambda: self.rng.choice(("i", "n", "j", "un"))),
                         (.2, lambda: self.rng.choice(("a", "b", "x", "c", "$a", "$x"))), (1, lambda: self.rng.choice(("$i", "$n", "$#", "$((n))"))), (1, lambda: f"arr[{self.index()}]"),
                         (.5, lambda: "${#x}"), (.2, "m[k]"))

    def arith_term(self):
        space = self.rng.choice(("", " "))
        return self.pick(
            (3, self.arith_leaf),
            (5, lambda: self.arith() + space + self.rng.choice(OPERATORS) + space + self.arith()),
            (1, lambda: "(" + self.arith() + ")"), (1, lambda: self.rng.choice(("-", "+", "!", "~")) + self.arith()),
            (1, lambda: f"{self.arith()} ? {self.arith()} : {self.arith()}"),
            (1, lambda: self.rng.choice(("i++", "i--", "++i", "--i", "n++", "arr[0]++", "++arr[1]"))),
            (1, lambda: "(" + self.rng.choice(("i", "j", "arr[1]", "n")) + self.rng.choice(ASSIGNS) + self.arith() + ")"),
            (.03, lambda: self.rng.choice(("1 +", "* 2", "(1", "1)", "1 2", "a b", "5=3", "1.5", "a@", "", "x[", "2#3", "1++"))))

    # Conditions of [[ ]] and test.

    @drawn
    def condition(self):
        return self.nested(self.compound, self.comparison)

    def compound(self):
        return self.pick((4, self.comparison), (1, lambda: f"{self.condition()} && {self.condition()}"),
                         (1, lambda: f"{self.condition()} || {self.condition()}"), (1, lambda: f"( {self.condition()} )"),
                         (1, lambda: f"! {self.condition()}"))

    def comparison(self):
        r = self.rng
        return self.pick(
            (3, lambda: f"{self.word()} {r.choice(('==', '=', '!='))} {self.case_pattern()}"),
            (2, lambda: f"{self.word()} =~ {self.regex()}"),
            (2, lambda: f"{self.dollar()} {r.choice(('-eq', '-ne', '-lt', '-le', '-gt', '-ge'))} {self.arith_leaf()}"),
            (1, lambda: f"{self.word()} {r.choice('<>')} {self.word()}"),
            (1, lambda: f"{r.choice(('-n', '-z'))} {self.word()}"),
            (1, lambda: f"{r.choice(('-e', '-f', '-d', '-s', '-r', '-x'))} {r.choice(('f1', 'd', 'none', '$a', '/'))}"),
            (1, lambda: f"-v {r.choice(('a', 'un', 'arr', 'arr[1]', 'm[k]', 'x', 'arr[@]', '1'))}"),
            (.5, lambda: f"-o {r.choice(('errexit', 'noglob', 'nounset'))}"), (.5, self.word))

    def regex(self):
        return self.rng.choice(("a", "^a", "b$", ".*", "(a|b)+", "[a-f]+", "^(.)(.*)$", "$x", '"$x"', "'a.b'", "a{1,2}", "\\.",
                                "^[[:alpha:]]+$", "(o)(o)?", "^$", "a|b", "([^:]*):(.*)", "x\\ y", "()", "[", "é"))
