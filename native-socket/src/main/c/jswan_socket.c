// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Sockets for org.jswan.nativesocket: one system call per function, -errno on failure. No protocol, no memory kept
 * between calls, no Java exception thrown but by the JVM itself.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <net/if.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <linux/ethtool.h>
#include <linux/netlink.h>
#include <linux/pfkeyv2.h>
#include <linux/sockios.h>

#include "org_jswan_nativesocket_Linux.h"
#include "org_jswan_nativesocket_Native.h"

#define FN(name) Java_org_jswan_nativesocket_Native_##name

/* The longest socket name, and the most ancillary data, that is passed. */
enum { NAME_MAX_LENGTH = 128, CONTROL_MAX_LENGTH = 512, META_NAME = 16, META_CONTROL = META_NAME + NAME_MAX_LENGTH };

/* Linux.java's numbers against this machine's headers. */
#define SAME(name) _Static_assert(org_jswan_nativesocket_Linux_##name == (name), "Linux.java: " #name)
SAME(AF_UNIX);
SAME(AF_INET);
SAME(AF_INET6);
SAME(AF_KEY);
SAME(AF_NETLINK);
SAME(SOCK_STREAM);
SAME(SOCK_DGRAM);
SAME(SOCK_RAW);
SAME(SOCK_SEQPACKET);
SAME(IPPROTO_IP);
SAME(IPPROTO_TCP);
SAME(IPPROTO_UDP);
SAME(IPPROTO_IPV6);
SAME(PF_KEY_V2);
SAME(NETLINK_ROUTE);
SAME(NETLINK_XFRM);
SAME(SOL_SOCKET);
SAME(SOL_NETLINK);
SAME(SO_REUSEADDR);
SAME(SO_ERROR);
SAME(SO_SNDBUF);
SAME(SO_RCVBUF);
SAME(SO_PRIORITY);
SAME(SO_PEERCRED);
SAME(SO_BINDTODEVICE);
SAME(SO_SNDBUFFORCE);
SAME(SO_RCVBUFFORCE);
SAME(SO_MARK);
SAME(IP_TOS);
SAME(IP_PKTINFO);
SAME(IP_MTU_DISCOVER);
SAME(IP_RECVERR);
SAME(IP_XFRM_POLICY);
SAME(IPV6_RECVERR);
SAME(IPV6_V6ONLY);
SAME(IPV6_XFRM_POLICY);
SAME(IPV6_RECVPKTINFO);
SAME(IPV6_PKTINFO);
SAME(UDP_ENCAP);
SAME(UDP_ENCAP_ESPINUDP);
SAME(NETLINK_ADD_MEMBERSHIP);
SAME(NETLINK_DROP_MEMBERSHIP);
SAME(NETLINK_CAP_ACK);
SAME(NETLINK_EXT_ACK);
SAME(NETLINK_GET_STRICT_CHK);
SAME(MSG_PEEK);
SAME(MSG_CTRUNC);
SAME(MSG_TRUNC);
SAME(MSG_DONTWAIT);
SAME(MSG_ERRQUEUE);
SAME(MSG_NOSIGNAL);
SAME(SIOCETHTOOL);
SAME(ETHTOOL_GSTRINGS);
SAME(ETHTOOL_GSSET_INFO);
SAME(ETHTOOL_GFEATURES);
SAME(ETH_SS_FEATURES);
SAME(ETH_GSTRING_LEN);
SAME(SHUT_RD);
SAME(SHUT_WR);
SAME(SHUT_RDWR);
SAME(POLLIN);
SAME(POLLOUT);
SAME(POLLERR);
SAME(POLLHUP);
SAME(POLLNVAL);
SAME(EPERM);
SAME(ENOENT);
SAME(ESRCH);
SAME(EINTR);
SAME(EBADF);
SAME(EAGAIN);
SAME(EEXIST);
SAME(EINVAL);
SAME(EMSGSIZE);
SAME(ENOBUFS);
SAME(ENOTCONN);
SAME(EOPNOTSUPP);
SAME(EINPROGRESS);
SAME(TCP_ULP);

#define RETRY(result, call)                       \
	do {                                      \
		(result) = (call);                \
	} while ((result) < 0 && errno == EINTR)

static jint outcome(ssize_t result)
{
	return result < 0 ? -errno : (jint)result;
}

static char *at(JNIEnv *env, jobject buffer, jint offset)
{
	return (char *)(*env)->GetDirectBufferAddress(env, buffer) + offset;
}

