/* help.c: help, and the --help of builtins. */
#include "shell/builtins/builtin.h"

#include <string.h>

#include "shell/expand/pattern.h"
#include "shell/shell.h"
#include "user/out.h"

/* One line about each builtin, sorted by name. */
static const struct {
    const char *name, *text;
} help_texts[] = {
    {".", "Execute commands from a file in the current shell."},
    {":", "Null command."},
    {"[", "Evaluate conditional expression."},
    {"alias", "Define or display aliases."},
    {"bg", "Move jobs to the background."},
    {"bind", "Set Readline key bindings and variables."},
    {"break", "Exit for, while, or until loops."},
    {"builtin", "Execute shell builtins."},
    {"caller", "Return the context of the current subroutine call."},
    {"cd", "Change the shell working directory."},
    {"command", "Execute a simple command or display information about commands."},
    {"compgen", "Display possible completions depending on the options."},
    {"complete", "Specify how arguments are to be completed by Readline."},
    {"compopt", "Modify or display completion options."},
    {"continue", "Resume for, while, or until loops."},
    {"declare", "Set variable values and attributes."},
    {"dirs", "Display directory stack."},
    {"disown", "Remove jobs from current shell."},
    {"echo", "Write arguments to the standard output."},
    {"enable", "Enable and disable shell builtins."},
    {"eval", "Execute arguments as a shell command."},
    {"exec", "Replace the shell with the given command."},
    {"exit", "Exit the shell."},
    {"export", "Set export attribute for shell variables."},
    {"false", "Return an unsuccessful result."},
    {"fc", "Display or execute commands from the history list."},
    {"fg", "Move job to the foreground."},
    {"getopts", "Parse option arguments."},
    {"hash", "Remember or display program locations."},
    {"help", "Display information about builtin commands."},
    {"history", "Display or manipulate the history list."},
    {"jobs", "Display status of jobs."},
    {"kill", "Send a signal to a job."},
    {"let", "Evaluate arithmetic expressions."},
    {"local", "Define local variables."},
    {"logout", "Exit a login shell."},
    {"mapfile", "Read lines from the standard input into an indexed array variable."},
    {"popd", "Remove directories from stack."},
    {"printf", "Formats and prints ARGUMENTS under control of the FORMAT."},
    {"pushd", "Add directories to stack."},
    {"pwd", "Print the name of the current working directory."},
    {"read", "Read a line from the standard input and split it into fields."},
    {"readarray", "Read lines from a file into an array variable."},
    {"readonly", "Mark shell variables as unchangeable."},
    {"return", "Return from a shell function."},
    {"set", "Set or unset values of shell options and positional parameters."},
    {"shift", "Shift positional parameters."},
    {"shopt", "Set and unset shell options."},
    {"source", "Execute commands from a file in the current shell."},
    {"suspend", "Suspend shell execution."},
    {"test", "Evaluate conditional expression."},
    {"times", "Display process times."},
    {"trap", "Trap signals and other events."},
    {"true", "Return a successful result."},
    {"type", "Display information about command type."},
    {"typeset", "Set variable values and attributes."},
    {"ulimit", "Modify shell resource limits."},
    {"umask", "Display or set file mode mask."},
    {"unalias", "Remove each NAME from the list of defined aliases."},
    {"unset", "Unset values and attributes of shell variables and functions."},
    {"wait", "Wait for job completion and return exit status."},
};

static const char *help_text(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(help_texts); i++)
        if (str_eq(help_texts[i].name, name))
            return help_texts[i].text;
    return "";
}

/* What can be asked about: a builtin, or a word of the language. */
struct help_topic {
    const char *name, *usage, *text;
};

/* The words of the language, sorted by name. */
static const struct help_topic help_keywords[] = {
    {"%", "job_spec [&]", "Continue a job in the foreground."},
    {"(( ... ))", "(( expression ))", "Compute an expression; status 1 if it is 0."},
    {"[[ ... ]]", "[[ expression ]]", "Test strings, numbers and files."},
    {"case", "case WORD in [PATTERN [| PATTERN]...) COMMANDS ;;]... esac",
     "Run the commands of the first pattern that matches a word."},
    {"coproc", "coproc [NAME] command [redirections]",
     "Run a command beside the shell, with pipes to and from it."},
    {"for", "for NAME [in WORDS ... ] ; do COMMANDS; done",
     "Run commands once for each word."},
    {"for ((", "for (( exp1; exp2; exp3 )); do COMMANDS; done",
     "Run commands while an arithmetic expression is not 0."},
    {"function", "function name { COMMANDS ; } or name () { COMMANDS ; }",
     "Give a name to commands."},
    {"if",
     "if COMMANDS; then COMMANDS; [ elif COMMANDS; then COMMANDS; ]... "
     "[ else COMMANDS; ] fi",
     "Run commands if others succeed."},
    {"select", "select NAME [in WORDS ... ;] do COMMANDS; done",
     "Let the user choose among words, again and again."},
    {"time", "time [-p] pipeline", "Tell how long a pipeline takes."},
    {"until", "until COMMANDS; do COMMANDS-2; done",
     "Run commands until others succeed."},
    {"while", "while COMMANDS; do COMMANDS-2; done",
     "Run commands as long as others succeed."},
    {"{ ... }", "{ COMMANDS ; }", "Run commands as one, in this shell."},
};

