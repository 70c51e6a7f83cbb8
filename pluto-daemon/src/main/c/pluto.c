// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * libexec/ipsec/pluto: cleans the environment, forks unless told not to, and becomes the daemon by starting a Java
 * virtual machine in its own process: so the process is called pluto by comm, argv[0] and /proc/PID/exe alike.
 *
 * Files, relative to this program's folder (PREFIX/libexec/ipsec):
 *   ../../lib/jswan/libjvm.so     the virtual machine, a symbolic link made at install time
 *   ../../lib/jswan/jvm.options   its options, one a line; '#' begins a comment line
 *   ../../lib/jswan/pluto.jsa     class-data archive made at install time; used if present
 *   ../../lib/jswan/ (all *.jar)  the class path, in the order of the names
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <jni.h>
#include <limits.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pluto_options.h"

enum exit_status { STATUS_OK = 0, STATUS_FAIL = 1, STATUS_FORK_FAIL = 3 };

#define MAIN_CLASS "org/jswan/daemon/Main"
#define LAUNCHER_CLASS "org/jswan/daemon/Launcher"
#define MAX_JVM_OPTIONS 128

static const char *const DEFAULT_JVM = "/usr/lib/jvm/default-java/lib/server/libjvm.so";

extern char **environ;

/* Where the parent of a daemon fork waits; -1 when nobody does. */
static int parent_fd = -1;
/* Both ends of the pair over which the signal handler speaks to the loop. */
static int signal_fds[2] = {-1, -1};

static int main_argc;
static char **main_argv;
static char lib_dir[PATH_MAX];
static char *caller_locale;

__attribute__((format(printf, 2, 3), noreturn)) static void fatal(int status, const char *format, ...)
{
    va_list args;
    fprintf(stderr, "FATAL ERROR: %s: ", main_argv[0]);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    exit(status);
}

__attribute__((noreturn)) static void fatal_errno(int status, const char *what)
{
    int error = errno;
    fatal(status, "%s: %s (errno %d)", what, strerror(error), error);
}

/* ---- environment ---- */

static bool is_loader_variable(const char *entry)
{
    return strncmp(entry, "LD_", 3) == 0 || strncmp(entry, "GLIBC_TUNABLES=", 15) == 0
        || strncmp(entry, "MALLOC_", 7) == 0;
}

/* Variables that change how a Java virtual machine behaves. */
static const char *const JVM_VARIABLES[] = {
    "CLASSPATH", "JAVA_HOME", "JAVA_OPTIONS", "JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS",
    "_JAVA_LAUNCHER_DEBUG", "_JAVA_SR_SIGNUM", "JAVA_RENDERER", "JDK_ALTERNATE_VM", NULL,
};

/*
 * The dynamic loader has obeyed its variables already when main runs, so after clearing them the program starts
 * again, by its real name so that comm stays right.
 */
static void clean_environment(char **argv)
{
    bool again = false;
    for (char **entry = environ; *entry != NULL;) {
        if (is_loader_variable(*entry)) {
            char name[256];
            size_t length = strcspn(*entry, "=");
            if (length >= sizeof(name)) {
                fatal(STATUS_FAIL, "environment variable with a name of %zu octets", length);
            }
            memcpy(name, *entry, length);
            name[length] = '\0';
            unsetenv(name);
            again = true;
            entry = environ;
        } else {
            entry++;
        }
    }
    for (const char *const *name = JVM_VARIABLES; *name != NULL; name++) {
        unsetenv(*name);
    }
    if (again) {
        char self[PATH_MAX];
        ssize_t length = readlink("/proc/self/exe", self, sizeof(self) - 1);
        if (length < 0) {
            fatal_errno(STATUS_FAIL, "cannot read /proc/self/exe");
        }
        self[length] = '\0';
        execv(self, argv);
        fatal_errno(STATUS_FAIL, "cannot restart with a clean environment");
    }
}

/* ---- command line: only what decides whether to fork ---- */

/*
 * Whether `word` (without its dashes, up to '=') names `option` as getopt_long(3) takes names: in full, or by the
 * beginning of this option alone.
 */