/* A Java array's octets in the caller's buffer; -1 if it is too small for them. */
static ssize_t copy_in(JNIEnv *env, jbyteArray array, void *to, size_t size)
{
	if (array == NULL) {
		return 0;
	}
	jsize length = (*env)->GetArrayLength(env, array);
	if ((size_t)length > size) {
		return -1;
	}
	(*env)->GetByteArrayRegion(env, array, 0, length, to);
	return length;
}

static void copy_out(JNIEnv *env, const void *from, size_t length, jbyteArray array)
{
	jsize space = (*env)->GetArrayLength(env, array);
	(*env)->SetByteArrayRegion(env, array, 0, (jsize)length < space ? (jsize)length : space, from);
}

JNIEXPORT jint JNICALL FN(version)(JNIEnv *env, jclass class)
{
	(void)env, (void)class;
	return org_jswan_nativesocket_Native_VERSION;
}

JNIEXPORT jint JNICALL FN(socket)(JNIEnv *env, jclass class, jint domain, jint type, jint protocol, jboolean nonblocking)
{
	(void)env, (void)class;
	return outcome(socket(domain, type | SOCK_CLOEXEC | (nonblocking ? SOCK_NONBLOCK : 0), protocol));
}

static jint named(JNIEnv *env, jint fd, jbyteArray array, int (*call)(int, const struct sockaddr *, socklen_t))
{
	struct sockaddr_storage name;
	ssize_t length = copy_in(env, array, &name, sizeof(name));
	return length < 0 ? -EINVAL : outcome(call(fd, (struct sockaddr *)&name, (socklen_t)length));
}

JNIEXPORT jint JNICALL FN(bind)(JNIEnv *env, jclass class, jint fd, jbyteArray name)
{
	(void)class;
	return named(env, fd, name, bind);
}

JNIEXPORT jint JNICALL FN(connect)(JNIEnv *env, jclass class, jint fd, jbyteArray name)
{
	(void)class;
	return named(env, fd, name, connect);
}

JNIEXPORT jint JNICALL FN(listen)(JNIEnv *env, jclass class, jint fd, jint backlog)
{
	(void)env, (void)class;
	return outcome(listen(fd, backlog));
}

JNIEXPORT jint JNICALL FN(accept)(JNIEnv *env, jclass class, jint fd, jboolean nonblocking)
{
	(void)env, (void)class;
	ssize_t accepted;
	RETRY(accepted, accept4(fd, NULL, NULL, SOCK_CLOEXEC | (nonblocking ? SOCK_NONBLOCK : 0)));
	return outcome(accepted);
}

JNIEXPORT jint JNICALL FN(setOption)(JNIEnv *env, jclass class, jint fd, jint level, jint option, jbyteArray array)
{
	(void)class;
	char value[1024];
	ssize_t length = copy_in(env, array, value, sizeof(value));
	return length < 0 ? -EINVAL : outcome(setsockopt(fd, level, option, value, (socklen_t)length));
}

JNIEXPORT jint JNICALL FN(getOption)(JNIEnv *env, jclass class, jint fd, jint level, jint option, jbyteArray array)
{
	(void)class;
	char value[1024];
	socklen_t length = (socklen_t)(*env)->GetArrayLength(env, array);
	if (length > sizeof(value)) {
		return -EINVAL;
	}
	if (getsockopt(fd, level, option, value, &length) < 0) {
		return -errno;
	}
	copy_out(env, value, length, array);
	return (jint)length;
}

static jint name_of(JNIEnv *env, jint fd, jbyteArray array, int (*call)(int, struct sockaddr *, socklen_t *))
{
	struct sockaddr_storage name;
	socklen_t length = sizeof(name);
	if (call(fd, (struct sockaddr *)&name, &length) < 0) {
		return -errno;
	}
	if (length > sizeof(name)) {
		length = sizeof(name);
	}
	copy_out(env, &name, length, array);
	return (jint)length;
}

JNIEXPORT jint JNICALL FN(localName)(JNIEnv *env, jclass class, jint fd, jbyteArray name)
{
	(void)class;
	return name_of(env, fd, name, getsockname);
}

JNIEXPORT jint JNICALL FN(peerName)(JNIEnv *env, jclass class, jint fd, jbyteArray name)
{
	(void)class;
	return name_of(env, fd, name, getpeername);
}

