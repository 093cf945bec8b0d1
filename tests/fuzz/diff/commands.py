"""commands.py: the grammar of statements; script(seed) is a whole script.

Must not know: how scripts are run. A script prints no pid, time or random number, and its jobs
write one after another.
"""
from choices import Choices, drawn
from words import ARRAYS, MAPS, SCALARS, TEXTS, Words

OPTIONS = ("-u", "-f", "+f", "-e", "-o pipefail", "+u", "-C", "-x", "+x", "-k", "-a", "+e", "+B", "-o posix", "+o posix",
           "-v", "-E", "-T")
SHOPTS = ("nullglob", "failglob", "dotglob", "nocaseglob", "nocasematch", "globstar", "lastpipe", "inherit_errexit",
          "patsub_replacement", "expand_aliases", "xpg_echo", "shift_verbose", "localvar_inherit", "localvar_unset",
          "extdebug", "assoc_expand_once", "globasciiranges")
FILES = ("f1", "f2", "foo.c", "b.c", ".hid", "d/x", "d/e", "'a b'")
IFS_VALUES = ("$' \\t\\n'", ":", ",", "' :'", "''", "a", "$'\\n'", "'*'", "x1", "é", "'  ,'", "'\\'")
FORMATS = ("%s\\n", "[%s]\\n", "%d\\n", "%5s|%-5s|\\n", "%q\\n", "%b\\n", "%x %o\\n", "%05d\\n", "%.2s|\\n", "%c\\n", "%%\\n", "%s",
           "%*s|\\n", "%+d\\n", "%#x\\n", "%Q\\n", "%i,%u\\n", "%.3f\\n", "%e\\n", "%g\\n", "\\x41\\101\\n", "%s %s\\n", "%-3c|\\n", "%z\\n",
           "%.*s|\\n", "% d\\n", "%(x)T\\n", "\\u00e9%s\\n", "%b\\c%s\\n", "%.1q\\n", "%n\\n", "%'d\\n", "%5b|\\n", "%ld\\n")