static bool names_option(const char *word, size_t length, size_t option)
{
    if (strlen(PLUTO_OPTIONS[option].name) == length && strncmp(PLUTO_OPTIONS[option].name, word, length) == 0) {
        return true;
    }
    for (size_t i = 0; i < PLUTO_OPTION_COUNT; i++) {
        bool matches = !PLUTO_OPTIONS[i].exact_only && strncmp(PLUTO_OPTIONS[i].name, word, length) == 0;
        if (matches != (i == option)) {
            return false;
        }
    }
    return true;
}

static bool stays_in_foreground(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        const char *word = argv[i];
        if (strcmp(word, "--") == 0) {
            return false;
        }
        if (strncmp(word, "--", 2) != 0) {
            continue;
        }
        word += 2;
        size_t length = strcspn(word, "=");
        for (size_t option = 0; option < PLUTO_OPTION_COUNT; option++) {
            if (names_option(word, length, option)) {
                if (PLUTO_OPTIONS[option].foreground) {
                    return true;
                }
                if (PLUTO_OPTIONS[option].argument && word[length] == '\0') {
                    i++;
                }
                break;
            }
        }
    }
    return false;
}

/* ---- daemon fork ---- */

/* Waits until the daemon says that it answers, or ends; never returns. */
__attribute__((noreturn)) static void await_daemon(int fd, pid_t child)
{
    char octet;
    ssize_t got;
    do {
        got = read(fd, &octet, 1);
    } while (got < 0 && errno == EINTR);
    if (got == 1) {
        _exit(STATUS_OK);
    }
    int status;
    while (waitpid(child, &status, 0) < 0) {
        if (errno != EINTR) {
            _exit(STATUS_FAIL);
        }
    }
    _exit(WIFEXITED(status) ? WEXITSTATUS(status) : STATUS_FAIL);
}

/* Returns in the child only. */
static void daemon_fork(void)
{
    int pair[2];
    if (pipe2(pair, O_CLOEXEC) < 0) {
        fatal_errno(STATUS_FORK_FAIL, "pipe failed");
    }
    pid_t child = fork();
    if (child < 0) {
        fatal_errno(STATUS_FORK_FAIL, "fork failed");
    }
    if (child > 0) {
        close(pair[1]);
        await_daemon(pair[0], child);
    }
    close(pair[0]);
    parent_fd = pair[1];
}

/* ---- signals ---- */

/* The number goes to the loop as one octet. A full socket loses it: then as many wait already. */
static void on_signal(int number)
{
    int error = errno;
    unsigned char octet = (unsigned char)number;
    (void)!send(signal_fds[1], &octet, 1, MSG_DONTWAIT | MSG_NOSIGNAL);
    errno = error;
}

static void catch_signals(void)
{
    static const int caught[] = {SIGTERM, SIGHUP, SIGUSR1};
    if (socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, signal_fds) < 0) {
        fatal_errno(STATUS_FAIL, "socketpair failed");
    }
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof(caught) / sizeof(caught[0]); i++) {
        sigaction(caught[i], &action, NULL);
    }
}

/* ---- what Java asks of us ---- */

static jint launcher_signal_socket(JNIEnv *env, jclass class)
{
    (void)env, (void)class;
    return signal_fds[0];
}

/* 0, or the errno. */
static jint launcher_chdir(JNIEnv *env, jclass class, jbyteArray path)
{
    (void)class;
    char text[PATH_MAX];
    jsize length = (*env)->GetArrayLength(env, path);
    if (length >= (jsize)sizeof(text)) {
        return ENAMETOOLONG;
    }
    (*env)->GetByteArrayRegion(env, path, 0, length, (jbyte *)text);
    text[length] = '\0';
    return chdir(text) == 0 ? 0 : errno;
}

/* From here on nothing reaches the terminal; the parent of a daemon fork returns. */
static void launcher_started(JNIEnv *env, jclass class, jboolean keep_stderr)
{
    (void)env, (void)class;
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (null >= 0) {
        dup2(null, STDIN_FILENO);
        dup2(null, STDOUT_FILENO);
        if (!keep_stderr) {
            dup2(null, STDERR_FILENO);
        }
        close(null);
    }
    if (parent_fd >= 0) {
        setsid();
        (void)!write(parent_fd, "", 1);
        close(parent_fd);
        parent_fd = -1;
    }
}