JNIEXPORT jint JNICALL FN(send)(JNIEnv *env, jclass class, jint fd, jobject data, jint offset, jint length,
				jbyteArray name_array, jbyteArray control_array, jint flags)
{
	(void)class;
	struct sockaddr_storage name;
	_Alignas(struct cmsghdr) char control[CONTROL_MAX_LENGTH];
	ssize_t name_length = copy_in(env, name_array, &name, sizeof(name));
	ssize_t control_length = copy_in(env, control_array, control, sizeof(control));
	if (name_length < 0 || control_length < 0) {
		return -EINVAL;
	}
	struct iovec part = { .iov_base = at(env, data, offset), .iov_len = (size_t)length };
	struct msghdr message = {
		.msg_name = name_length == 0 ? NULL : &name,
		.msg_namelen = (socklen_t)name_length,
		.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = control_length == 0 ? NULL : control,
		.msg_controllen = (size_t)control_length,
	};
	ssize_t sent;
	RETRY(sent, sendmsg(fd, &message, flags));
	return outcome(sent);
}

JNIEXPORT jint JNICALL FN(receive)(JNIEnv *env, jclass class, jint fd, jobject data, jint offset, jint length,
				   jobject meta_buffer, jint flags)
{
	(void)class;
	char *meta = at(env, meta_buffer, 0);
	struct iovec part = { .iov_base = at(env, data, offset), .iov_len = (size_t)length };
	struct msghdr message = {
		.msg_name = meta + META_NAME,
		.msg_namelen = NAME_MAX_LENGTH,
		.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = meta + META_CONTROL,
		.msg_controllen = CONTROL_MAX_LENGTH,
	};
	ssize_t received;
	RETRY(received, recvmsg(fd, &message, flags));
	int lengths[3] = { 0, 0, 0 };
	if (received >= 0) {
		lengths[0] = (int)message.msg_namelen;
		lengths[1] = (int)message.msg_controllen;
		lengths[2] = message.msg_flags;
	}
	int error = errno;
	memcpy(meta, lengths, sizeof(lengths));
	errno = error;
	return outcome(received);
}

JNIEXPORT jint JNICALL FN(read)(JNIEnv *env, jclass class, jint fd, jobject data, jint offset, jint length)
{
	(void)class;
	ssize_t count;
	RETRY(count, read(fd, at(env, data, offset), (size_t)length));
	return outcome(count);
}

JNIEXPORT jint JNICALL FN(write)(JNIEnv *env, jclass class, jint fd, jobject data, jint offset, jint length)
{
	(void)class;
	ssize_t count;
	RETRY(count, write(fd, at(env, data, offset), (size_t)length));
	return outcome(count);
}

JNIEXPORT jint JNICALL FN(poll)(JNIEnv *env, jclass class, jobject entries, jint count, jlong nanos)
{
	(void)class;
	struct timespec limit = { .tv_sec = nanos / 1000000000, .tv_nsec = nanos % 1000000000 };
	return outcome(ppoll((struct pollfd *)at(env, entries, 0), (nfds_t)count, nanos < 0 ? NULL : &limit, NULL));
}

