/*
 * The shell: words, pipes with |, files with < and >, & for the background, ; between commands, and
 * with -c a line from its arguments.
 */
#include "user.h"

#define WORDS 32
#define STAGES 8

static int interactive;
static int last_status;

static const char help[] =
    "Programs: ps ls cat echo true sort sieve mandel forktest clonetest bench selftest\n"
    "poweroff. Built in: exit, help, kill [-SIGNAL] PID, wait, status.\n"
    "A | B, A < FILE, A > FILE, A & and A ; B work; Ctrl-C interrupts. See ls for files.\n";

static int is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static int is_special(char c)
{
    return c == '|' || c == '<' || c == '>' || c == '&' || c == ';';
}

/* Cuts a line into words and special characters, each ended by a zero; they go to store. */
static int split(const char *line, char *store, const char **words)
{
    int count = 0;

    while (count < WORDS * STAGES) {
        while (is_blank(*line))
            line++;
        if (!*line || *line == '#')
            break;
        words[count++] = store;
        if (is_special(*line)) {
            *store++ = *line++;
        } else {
            while (*line && !is_blank(*line) && !is_special(*line)) {
                if (*line == '\'') {
                    for (line++; *line && *line != '\''; line++)
                        *store++ = *line;
                    line += *line == '\'';
                } else {
                    *store++ = *line++;
                }
            }
        }
        *store++ = 0;
    }
    words[count] = NULL;
    return count;
}

/* One program of a pipeline. */
struct stage {
    const char *argv[WORDS];
    int argc;
    const char *input, *output;
};

static void redirect(const char *name, unsigned long flags, int to)
{
    long fd = open(name, flags);
    if (fd < 0) {
        printf("sh: %s: error %ld\n", name, -fd);
        exit(1);
    }
    dup2(fd, to);
    close(fd);
}

static noreturn void execute(struct stage *stage, int in, int out)
{
    const char *const envp[] = {NULL};
    char path[64];

    if (in != 0) {
        dup2(in, 0);
        close(in);
    }
    if (out != 1) {
        dup2(out, 1);
        close(out);
    }
    if (stage->input)
        redirect(stage->input, O_RDONLY, 0);
    if (stage->output)
        redirect(stage->output, O_WRONLY, 1);
    snprintf(path, sizeof(path), "%s%s", *stage->argv[0] == '/' ? "" : "/bin/", stage->argv[0]);
    execve(path, stage->argv, envp);
    printf("sh: %s: not found\n", stage->argv[0]);
    exit(127);
}

static void set_foreground(int group)
{
    if (interactive)
        ioctl(0, TIOCSPGRP, &group);
}

static void run_pipeline(struct stage *stages, int count, int background)
{
    int in = 0, group = 0, status = 0;
    long last = 0;

    for (int i = 0; i < count; i++) {
        int ends[2] = {0, 1};
        long pid;

        if (i + 1 < count && pipe(ends) < 0)
            return;
        pid = fork();
        if (pid == 0) {
            setpgid(0, group);
            if (i + 1 < count)
                close(ends[0]);
            signal_action(SIGINT, SIG_DFL, 0);
            execute(&stages[i], in, ends[1]);
        }
        if (pid < 0) {
            printf("sh: no process: error %ld\n", -pid);
            break;
        }
        setpgid(pid, group ? group : pid);
        if (!group)
            group = pid;
        last = pid;
        if (in != 0)
            close(in);
        if (ends[1] != 1)
            close(ends[1]);
        in = ends[0];
    }
    if (background) {
        if (interactive)
            printf("[%ld]\n", last);
        return;
    }
    set_foreground(group);
    for (int left = count; left;) {
        long pid = wait4(-group, &status, WUNTRACED);
        if (pid < 0)
            break;
        left--;
        if (pid == last)
            last_status = status & 0x7f ? 128 + (status & 0x7f) : status >> 8;
    }
    set_foreground(0);
}

static void kill_command(struct stage *stage)
{
    int signal = SIGTERM, first = 1;
    long error;

    if (stage->argc > 2 && stage->argv[1][0] == '-') {
        signal = parse_number(stage->argv[1] + 1);
        first = 2;
    }
    if (stage->argc <= first)
        return;
    error = kill(parse_number(stage->argv[first]), signal);
    if (error)
        printf("kill: error %ld\n", -error);
}

/* What the shell has to do itself. 1 if it was that. */
static int built_in(struct stage *stage)
{
    const char *name = stage->argv[0];
    int status;

    if (!strcmp(name, "exit"))
        exit(stage->argc > 1 ? parse_number(stage->argv[1]) : last_status);
    else if (!strcmp(name, "help"))
        printf("%s", help);
    else if (!strcmp(name, "status"))
        printf("%d\n", last_status);
    else if (!strcmp(name, "kill"))
        kill_command(stage);
    else if (!strcmp(name, "wait"))
        while (wait4(-1, &status, 0) > 0)
            ;
    else
        return 0;
    return 1;
}

static void run_command(struct stage *stages, int count, int background)
{
    if (!stages[0].argc)
        return;
    if (count == 1 && built_in(&stages[0]))
        return;
    run_pipeline(stages, count, background);
}

static void run_line(const char *line)
{
    static char store[2048];
    static const char *words[WORDS * STAGES + 1];
    static struct stage stages[STAGES];
    int count = split(line, store, words), n = 1;

    memset(stages, 0, sizeof(stages));
    for (int i = 0; i <= count; i++) {
        const char *word = words[i];
        struct stage *stage = &stages[n - 1];

        if (!word || !strcmp(word, ";") || !strcmp(word, "&")) {
            run_command(stages, n, word && *word == '&');
            memset(stages, 0, sizeof(stages));
            n = 1;
        } else if (!strcmp(word, "|") && n < STAGES) {
            n++;
        } else if (!strcmp(word, "<") && words[i + 1]) {
            stage->input = words[++i];
        } else if (!strcmp(word, ">") && words[i + 1]) {
            stage->output = words[++i];
        } else if (stage->argc < WORDS - 1) {
            stage->argv[stage->argc++] = word;
        }
    }
}

static void ignore(int sig)
{
    (void)sig;
}

int main(int argc, const char **argv)
{
    char line[512];
    int status;

    if (argc > 2 && !strcmp(argv[1], "-c")) {
        run_line(argv[2]);
        return last_status;
    }
    interactive = 1;
    signal_action(SIGINT, ignore, 0);
    for (;;) {
        while (wait4(-1, &status, WNOHANG) > 0)
            ;
        printf("grain$ ");
        if (read_line(0, line, sizeof(line)) < 0)
            return last_status;
        run_line(line);
    }
}