/* A walk over builtins and keywords, sorted by name. */
struct help_walk {
    size_t builtin, keyword;
};

static bool help_next(struct help_walk *w, struct help_topic *topic)
{
    size_t count;
    const struct builtin *table = builtin_table(&count), *b = table + w->builtin;
    const struct help_topic *k = help_keywords + w->keyword;
    bool builtins = w->builtin < count, keywords = w->keyword < COUNT_OF(help_keywords);
    if (!builtins && !keywords)
        return false;
    if (keywords && (!builtins || strcmp(k->name, b->name) < 0)) {
        *topic = *k;
        w->keyword++;
    } else {
        *topic = (struct help_topic){b->name, b->usage, help_text(b->name)};
        w->builtin++;
    }
    return true;
}

enum help_style { HELP_FULL, HELP_DESCRIPTION, HELP_USAGE, HELP_MANUAL };

static void help_show(const struct help_topic *t, enum help_style style)
{
    switch (style) {
    case HELP_FULL: outf("%s: %s\n    %s\n", t->name, t->usage, t->text); break;
    case HELP_DESCRIPTION: outf("%s - %s\n", t->name, t->text); break;
    case HELP_USAGE: outf("%s: %s\n", t->name, t->usage); break;
    case HELP_MANUAL:
        outf("NAME\n    %s - %s\n\nSYNOPSIS\n    %s\n", t->name, t->text, t->usage);
        break;
    }
}

void builtin_show_help(struct shell *sh, const struct builtin *b)
{
    (void)sh;
    help_show(&(struct help_topic){b->name, b->usage, help_text(b->name)}, HELP_FULL);
}

static void help_list(struct shell *sh)
{
    size_t count;
    const struct builtin *table = builtin_table(&count);
    outf("These shell commands are defined internally.  Type `help' to see this list.\n"
         "Type `help name' to find out more about the function `name'.\n\n");
    for (size_t i = 0; i < count; i++)
        outf(" %c%s\n", builtin_is_on(sh, &table[i]) ? ' ' : '*', table[i].usage);
}

static bool help_is_pattern(const char *text)
{
    return pattern_is_special(span_of(text), 0);
}

/* Shows the topics that match: those of the name itself (exact) or that begin with it. */
static bool help_show_matches(const char *pattern, bool exact, enum help_style style)
{
    struct help_walk walk = {0, 0};
    struct help_topic topic;
    bool found = false, glob = help_is_pattern(pattern);
    while (help_next(&walk, &topic)) {
        bool match = exact  ? str_eq(topic.name, pattern)
                     : glob ? pattern_match(span_of(pattern), span_of(topic.name), 0)
                            : str_starts(topic.name, pattern);
        if (match)
            help_show(&topic, style);
        found |= match;
    }
    return found;
}

/* "Shell commands matching keyword `w*'": before what a pattern finds. */
static void help_show_head(int count, char **patterns)
{
    outf("Shell commands matching keyword%s `", count > 1 ? "s" : "");
    for (int i = 0; i < count; i++)
        outf("%s%s", i ? ", " : "", patterns[i]);
    outf("'\n\n");
}

int builtin_help(struct shell *sh, int argc, char **argv)
{
    struct builtin_opts o = builtin_opts_begin(sh, argc, argv, "dms");
    enum help_style style = HELP_FULL;
    for (int c; (c = builtin_opts_next(&o)) != -1;)
        switch (c) {
        case 'd': style = HELP_DESCRIPTION; break;
        case 'm': style = HELP_MANUAL; break;
        case 's': style = HELP_USAGE; break;
        default: return 2;
        }
    if (o.next >= argc) {
        help_list(sh);
        return 0;
    }
    bool found = false;
    if (help_is_pattern(argv[o.next]))
        help_show_head(argc - o.next, argv + o.next);
    for (int i = o.next; i < argc; i++)
        found |= help_show_matches(argv[i], true, style) ||
                 help_show_matches(argv[i], false, style);
    if (found)
        return 0;
    const char *last = argv[argc - 1];
    return shell_builtin_error(
        sh,
        "no help topics match `%s'.  Try `help help' or `man -k %s' or "
        "`info %s'.",
        last, last, last);
}
