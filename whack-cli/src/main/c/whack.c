// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The native client: hands its arguments to the daemon and shows what comes back; see docs/control-protocol.md.
 * Called whack, auto or addconn, it tells the daemon so, which has the grammars. Of the options it knows only enough to
 * find the control socket, from the table that the build makes out of the grammar. Without a daemon it hands over to
 * the client in Java beside it, which has the grammar too, unless there is nothing to judge.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <libgen.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "whack_options.h" /* struct option options[], own[]; enum option_value; text */

enum { WHACK_PROBLEM = 33, MAX_BODY = 1 << 20, LINE = 1, RAW, ERROR, PROMPT, END };

static char program[NAME_MAX + 1]; /* whack, auto or addconn */
static struct sockaddr_un address = { .sun_family = AF_UNIX };
static int daemon_fd;

static void set_socket(const char *format, const char *path) {
    if (snprintf(address.sun_path, sizeof address.sun_path, format, path) >= (int)sizeof address.sun_path) {
        fprintf(stderr, "%s: path of the control socket too long: %s\n", program, path);
        exit(WHACK_PROBLEM);
    }
}

/* Options that only we have are taken in full; getopt has just not recognized argv[optind - 1]. */
static void skip_own(int argc, char **argv) {
    for (const struct option *o = own; o->name != NULL; o++)
        if (strncmp(argv[optind - 1], "--", 2) == 0 && strcmp(argv[optind - 1] + 2, o->name) == 0
            && o->has_arg && optind < argc)
            optind++;
}

/*
 * Finds the socket. Help and version are answered at once if nothing before them could be wrong.
 * Returns whether the arguments are certainly in order.
 */
static bool scan_whack(int argc, char **argv) {
    bool plain = true, seen[OPTION_VALUES] = { false };
    char *copy[argc + 1]; /* getopt moves arguments about */
    memcpy(copy, argv, sizeof copy);
    opterr = 0;
    for (int c; (c = getopt_long(argc, copy, "", options, NULL)) != -1;) {
        if (c == '?') {
            plain = false;
            skip_own(argc, copy);
            continue;
        }
        int value = c - OPTION_BASE;
        if (plain && (value == OPTION_HELP || value == OPTION_VERSION)) {
            fputs(value == OPTION_HELP ? help_text : version_text, value == OPTION_HELP ? stderr : stdout);
            exit(0);
        }
        if (value == OPTION_RUNDIR) set_socket("%s/pluto.ctl", optarg);
        if (value == OPTION_CTLSOCKET) set_socket("%s", optarg);
        if (!option_is_plain[value] || seen[value]) plain = false;
        if (option_is_query[value]) seen[OPTION_VALUES - 1] = true;
        seen[value] = true;
    }
    return plain && optind == argc && seen[OPTION_VALUES - 1];
}

/* auto and addconn take the socket from their environment or from one option. */
static void scan_other(int argc, char **argv) {
    const char *rundir = getenv("IPSEC_RUNDIR");
    if (rundir != NULL && *rundir != '\0') set_socket("%s/pluto.ctl", rundir);
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--ctlsocket") == 0 && i + 1 < argc) set_socket("%s", argv[++i]);
        else if (strncmp(argv[i], "--ctlsocket=", 12) == 0) set_socket("%s", argv[i] + 12);
    }
}

/* In the words of libreswan's whack. */
static void no_daemon(bool reachable, int error) {
    const char *path = address.sun_path;
    if (reachable)
        fprintf(stderr, "whack:%s connect() for \"%s\" failed (%d %s)\n",
                error == ECONNREFUSED ? " is Pluto running? " : "", path, error, strerror(error));
    else if (error == EACCES)
        fprintf(stderr, "whack: no right to communicate with pluto (access(\"%s\"))\n", path);
    else if (error == ENOENT)
        fprintf(stderr, "whack: Pluto is not running (no \"%s\")\n", path);
    else
        fprintf(stderr, "whack: access(\"%s\") failed with %d %s\n", path, error, strerror(error));
    exit(WHACK_PROBLEM);
}

/*
 * The client in Java, from PREFIX/lib/jswan if this is PREFIX/libexec/ipsec/whack, with the Java whose machine is linked
 * there. Returns if there is none.
 */
static void run_java(int argc, char **argv) {
    char self[PATH_MAX], path[PATH_MAX + 64], machine[PATH_MAX], class_path[PATH_MAX + 64];
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
    if (length < 0) return;
    self[length] = '\0';
    const char *lib = dirname(dirname(dirname(self)));
    snprintf(path, sizeof path, "%s/lib/jswan/libjvm.so", lib);
    snprintf(class_path, sizeof class_path, "%s/lib/jswan/*", lib);
    if (realpath(path, machine) == NULL) return;
    snprintf(path, sizeof path, "%s/bin/java", dirname(dirname(dirname(machine))));
    char *head[] = { path, "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData", "-Djdk.console=java.base", "-cp",
                     class_path, strcmp(program, "whack") == 0 ? "org.jswan.whack.WhackMain" : "org.jswan.daemon.LoneCommand",
                     program };
    enum { HEAD = sizeof head / sizeof *head };
    char *command[HEAD + argc + 1];
    memcpy(command, head, sizeof head);
    memcpy(command + HEAD, argv, (size_t)(argc + 1) * sizeof *argv);
    /* What would change the output of a program that happens to be written in Java. */
    unsetenv("CLASSPATH");
    unsetenv("JAVA_TOOL_OPTIONS");
    unsetenv("JDK_JAVA_OPTIONS");
    unsetenv("_JAVA_OPTIONS");
    execv(path, command);
}