class Script(Words):
    def __init__(self, rng):
        super().__init__(rng)
        self.level = 0
        self.in_function = self.in_loop = False

    def make(self):
        lines = self.setting()
        lines += self.rng.repeat(1, 9, lambda: self.statement() + (("\n" + self.show()) if self.chance(.3) else ""))
        lines.append('printf "<%s>" "$?" "$@" "$a" "$b" "$x" "${arr[@]}" "${!m[@]}"; echo')
        return "\n".join(lines) + "\n"

    def setting(self):
        """The first lines: some variables, files, options."""
        self.extglob = self.chance(.8)
        lines = ["shopt -s extglob"] if self.extglob else []
        lines.append(f"i={self.rng.randrange(4)} n={self.rng.choice((0, 2, 3, 12, -1))} name={self.rng.choice(('a', 'x', 'arr', 'arr[1]', 'un'))}")
        for name in self.rng.sample(SCALARS[:5], self.rng.randrange(1, 5)):
            lines.append(f"{name}={self.single()}")
        if self.chance(.6):
            lines.append(f"arr=({self.words()})")
        if self.chance(.85):
            lines.append(f"declare -A m=([k]={self.word()} ['k 2']={self.word()})")
        if self.chance(.5):
            lines.append(f"set -- {self.words()}")
        if self.chance(.3):
            lines.append("mkdir d; touch " + " ".join(self.rng.sample(FILES, self.rng.randrange(1, 6))))
        if self.chance(.3):
            lines.append("IFS=" + self.rng.choice(IFS_VALUES))
        if self.chance(.05):
            lines.append("LC_ALL=C")
        return lines

    # Lists of statements.

    def body(self, most=2):
        """Statements within a compound command, in one line."""
        self.level += 1
        text = "; ".join(self.rng.repeat(1, most + 1, self.statement if self.level < 4 else self.show))
        self.level -= 1
        return "\n" + text + "\n" if "<<" in text else text

    @drawn
    def statement(self):
        if self.level >= 3:
            return self.pick((3, self.show), (2, self.assign), (1, self.arith_command))
        return self.pick(
            (6, self.show), (5, self.assign), (2, self.declare), (2, self.arith_command), (2, self.cond_command),
            (2, self.case), (2, self.if_command), (2, self.loop), (2, self.function), (1.5, self.pipeline),
            (1.5, self.group), (1.5, self.redirect), (1.5, self.here_document), (1.5, self.read), (1, self.trap),
            (1, self.option), (1, self.printf), (1, self.and_or), (.7, self.eval), (.7, self.positional), (.5, self.mapfile),
            (.5, self.getopts), (.5, self.builtin), (.4, self.test), (.4, self.job), (.2, self.leave), (.05, self.broken),
            (.5, self.unset), (.4, lambda: "IFS=" + self.rng.choice(IFS_VALUES)))

    def simple(self):
        return self.pick((5, self.show), (2, self.assign), (1, self.arith_command), (1, self.cond_command), (1, self.read),
                         (1, self.printf), (.5, "false"), (.5, "true"), (.5, "nosuch x"))

    def show(self):
        return self.pick(
            (4, lambda: f"printf '<%s>' {self.words()}; echo"), (2, lambda: f"echo {self.words()}"),
            (1, lambda: f"declare -p {self.rng.choice(SCALARS + ARRAYS + MAPS + ('i', 'ref', 'n'))}"), (1, "echo $?"),
            (.5, lambda: f"echo {self.rng.choice(('-n', '-e', '-E', '-ne', '-nE', '-x'))} {self.word()}"),
            (.5, 'echo "${PIPESTATUS[@]}"'), (.3, 'echo "${BASH_REMATCH[@]}"'),
            (.3, 'echo "$LINENO ${FUNCNAME[*]} ${BASH_LINENO[*]}"'), (.2, "caller 0; caller"), (.2, 'echo "$_"'))

    # Assignments.

    def assign(self):
        r = self.rng
        return self.pick(
            (5, lambda: f"{r.choice(SCALARS)}={self.word()}"), (2, lambda: f"{r.choice(SCALARS)}+={self.word()}"),
            (2, lambda: f"{r.choice(ARRAYS)}{r.choice(('', '+'))}=({self.elements()})"),
            (2, lambda: f"{r.choice(ARRAYS)}[{self.index()}]{r.choice(('', '+'))}={self.word()}"),
            (1, lambda: f"m[{self.key()}]{r.choice(('', '+'))}={self.word()}"),
            (.5, lambda: f"m{r.choice(('', '+'))}=({self.pairs()})"),
            (.5, lambda: f"a={self.word()} b=$a x={self.word()}"),
            (.5, lambda: f"{r.choice(SCALARS)}={self.word()} {r.choice(('eval', 'f1', 'command', ''))} 'echo \"$a$b\"'"))

    def elements(self):
        return " ".join(self.rng.repeat(0, 5, lambda: self.pick(
            (5, self.word), (1, lambda: f"[{self.index()}]={self.word()}"), (.3, lambda: f"[{self.index()}]+={self.word()}"))))

    def pairs(self):
        return " ".join(self.rng.repeat(0, 4, lambda: self.word() if self.chance(.1) else f"[{self.key()}]={self.word()}"))

    def declare(self):
        r = self.rng
        command = r.choice(("declare", "declare", "typeset", "export", "local") if self.in_function else
                           ("declare", "declare", "typeset", "export"))
        flags = "" if command == "export" else r.choice(
            ("-i ", "-u ", "-l ", "-a ", "-A ", "-x ", "-n ", "-c ", "", "+i ", "+x ", "-r ", "-t ", "-ai ", "-g ", "-au ", "-I ",
             "-p ", "-iu ", "+u ", "-Ai ", "+a "))
        name = r.choice(SCALARS[:5] + ARRAYS + MAPS + ("n", "ref", "z1"))
        if flags == "-n ":
            return f"{command} -n ref={r.choice(('a', 'arr', 'arr[1]', 'm', 'un', 'ref', 'm[k]', '1x'))}; ref{self.pick((1, '+'), (2, ''))}={self.word()}"
        value = self.pick((1, ""), (3, "=" + self.word()), (1, f"=({self.elements()})"), (.5, f"+={self.word()}"),
                          (.5, f"[1]={self.word()}"))
        return f"{command} {flags}{name}{value}"

    def unset(self):
        return f"unset {self.rng.choice(('', '-v ', '-f ', '-n '))}{self.rng.choice(SCALARS + ('arr', 'arr[1]', 'arr[-1]', 'm[k]', 'm', 'f', 'ref', 'arr[@]', 'a b', '1x'))}"

    # Commands.

    def arith_command(self):
        return self.pick((3, lambda: f"(({self.arith()}))"), (1, lambda: f"let '{self.arith()}'"),
                         (1, lambda: f"let i={self.rng.choice('123')} x+=1"), (1, lambda: f"echo $(({self.arith()}))"))

    def cond_command(self):
        return f"[[ {self.condition()} ]]" + self.pick((2, "; echo $?"), (1, ""), (1, " && echo yes"),
                                                       (1, '; echo "$? ${BASH_REMATCH[*]}"'))

    def test(self):
        r = self.rng
        inside = self.pick((2, lambda: f"{self.word()} {r.choice(('=', '!=', '-eq', '-lt', '==', '<'))} {self.word()}"),
                           (1, self.words), (1, lambda: f"-n {self.word()}"), (1, lambda: f"! {self.word()}"),
                           (1, lambda: f"{self.word()} -a {self.word()}"), (.5, lambda: f"\\( {self.word()} -o -z {self.word()} \\)"))
        return f"[ {inside} ]; echo $?" if self.chance(.6) else f"test {inside}; echo $?"

    def case(self):
        return f"case {self.word()} in " + " ".join(self.rng.repeat(1, 4, self.case_item)) + " esac"

    def case_item(self):
        patterns = self.rng.choice((" | ", "|")).join(self.rng.repeat(1, 3, self.case_pattern))
        return f"{self.rng.choice(('', '('))}{patterns}) {self.body(1)} {self.rng.choice((';;', ';;', ';&', ';;&'))}"

    def if_command(self):
        text = f"if {self.test_list()}; then {self.body()}"
        if self.chance(.3):
            text += f"; elif {self.test_list()}; then {self.body()}"
        if self.chance(.5):
            text += f"; else {self.body()}"
        return text.replace("\n;", "\n") + "; fi" if not text.endswith("\n") else text.replace("\n;", "\n") + "fi"

    def test_list(self):
        return self.pick((2, lambda: f"[[ {self.condition()} ]]"), (1, lambda: f"(({self.arith()}))"), (1, "true"), (1, "false"),
                         (1, self.simple))

    def loop(self):
        outer, self.in_loop = self.in_loop, True
        body = self.body()
        if self.chance(.2):
            body = f"[[ {self.condition()} ]] && {self.rng.choice(('break', 'continue', 'break 2', 'continue 2'))}; {body}"
        self.in_loop = outer
        tail = body if body.endswith("\n") else body + "; "
        head = self.pick((3, lambda: f"for y in {self.words()}"), (1, "for y"), (2, "for ((i = 0; i < 3; i++))"),
                         (1, "i=0; while ((i++ < 3))"), (1, "i=3; until ((--i <= 0))"), (.5, "for ((i=0;;i++))"))
        if head.endswith(";;i++))"):
            tail = "((i > 2)) && break; " + tail
        return f"{head}; do {tail}done" + self.pick((8, ""), (1, " > f1; cat f1"), (1, " | cat"))

    def function(self):
        outer, self.in_function = self.in_function, True
        body = self.pick((2, ""), (1, lambda: f"local a={self.word()} b; "), (1, "local i=5; "), (.5, "local -a arr=(1 2); "),
                         (.3, "local IFS=:; "), (.2, "local -; set -f; "), (.2, "local -n ref=$1; ")) + self.body(3)
        if self.chance(.2):
            body = body.rstrip("\n") + f"\nreturn {self.rng.choice(('', '3', '256', '-1', '$a', 'x'))}"
        self.in_function = outer
        name = self.rng.choice(("f", "g"))
        head = self.rng.choice((f"{name}()", f"function {name}", f"function {name} ()"))
        return (f"{head} {{ {body}\n}}\n{name} {self.words(3)}" + self.pick((3, ""), (1, "; echo $?"), (.5, f"; declare -f {name}"),
                                                                          (.3, f"; type {name}"), (.5, f"; {name} | cat")))

    def pipeline(self):
        last = self.pick((2, "cat"), (1, "while read -r a b; do echo \"$b-$a\"; done"), (1, "{ read x; echo \"$x\"; cat; }"),
                         (1, "tr a-z A-Z"), (1, "(read a; echo $a; cat > /dev/null)"), (.5, "{ read a; cat > /dev/null; }"), (1, "cat > f1; cat f1"), (.5, "wc -l"))
        return f"{self.pick((9, ''), (1, '! '))}{{ {self.body(1)}\n}} | {last}" + self.pick((2, ""), (1, "; echo \"$? ${PIPESTATUS[*]}\""))

    def group(self):
        text = self.body(3)
        tail = text if text.endswith("\n") else text + "; "
        return self.pick((2, f"( {tail.rstrip('; ')}\n)"), (1, f"{{ {tail}}}")) + self.pick((3, ""), (1, "; echo $?"))

    def redirect(self):
        r = self.rng
        target = r.choice(("> f1", ">> f1", "2> f1", "&> f1", ">| f1", "> f2 2>&1", "3> f1 1>&3", "2>&1", "> d/none", "< f1", "<> f1",
                           "{fd}> f1", "> $a", "< none", "2>/dev/null", "1>&-", ">&2", "> *", "&>> f1", ">&f1", "> \"$un\""))
        return f"{self.simple_or_group()} {target}" + self.pick((2, "; cat f1"), (1, ""), (1, "; echo $?"))

    def simple_or_group(self):
        return self.pick((2, lambda: f"echo {self.words()}"), (1, lambda: f"{{ {self.body(1)}\n}}"),
                         (.5, "exec 3>&1; echo hi >&3"), (.5, lambda: f"cat <(echo {self.words()})"), (.5, "cat"))

    def here_document(self):
        lines = self.rng.repeat(0, 4, lambda: self.pick(
            (2, "plain $ text"), (2, lambda: "$" + self.rng.choice(SCALARS)), (3, self.dollar), (1, "\\$a \\\\ \\x \"q\" 'r'"),
            (1, "\ttab"), (1, "a\\\nb"), (1, lambda: self.rng.choice(TEXTS))))
        body = "".join(line.replace("\nE", "\n E") + "\n" for line in lines)
        head = self.rng.choice(("<<E", "<<E", "<<'E'", "<<\\E", "<<-E", '<<"E"'))
        command = self.rng.choice(("cat", "cat", "read a b", "while read a; do echo \"[$a]\"; done", "mapfile q"))
        if self.chance(.3):
            return f"{self.rng.choice(('cat', 'read a b', 'read -a arr', 'mapfile q', 'cat -n'))} <<< {self.word()}"
        return f"{command} {head}\n{body}E\n{self.show()}"

    def read(self):
        flags = self.rng.choice(("", "-r", "-r", "-a arr", "-d :", "-n 2", "-N 3", "-rd ''", "-ra q", "-r -n1", "-d x", "-s", "-u 0",
                                 "-p hi", "-z"))
        names = "" if "-a" in flags or "ra" in flags else self.rng.choice(("a", "a b", "a b c", "x y", "", "arr[1]", "m[k]", "1x"))
        source = self.pick((3, lambda: "<<< " + self.word()), (1, lambda: f"< <(printf %s {self.word()})"),
                           (1, lambda: "<<< $'" + self.rng.choice(("a b\\nc", "a\\\\ b", " x  y ", ":a::b", "a\\\\\\nb", "a,b,,c,", "")) + "'"),
                           (.2, "< none"))
        return f"{self.pick((4, ''), (1, lambda: 'IFS=' + self.rng.choice(('', ':', ',', 'x'))+ ' '))}read {flags} {names} {source}; echo $?"

    def mapfile(self):
        flags = self.rng.choice(("", "-t", "-t -n 1", "-s 1", "-O 2 -t", "-d :", "-t -C 'echo cb' -c 1"))
        return f"mapfile {flags} q <<< {self.word()}; declare -p q"

    def printf(self):
        return f"printf {self.pick((9, ''), (1, '-v x '), (.5, '-v arr[1] '))}'{self.rng.choice(FORMATS)}' {self.words(3)}".replace("%'d", "%d")

    def trap(self):
        return self.pick(
            (2, lambda: f"trap {self.single('echo exit $?')} EXIT"), (1, "trap 'echo err $?' ERR"), (.5, "trap 'echo dbg' DEBUG"),
            (.5, "trap 'echo ret' RETURN"), (1, "trap 'echo usr' USR1; kill -USR1 $BASHPID"), (1, "trap - EXIT"), (1, "trap"), (.5, "trap -p ERR"),
            (.5, "trap '' TERM; kill $BASHPID; echo alive"), (.3, "trap 'echo $LINENO' ERR"), (.3, "trap 'x' NOSUCH"), (.3, "trap - DEBUG"))

    def option(self):
        return self.pick((3, lambda: "set " + self.rng.choice(OPTIONS)),
                         (2, lambda: f"shopt -{self.rng.choice('su')} {self.rng.choice(SHOPTS)}"),
                         (.2, "set -o | head -n 3"), (.2, "shopt -p extglob nosuch"), (.2, "PS4='+$LINENO:'"))

    def and_or(self):
        return self.simple() + "".join(self.rng.repeat(1, 4, lambda: f" {self.rng.choice(('&&', '||'))} {self.simple()}"))

    def eval(self):
        return f"eval {self.single(self.simple()) if self.chance(.7) else self.words()}"

    def positional(self):
        return self.rng.choice((f"set -- {self.words()}", "shift", "shift 2", f"set -- \"$@\" {self.word()}", "shift 9", "shift -1"))

    def getopts(self):
        return (f"OPTIND=1; while getopts '{self.rng.choice(('ab:', ':ab:', 'x', ':x:'))}' y {self.pick((2, ''), (3, '-a -b v -x w'), (1, '-ab'), (1, '-b'))}; do "
                'echo "$y $OPTARG $OPTIND"; done')

    def builtin(self):
        return self.rng.choice((
            "type -t echo f nosuch if", "command -v cd f nosuch", "type nosuch", "pwd; cd /tmp; cd -", "cd none", "alias z='echo al'; alias",
            "unalias z", "hash nosuch", "builtin echo hi", "command echo hi", "compgen -W 'ab ac b' a", "umask; umask -S; umask 077",
            "pushd /tmp; dirs; popd", "enable -n nosuch", "declare -F", "source none", ". ./f1", "set | grep -c ^arr", "export -p | grep -c HOME",
            "readonly a; a=1; echo no", "wait nosuch", "kill -l 9 TERM", "let", "shopt nosuch", "times | wc -l", "exec 9<&-", "ulimit -q",
            "declare -z", "local a", "return 3", "break", "printf", "unset -q a", "test", "[ a", "command", "builtin nosuch", "jobs",
            "history", "help nosuch", "caller", "dirs", "getopts", "trap -l | head -n 1", "printf -v '' x", "exec nosuch_command",
            "declare -p nosuch", "readonly -p | head -n 1", "set -o nosuch", "cd ''", "eval ')'", "eval 'if'", "shift x", "exit x", "read 1x", "mapfile 1x",
            "echo ${a!}", "echo ${-}", "echo ${a b}", "echo \"${}\"", "x() echo hi", "time -p : 2>/dev/null", "! ! true; echo $?", "function f-g { echo $FUNCNAME; }; f-g"))

    def job(self):
        return f"{{ {self.body(1)}\n}} & wait{self.pick((2, ''), (1, ' $!'))}; echo $?"

    def leave(self):
        return self.rng.choice(("exit", "exit 3", "return 2", "exit 256", "break", "continue", "exec true", "exit -1"))

    def broken(self):
        return self.rng.choice(("fi", "if true", "case a in", "echo ${", "((1 +", "echo )", "for x in", "{ echo", "echo 'open", "f( {", "[[ a", "[[ a b ]]",
                                "a=(1 2", "done", "echo $(", ";;", "& ;", "| cat", "> ", "<<", "while", "[[ -f ]]", "esac", "}", "echo \"open", "for ((;;", "for 1x in a; do :; done",
                                "if; then :; fi", "case in in esac", "function { :; }", "x() {", "a && || b", "coproc", "! ", "{}", "[[ ( a ]]", "select x", "case x in a) ;; b) esac; echo"))


def script(seed):
    return Script(Choices(seed)).make()


def script_of(row):
    """(the script that the grammar makes of a row of numbers, the choices that it took)"""
    choices = Choices(row=row)
    return Script(choices).make(), choices


def row_of(seed):
    choices = Choices(seed)
    Script(choices).make()
    return choices.row
