// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.accounts;

import jnr.ffi.Pointer;
import jnr.ffi.annotations.Delegate;
import jnr.ffi.annotations.In;
import jnr.ffi.byref.PointerByReference;

/** What we call of libpam, by its own names. Results of type {@code int} are 0 for success; texts end with an octet 0. */
@SuppressWarnings("checkstyle:MethodName") // the names are the library's
public interface PamLibrary {
    /** @param conversation a {@code struct pam_conv}: a {@link Conversation} and what it is handed */
    int pam_start(String service, @In byte[] user, Pointer conversation, PointerByReference handle);

    int pam_start_confdir(
            String service, @In byte[] user, Pointer conversation, String folder, PointerByReference handle);

    int pam_set_item(Pointer handle, int item, @In byte[] value);

    int pam_authenticate(Pointer handle, int flags);

    int pam_acct_mgmt(Pointer handle, int flags);

    String pam_strerror(Pointer handle, int error);

    int pam_end(Pointer handle, int status);

    /** Answers what a module asks. */
    interface Conversation {
        /**
         * @param count of messages
         * @param messages an array of pointers to {@code struct pam_message}
         * @param responses where the address of an array of {@code struct pam_response} goes, which PAM frees
         * @return 0, or 19 (PAM_CONV_ERR)
         */
        @Delegate
        int converse(int count, Pointer messages, Pointer responses, Pointer data);
    }
}