static void lost(const char *call) {
    fprintf(stderr, "whack: %s() failed (%d %s)\n", call, errno, strerror(errno));
    exit(WHACK_PROBLEM);
}

static void send_all(const void *octets, size_t count) {
    for (const char *at = octets; count > 0;) {
        ssize_t sent = send(daemon_fd, at, count, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent < 0) lost("write");
        at += sent;
        count -= (size_t)sent;
    }
}

/* Returns false at the end of the stream. */
static bool receive(void *to, size_t count) {
    static char buffer[1 << 16];
    static size_t start, end;
    for (char *at = to; count > 0;) {
        if (start == end) {
            fflush(stdout); /* before waiting */
            ssize_t got = read(daemon_fd, buffer, sizeof buffer);
            if (got < 0 && errno == EINTR) continue;
            if (got < 0) lost("read");
            if (got == 0) return false;
            start = 0;
            end = (size_t)got;
        }
        size_t some = count < end - start ? count : end - start;
        memcpy(at, buffer + start, some);
        start += some;
        at += some;
        count -= some;
    }
    return true;
}

static char *put_string(char *to, const char *string) {
    size_t length = strlen(string);
    uint32_t wire = htonl((uint32_t)length);
    memcpy(to, &wire, sizeof wire);
    return mempcpy(to + sizeof wire, string, length);
}

static void send_request(int argc, char **argv) {
    char *directory = get_current_dir_name();
    if (directory == NULL) directory = "/";
    size_t body = 8 + strlen(program) + strlen(directory);
    for (int i = 0; i < argc; i++) body += 4 + strlen(argv[i]);
    if (body > MAX_BODY) {
        fprintf(stderr, "whack: arguments too long: %zu octets\n", body);
        exit(WHACK_PROBLEM);
    }
    char *message = malloc(9 + body), *at = message;
    if (message == NULL) lost("malloc");
    at = mempcpy(at, "JSWN\1", 5);
    at = mempcpy(at, &(uint32_t){ htonl((uint32_t)body) }, 4);
    at = put_string(put_string(at, program), directory);
    for (int i = 0; i < argc; i++) at = put_string(at, argv[i]);
    send_all(message, (size_t)(at - message));
    free(message);
}

static void answer(long code) {
    char line[1025], *text = line;
    fflush(stdout);
    if (code == 40) {
        text = getpass("Enter passphrase: ");
    } else {
        fputs("Enter username:   ", stderr);
        text = fgets(line, sizeof line, stdin);
    }
    if (text == NULL) {
        fputs("Cannot read username from standard in\n", stderr);
        exit(WHACK_PROBLEM);
    }
    size_t length = strnlen(text, 1024);
    if (code != 40 && length > 0 && text[length - 1] == '\n') length--;
    send_all(&(uint32_t){ htonl((uint32_t)length) }, 4);
    send_all(text, length);
    explicit_bzero(text, length);
}

/* A line begins with its number, which decides the exit status as whack's manual tells. */
static int show_line(const char *line, size_t length, int type, int status) {
    char *text;
    long code = strtol(line, &text, 10);
    if (text == line || *text != ' ') {
        fprintf(stderr, "whack: log line missing NNN prefix: %s\n", line);
        exit(WHACK_PROBLEM);
    }
    size_t skip = code == 1 ? (size_t)(text + 1 - line) : 0;
    fwrite(line + skip, 1, length - skip, stdout);
    putchar('\n');
    if (type == PROMPT) {
        answer(code);
        return status;
    }
    switch (code) {
    case 0: case 1: case 2: case 5: case 6: case 40: case 41: return status;
    default: return code >= 20 && code < 100 ? (int)code : 0;
    }
}

static int show_replies(void) {
    int status = 0;
    for (struct __attribute__((packed)) { uint8_t type; uint32_t length; } head; receive(&head, sizeof head);) {
        uint32_t length = ntohl(head.length);
        char *octets = length > MAX_BODY ? NULL : malloc(length + 1);
        if (octets == NULL || !receive(octets, length)) break;
        octets[length] = '\0';
        switch (head.type) {
        case LINE: case PROMPT: status = show_line(octets, length, head.type, status); break;
        case RAW: fwrite(octets, 1, length, stdout); break;
        case ERROR: fflush(stdout); fwrite(octets, 1, length, stderr); break;
        case END: return length > 0 ? (unsigned char)octets[0] : status;
        default: fprintf(stderr, "whack: reply of unknown type %d\n", head.type); return WHACK_PROBLEM;
        }
        free(octets);
    }
    return status;
}

int main(int argc, char **argv) {
    if (argc < 1) return WHACK_PROBLEM;
    const char *name = strrchr(argv[0], '/') != NULL ? strrchr(argv[0], '/') + 1 : argv[0];
    bool other = strcmp(name, "auto") == 0 || strcmp(name, "addconn") == 0, plain = false;
    snprintf(program, sizeof program, "%s", other ? name : "whack");
    set_socket("%s/pluto.ctl", "/run/pluto");
    if (other) scan_other(argc, argv);
    else plain = scan_whack(argc, argv);

    daemon_fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (daemon_fd < 0) lost("socket");
    bool reachable = access(address.sun_path, R_OK | W_OK) == 0;
    if (!reachable || connect(daemon_fd, (struct sockaddr *)&address, sizeof address) < 0) {
        int error = errno;
        if (!plain) run_java(argc, argv);
        no_daemon(reachable, error);
    }
    send_request(argc, argv);
    int status = show_replies();
    return fflush(stdout) == 0 ? status : WHACK_PROBLEM;
}