static const JNINativeMethod LAUNCHER_METHODS[] = {
    {"signalSocket", "()I", (void *)launcher_signal_socket},
    {"chdir", "([B)I", (void *)launcher_chdir},
    {"started", "(Z)V", (void *)launcher_started},
};

/* ---- the virtual machine ---- */

static JavaVMOption jvm_options[MAX_JVM_OPTIONS];
static jint jvm_option_count;

static void add_jvm_option(char *text)
{
    if (jvm_option_count == MAX_JVM_OPTIONS) {
        fatal(STATUS_FAIL, "more than %d options for the virtual machine", MAX_JVM_OPTIONS);
    }
    jvm_options[jvm_option_count++].optionString = text;
}

__attribute__((format(printf, 1, 2))) static char *text_of(const char *format, ...)
{
    char *text;
    va_list args;
    va_start(args, format);
    if (vasprintf(&text, format, args) < 0) {
        fatal(STATUS_FAIL, "out of memory");
    }
    va_end(args);
    return text;
}

static void read_jvm_options(void)
{
    char *path = text_of("%s/jvm.options", lib_dir);
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        fatal_errno(STATUS_FAIL, path);
    }
    char *line = NULL;
    size_t size = 0;
    ssize_t length;
    while ((length = getline(&line, &size, file)) >= 0) {
        while (length > 0 && strchr(" \t\r\n", line[length - 1]) != NULL) {
            line[--length] = '\0';
        }
        if (length > 0 && line[0] != '#') {
            add_jvm_option(text_of("%s", line));
        }
    }
    free(line);
    fclose(file);
    free(path);
}

static int is_jar(const struct dirent *entry)
{
    size_t length = strlen(entry->d_name);
    return length > 4 && strcmp(entry->d_name + length - 4, ".jar") == 0;
}

static int by_octets(const struct dirent **left, const struct dirent **right)
{
    return strcmp((*left)->d_name, (*right)->d_name);
}

static void add_class_path(void)
{
    struct dirent **jars;
    int count = scandir(lib_dir, &jars, is_jar, by_octets);
    if (count < 0) {
        fatal_errno(STATUS_FAIL, lib_dir);
    }
    char *path = text_of("-Djava.class.path=");
    for (int i = 0; i < count; i++) {
        char *longer = text_of("%s%s%s/%s", path, i == 0 ? "" : ":", lib_dir, jars[i]->d_name);
        free(path);
        free(jars[i]);
        path = longer;
    }
    free(jars);
    add_jvm_option(path);
}

