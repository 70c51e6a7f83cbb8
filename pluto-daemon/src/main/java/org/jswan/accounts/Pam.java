// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.accounts;

import java.util.Arrays;
import java.util.Optional;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;
import jnr.ffi.byref.PointerByReference;
import org.jswan.base.Bytes;
import org.jswan.login.Logins.PamQuestion;
import org.jswan.login.Logins.PamRefusal;

/**
 * libpam. Of a user it learns name, password and where they come from; whether there is an account of that name on the machine is
 * the modules' affair. Any thread may use it.
 */
final class Pam {
    private static final int CONVERSATION_ERROR = 19;
    private static final int ITEM_RHOST = 4;
    private static final int SILENT = 0x8000;
    private static final int PROMPT_ECHO_OFF = 1;
    private static final int PROMPT_ECHO_ON = 2;
    /** Of {@code struct pam_response}: a pointer and a number, padded. */
    private static final int RESPONSE_SIZE = 16;

    private final String service;
    private final Optional<String> folder;
    private final PamLibrary library;
    private final AllocatingLibrary memory;
    private final Runtime runtime;

    /**
     * @param service whose configuration counts: a file's name
     * @param folder where such files are; empty: where the machine has them, {@code /etc/pam.d}
     * @throws UnsatisfiedLinkError if there is no libpam
     */
    Pam(String service, Optional<String> folder) {
        this.service = service;
        this.folder = folder;
        library = LibraryLoader.create(PamLibrary.class).failImmediately().load("pam");
        memory = LibraryLoader.create(AllocatingLibrary.class).failImmediately().load("c");
        runtime = Runtime.getRuntime(library);
    }

    /** Why the user may not come in; empty if they may. */
    Optional<PamRefusal> ask(PamQuestion question) {
        byte[] user = Crypt.terminated(question.user());
        byte[] password =
                Arrays.copyOf(question.password().expose(), question.password().length() + 1);
        PamLibrary.Conversation answers = (count, messages, responses, data) -> {
            if (count <= 0) {
                return CONVERSATION_ERROR;
            }
            responses.putPointer(0, responses(count, messages, user, password));
            return 0;
        };
        try {
            return ask(user, question.peer().toString(), answers);
        } finally {
            Arrays.fill(password, (byte) 0);
        }
    }

    private Optional<PamRefusal> ask(byte[] user, String peer, PamLibrary.Conversation answers) {
        Pointer conversation = Memory.allocateDirect(runtime, 2 * runtime.addressSize(), true);
        conversation.putPointer(
                0, runtime.getClosureManager().getClosurePointer(PamLibrary.Conversation.class, answers));
        PointerByReference started = new PointerByReference();
        int status = folder.isEmpty()
                ? library.pam_start(service, user, conversation, started)
                : library.pam_start_confdir(service, user, conversation, folder.get(), started);
        Pointer handle = started.getValue();
        String step = "pam_start";
        if (status == 0) {
            step = "pam_set_item";
            status = library.pam_set_item(handle, ITEM_RHOST, Crypt.terminated(Bytes.ofUtf8(peer)));
        }
        if (status == 0) {
            step = "pam_authenticate";
            status = library.pam_authenticate(handle, SILENT);
        }
        if (status == 0) {
            step = "pam_acct_mgmt";
            status = library.pam_acct_mgmt(handle, 0);
        }
        Optional<PamRefusal> refusal = status == 0
                ? Optional.empty()
                : Optional.of(new PamRefusal(step, library.pam_strerror(handle, status)));
        if (handle != null) {
            library.pam_end(handle, status);
        }
        return refusal;
    }

    /** To each prompt the user's name, or if it is not to be seen the password; nothing to what is no prompt. */
    private Pointer responses(int count, Pointer messages, byte[] user, byte[] password) {
        Pointer responses = memory.calloc(count, RESPONSE_SIZE);
        for (int i = 0; i < count; i++) {
            int style = messages.getPointer((long) i * runtime.addressSize()).getInt(0);
            byte[] text = style == PROMPT_ECHO_OFF ? password : style == PROMPT_ECHO_ON ? user : null;
            if (text != null) {
                Pointer copy = memory.calloc(text.length, 1);
                copy.put(0, text, 0, text.length);
                responses.putPointer((long) i * RESPONSE_SIZE, copy);
            }
        }
        return responses;
    }
}
