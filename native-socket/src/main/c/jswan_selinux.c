// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * SELinux's decisions for org.jswan.nativesocket.Selinux: libselinux, opened when it is first asked, for most machines
 * have no use for it. All calls come from one thread at a time.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stddef.h>

#include "org_jswan_nativesocket_Native.h"

#define FN(name) Java_org_jswan_nativesocket_Native_##name

/* A context is of less than a page. */
enum { TEXT_MAX_LENGTH = 4096 };

static int (*check_access)(const char *, const char *, const char *, const char *, void *);
static int (*get_context)(char **);
static void (*free_context)(char *);

JNIEXPORT jboolean JNICALL FN(openSelinux)(JNIEnv *env, jclass class)
{
	(void)env, (void)class;
	if (check_access == NULL) {
		void *library = dlopen("libselinux.so.1", RTLD_NOW | RTLD_LOCAL);
		if (library == NULL) {
			return JNI_FALSE;
		}
		*(void **)&get_context = dlsym(library, "getcon");
		*(void **)&free_context = dlsym(library, "freecon");
		*(void **)&check_access = dlsym(library, "selinux_check_access");
	}
	return check_access != NULL && get_context != NULL && free_context != NULL;
}

static int text(JNIEnv *env, jbyteArray array, char *to)
{
	jsize length = (*env)->GetArrayLength(env, array);
	if (length >= TEXT_MAX_LENGTH) {
		return -1;
	}
	(*env)->GetByteArrayRegion(env, array, 0, length, (jbyte *)to);
	to[length] = '\0';
	return 0;
}

/* errno is not promised: 0 then. */
static jint refused(void)
{
	return errno == 0 ? org_jswan_nativesocket_Native_REFUSED : -errno;
}

JNIEXPORT jint JNICALL FN(checkAccess)(JNIEnv *env, jclass class, jbyteArray source_array, jbyteArray target_array,
				       jbyteArray class_array, jbyteArray permission_array)
{
	(void)class;
	char source[TEXT_MAX_LENGTH], target[TEXT_MAX_LENGTH], kind[TEXT_MAX_LENGTH], permission[TEXT_MAX_LENGTH];
	if (text(env, source_array, source) < 0 || text(env, target_array, target) < 0 ||
	    text(env, class_array, kind) < 0 || text(env, permission_array, permission) < 0) {
		return -EINVAL;
	}
	errno = 0;
	return check_access(source, target, kind, permission, NULL) == 0 ? 0 : refused();
}

JNIEXPORT jint JNICALL FN(ownContext)(JNIEnv *env, jclass class, jbyteArray array)
{
	(void)class;
	char *context = NULL;
	errno = 0;
	if (get_context(&context) != 0) {
		return refused();
	}
	jsize length = 0, space = (*env)->GetArrayLength(env, array);
	while (context != NULL && context[length] != '\0' && length < space) {
		length++;
	}
	(*env)->SetByteArrayRegion(env, array, 0, length, (const jbyte *)context);
	free_context(context);
	return length;
}