static void find_lib_dir(void)
{
    char self[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", self, sizeof(self) - 1);
    if (length < 0) {
        fatal_errno(STATUS_FAIL, "cannot read /proc/self/exe");
    }
    self[length] = '\0';
    for (int up = 0; up < 3; up++) {
        char *slash = strrchr(self, '/');
        if (slash != NULL) {
            *slash = '\0';
        }
    }
    if (snprintf(lib_dir, sizeof(lib_dir), "%s/lib/jswan", self) >= (int)sizeof(lib_dir)) {
        fatal(STATUS_FAIL, "path of the installation is too long");
    }
}

typedef jint (*create_jvm)(JavaVM **, void **, void *);

static create_jvm load_jvm(void)
{
    char *path = text_of("%s/libjvm.so", lib_dir);
    void *library = dlopen(path, RTLD_NOW | RTLD_GLOBAL);
    char *first = library == NULL ? text_of("%s", dlerror()) : NULL;
    if (library == NULL) {
        library = dlopen(DEFAULT_JVM, RTLD_NOW | RTLD_GLOBAL);
    }
    if (library == NULL) {
        fatal(STATUS_FAIL, "no Java virtual machine: %s; %s", first, dlerror());
    }
    free(first);
    free(path);
    create_jvm create;
    *(void **)&create = dlsym(library, "JNI_CreateJavaVM");
    if (create == NULL) {
        fatal(STATUS_FAIL, "no Java virtual machine: %s", dlerror());
    }
    return create;
}

__attribute__((noreturn)) static void fatal_java(JNIEnv *env, const char *what)
{
    if ((*env)->ExceptionCheck(env)) {
        (*env)->ExceptionDescribe(env);
    }
    fatal(STATUS_FAIL, "%s", what);
}

static jobjectArray java_arguments(JNIEnv *env)
{
    jclass octets = (*env)->FindClass(env, "[B");
    jobjectArray all = octets == NULL ? NULL : (*env)->NewObjectArray(env, main_argc, octets, NULL);
    if (all == NULL) {
        fatal_java(env, "out of memory");
    }
    for (int i = 0; i < main_argc; i++) {
        jsize length = (jsize)strlen(main_argv[i]);
        jbyteArray one = (*env)->NewByteArray(env, length);
        if (one == NULL) {
            fatal_java(env, "out of memory");
        }
        (*env)->SetByteArrayRegion(env, one, 0, length, (const jbyte *)main_argv[i]);
        (*env)->SetObjectArrayElement(env, all, i, one);
        (*env)->DeleteLocalRef(env, one);
    }
    return all;
}

/* The machine takes its character set from the locale; file names are octets in UTF-8 whatever the caller's is. */
static void set_locale_for_jvm(void)
{
    const char *locale = getenv("LC_ALL");
    caller_locale = locale == NULL ? NULL : text_of("%s", locale);
    setenv("LC_ALL", "C.UTF-8", 1);
}

static void restore_locale(void)
{
    if (caller_locale == NULL) {
        unsetenv("LC_ALL");
    } else {
        setenv("LC_ALL", caller_locale, 1);
    }
}

static void *run_java(void *unused)
{
    (void)unused;
    create_jvm create = load_jvm();
    read_jvm_options();
    add_class_path();
    char *archive = text_of("%s/pluto.jsa", lib_dir);
    if (access(archive, R_OK) == 0) {
        add_jvm_option(text_of("-XX:SharedArchiveFile=%s", archive));
    }
    free(archive);
    add_jvm_option(text_of("-Djswan.libdir=%s", lib_dir));

    JavaVMInitArgs arguments = {
        .version = JNI_VERSION_1_8,
        .nOptions = jvm_option_count,
        .options = jvm_options,
        .ignoreUnrecognized = JNI_FALSE,
    };
    JavaVM *vm;
    JNIEnv *env;
    set_locale_for_jvm();
    if (create(&vm, (void **)&env, &arguments) != JNI_OK) {
        fatal(STATUS_FAIL, "the Java virtual machine does not start");
    }
    restore_locale();

    jclass launcher = (*env)->FindClass(env, LAUNCHER_CLASS);
    if (launcher == NULL
        || (*env)->RegisterNatives(env, launcher, LAUNCHER_METHODS,
               sizeof(LAUNCHER_METHODS) / sizeof(LAUNCHER_METHODS[0])) != JNI_OK) {
        fatal_java(env, "class " LAUNCHER_CLASS " is missing or of another version");
    }
    jclass main_class = (*env)->FindClass(env, MAIN_CLASS);
    jmethodID start = main_class == NULL ? NULL : (*env)->GetStaticMethodID(env, main_class, "launch", "([[B)I");
    if (start == NULL) {
        fatal_java(env, "class " MAIN_CLASS " is missing or of another version");
    }
    jint status = (*env)->CallStaticIntMethod(env, main_class, start, java_arguments(env));
    if ((*env)->ExceptionCheck(env)) {
        fatal_java(env, "pluto ended by an exception");
    }
    (*vm)->DestroyJavaVM(vm);
    exit(status);
}

int main(int argc, char **argv)
{
    main_argc = argc;
    main_argv = argv;
    clean_environment(argv);
    find_lib_dir();
    if (!stays_in_foreground(argc, argv)) {
        daemon_fork();
    }
    catch_signals();
    /* One arena per thread would cost more memory than it saves time. */
    mallopt(M_ARENA_MAX, 2);
    /* Java runs on a thread of known stack size: the first thread's depends on the caller's limits. */
    pthread_attr_t attributes;
    pthread_t thread;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, 1024 * 1024);
    int error = pthread_create(&thread, &attributes, run_java, NULL);
    if (error != 0) {
        errno = error;
        fatal_errno(STATUS_FAIL, "pthread_create failed");
    }
    pthread_join(thread, NULL);
    return STATUS_FAIL;
}
