/* signame.c: see signame.h. */
#include "user/signame.h"

#include "base/num.h"
#include "base/str.h"
#include "sys.h"
#include "user/out.h"

static const char *const signame_names[SYS_SIGNALS] = {
    [0] = "EXIT",      [1] = "HUP",       [2] = "INT",       [3] = "QUIT",
    [4] = "ILL",       [5] = "TRAP",      [6] = "ABRT",      [7] = "BUS",
    [8] = "FPE",       [9] = "KILL",      [10] = "USR1",     [11] = "SEGV",
    [12] = "USR2",     [13] = "PIPE",     [14] = "ALRM",     [15] = "TERM",
    [16] = "STKFLT",   [17] = "CHLD",     [18] = "CONT",     [19] = "STOP",
    [20] = "TSTP",     [21] = "TTIN",     [22] = "TTOU",     [23] = "URG",
    [24] = "XCPU",     [25] = "XFSZ",     [26] = "VTALRM",   [27] = "PROF",
    [28] = "WINCH",    [29] = "IO",       [30] = "PWR",      [31] = "SYS",
    [34] = "RTMIN",    [35] = "RTMIN+1",  [36] = "RTMIN+2",  [37] = "RTMIN+3",
    [38] = "RTMIN+4",  [39] = "RTMIN+5",  [40] = "RTMIN+6",  [41] = "RTMIN+7",
    [42] = "RTMIN+8",  [43] = "RTMIN+9",  [44] = "RTMIN+10", [45] = "RTMIN+11",
    [46] = "RTMIN+12", [47] = "RTMIN+13", [48] = "RTMIN+14", [49] = "RTMIN+15",
    [50] = "RTMAX-14", [51] = "RTMAX-13", [52] = "RTMAX-12", [53] = "RTMAX-11",
    [54] = "RTMAX-10", [55] = "RTMAX-9",  [56] = "RTMAX-8",  [57] = "RTMAX-7",
    [58] = "RTMAX-6",  [59] = "RTMAX-5",  [60] = "RTMAX-4",  [61] = "RTMAX-3",
    [62] = "RTMAX-2",  [63] = "RTMAX-1",  [64] = "RTMAX",
};

static const char *const signame_texts[SYS_SIGNALS] = {
    [1] = "Hangup",
    [2] = "Interrupt",
    [3] = "Quit",
    [4] = "Illegal instruction",
    [5] = "Trace/breakpoint trap",
    [6] = "Aborted",
    [7] = "Bus error",
    [8] = "Floating point exception",
    [9] = "Killed",
    [10] = "User defined signal 1",
    [11] = "Segmentation fault",
    [12] = "User defined signal 2",
    [13] = "Broken pipe",
    [14] = "Alarm clock",
    [15] = "Terminated",
    [16] = "Stack fault",
    [17] = "Child exited",
    [18] = "Continued",
    [19] = "Stopped (signal)",
    [20] = "Stopped",
    [21] = "Stopped (tty input)",
    [22] = "Stopped (tty output)",
    [23] = "Urgent I/O condition",
    [24] = "CPU time limit exceeded",
    [25] = "File size limit exceeded",
    [26] = "Virtual timer expired",
    [27] = "Profiling timer expired",
    [28] = "Window changed",
    [29] = "I/O possible",
    [30] = "Power failure",
    [31] = "Bad system call",
    [34] = "Real-time signal 0",
    [35] = "Real-time signal 1",
    [36] = "Real-time signal 2",
    [37] = "Real-time signal 3",
    [38] = "Real-time signal 4",
    [39] = "Real-time signal 5",
    [40] = "Real-time signal 6",
    [41] = "Real-time signal 7",
    [42] = "Real-time signal 8",
    [43] = "Real-time signal 9",
    [44] = "Real-time signal 10",
    [45] = "Real-time signal 11",
    [46] = "Real-time signal 12",
    [47] = "Real-time signal 13",
    [48] = "Real-time signal 14",
    [49] = "Real-time signal 15",
    [50] = "Real-time signal 16",
    [51] = "Real-time signal 17",
    [52] = "Real-time signal 18",
    [53] = "Real-time signal 19",
    [54] = "Real-time signal 20",
    [55] = "Real-time signal 21",
    [56] = "Real-time signal 22",
    [57] = "Real-time signal 23",
    [58] = "Real-time signal 24",
    [59] = "Real-time signal 25",
    [60] = "Real-time signal 26",
    [61] = "Real-time signal 27",
    [62] = "Real-time signal 28",
    [63] = "Real-time signal 29",
    [64] = "Real-time signal 30",
};

const char *signame_of(int sig)
{
    return sig >= 0 && sig < SYS_SIGNALS ? signame_names[sig] : NULL;
}

static bool signame_same(const char *a, const char *b)
{
    while (*a && char_upper(*a) == *b) {
        a++;
        b++;
    }
    return !*a && !*b;
}

int signame_find(const char *text)
{
    if (char_upper(text[0]) == 'S' && char_upper(text[1]) == 'I' &&
        char_upper(text[2]) == 'G')
        text += 3;
    for (int sig = 0; sig < SYS_SIGNALS; sig++)
        if (signame_names[sig] && signame_same(text, signame_names[sig]))
            return sig;
    return -1;
}

int signame_parse(const char *text)
{
    int sig;
    if (!char_is_digit(*text))
        return signame_find(text);
    return !num_to_int(text, &sig) && signame_of(sig) ? sig : -1;
}

const char *signame_text(int sig)
{
    if (sig > 0 && sig < SYS_SIGNALS && signame_texts[sig])
        return signame_texts[sig];
    return "Unknown signal";
}

void signame_write_table(struct out *o)
{
    int column = 0;
    for (int sig = 1; sig < SYS_SIGNALS; sig++) {
        if (!signame_names[sig])
            continue;
        out_addf(o, "%2d) SIG%s", sig, signame_names[sig]);
        out_add_char(o, ++column % 5 ? '\t' : '\n');
    }
    if (column % 5)
        out_add_char(o, '\n');
}