JNIEXPORT jint JNICALL FN(eventFd)(JNIEnv *env, jclass class)
{
	(void)env, (void)class;
	return outcome(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
}

/* A request about a network interface whose struct ifreq points at more. */
JNIEXPORT jint JNICALL FN(askInterface)(JNIEnv *env, jclass class, jint fd, jint request, jbyteArray name, jobject data)
{
	(void)class;
	struct ifreq interface = { .ifr_data = at(env, data, 0) };
	if (copy_in(env, name, interface.ifr_name, sizeof(interface.ifr_name) - 1) < 0) {
		return -ENODEV;
	}
	return outcome(ioctl(fd, (unsigned long)request, &interface));
}

JNIEXPORT jint JNICALL FN(changeMode)(JNIEnv *env, jclass class, jint fd, jint mode)
{
	(void)env, (void)class;
	return outcome(fchmod(fd, (mode_t)mode));
}

JNIEXPORT jint JNICALL FN(shutdown)(JNIEnv *env, jclass class, jint fd, jint how)
{
	(void)env, (void)class;
	return outcome(shutdown(fd, how));
}

/* Not repeated: Linux frees the descriptor even if a signal comes. */
JNIEXPORT jint JNICALL FN(close)(JNIEnv *env, jclass class, jint fd)
{
	(void)env, (void)class;
	return outcome(close(fd));
}

/* Octets that end with NUL each, as a list that ends with NULL, to be freed at one go; NULL without memory. */
static char **strings(JNIEnv *env, jbyteArray array)
{
	size_t length = (size_t)(*env)->GetArrayLength(env, array);
	/* There are fewer strings than octets. */
	char **list = malloc((length + 1) * sizeof(char *) + length);
	if (list == NULL) {
		return NULL;
	}
	char *octets = (char *)(list + length + 1);
	(*env)->GetByteArrayRegion(env, array, 0, (jsize)length, (jbyte *)octets);
	size_t count = 0;
	for (size_t at = 0; at < length; at += strlen(octets + at) + 1) {
		list[count++] = octets + at;
	}
	list[count] = NULL;
	return list;
}

/* Nothing to read, and nothing of what is open here. */
static int outputs_to(posix_spawn_file_actions_t *actions, int output)
{
	int error = posix_spawn_file_actions_addopen(actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	if (error == 0) {
		error = posix_spawn_file_actions_adddup2(actions, output, STDOUT_FILENO);
	}
	if (error == 0) {
		error = posix_spawn_file_actions_adddup2(actions, output, STDERR_FILENO);
	}
	return error == 0 ? posix_spawn_file_actions_addclosefrom_np(actions, STDERR_FILENO + 1) : error;
}

/* Signals that this thread blocks are not blocked there. */
static int spawn(const char *program, char **arguments, char **environment, int output, pid_t *pid)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t none;
	sigemptyset(&none);
	int error = posix_spawn_file_actions_init(&actions);
	if (error != 0) {
		return error;
	}
	error = posix_spawnattr_init(&attributes);
	if (error == 0) {
		error = outputs_to(&actions, output);
		if (error == 0) {
			posix_spawnattr_setsigmask(&attributes, &none);
			posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
			error = posix_spawn(pid, program, &actions, &attributes, arguments, environment);
		}
		posix_spawnattr_destroy(&attributes);
	}
	posix_spawn_file_actions_destroy(&actions);
	return error;
}

/* The process id; the reading end of a pipe with what it says goes into the array. */
JNIEXPORT jint JNICALL FN(spawn)(JNIEnv *env, jclass class, jbyteArray program_array, jbyteArray argument_array,
				 jbyteArray environment_array, jintArray output)
{
	(void)class;
	int ends[2];
	if (pipe2(ends, O_CLOEXEC) < 0) {
		return -errno;
	}
	pid_t pid = -1;
	int error = ENOMEM;
	char **program = strings(env, program_array);
	char **arguments = strings(env, argument_array);
	char **environment = strings(env, environment_array);
	if (program != NULL && arguments != NULL && environment != NULL) {
		error = spawn(program[0], arguments, environment, ends[1], &pid);
	}
	free(program);
	free(arguments);
	free(environment);
	close(ends[1]);
	if (error != 0) {
		close(ends[0]);
		return -error;
	}
	jint end = ends[0];
	(*env)->SetIntArrayRegion(env, output, 0, 1, &end);
	return pid;
}

JNIEXPORT jint JNICALL FN(waitFor)(JNIEnv *env, jclass class, jint pid)
{
	(void)env, (void)class;
	int status;
	pid_t gone;
	RETRY(gone, waitpid(pid, &status, 0));
	if (gone < 0) {
		return -errno;
	}
	return WIFSIGNALED(status) ? org_jswan_nativesocket_Native_SIGNALLED + WTERMSIG(status) : WEXITSTATUS(status);
}

JNIEXPORT jlong JNICALL FN(bootNanos)(JNIEnv *env, jclass class)
{
	(void)env, (void)class;
	struct timespec now;
	clock_gettime(CLOCK_BOOTTIME, &now);
	return (jlong)now.tv_sec * 1000000000 + now.tv_nsec;
}

JNIEXPORT jstring JNICALL FN(errorName)(JNIEnv *env, jclass class, jint number)
{
	(void)class;
	const char *name = strerrorname_np(number);
	return name == NULL ? NULL : (*env)->NewStringUTF(env, name);
}

/* In English whatever the locale, as log lines are compared. */
JNIEXPORT jstring JNICALL FN(errorText)(JNIEnv *env, jclass class, jint number)
{
	(void)class;
	const char *text = strerrordesc_np(number);
	return (*env)->NewStringUTF(env, text == NULL ? "Unknown error" : text);
}

JNIEXPORT jint JNICALL FN(wordSize)(JNIEnv *env, jclass class)
{
	(void)env, (void)class;
	return sizeof(size_t);
}
