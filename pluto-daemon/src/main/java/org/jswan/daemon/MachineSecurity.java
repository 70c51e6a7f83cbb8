// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.daemon;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jswan.kernel.KernelException;
import org.jswan.kernel.SecurityModule;
import org.jswan.nativesocket.ErrnoException;
import org.jswan.nativesocket.Selinux;

/**
 * SELinux of this machine. Whether it is on, its files tell; libselinux, which decides, is looked for when the first label is
 * asked about, and not again. As libreswan, we let it decide where SELinux is off, too: it grants everything.
 */
final class MachineSecurity implements SecurityModule {
    private static final String CLASS = "association";
    private static final List<String> ENFORCE = List.of("sys/fs/selinux/enforce", "selinux/enforce");
    /** Without it libselinux takes SELinux for switched off. */
    private static final String CONFIG = "etc/selinux/config";

    private final Path root;
    private final Supplier<Optional<Selinux>> open;
    private Optional<Selinux> library = Optional.empty();
    private boolean lookedFor;

    /** @param root where its files are looked for */
    MachineSecurity(Path root, Supplier<Optional<Selinux>> open) {
        this.root = root;
        this.open = open;
    }

    static MachineSecurity ofThisMachine() {
        return new MachineSecurity(Path.of("/"), Selinux::open);
    }

    @Override
    public Mode mode() {
        if (!Files.exists(root.resolve(CONFIG))) {
            return Mode.DISABLED;
        }
        for (String file : ENFORCE) {
            try {
                String enforces = Files.readString(root.resolve(file), StandardCharsets.US_ASCII);
                return enforces.startsWith("0") ? Mode.PERMISSIVE : Mode.ENFORCING;
            } catch (IOException notThere) {
                // perhaps where it was in former times
            }
        }
        return Mode.DISABLED;
    }

    @Override
    public void check(String source, String target, String permission) throws KernelException {
        Optional<Selinux> selinux = library();
        if (selinux.isEmpty()) {
            if (mode() != Mode.DISABLED) {
                throw new KernelException("ENOENT", "libselinux.so.1 cannot be loaded");
            }
            return;
        }
        try {
            selinux.get().check(source, target, CLASS, permission);
        } catch (ErrnoException e) {
            throw refusal(e);
        }
    }

    @Override
    public String own() throws KernelException {
        try {
            Optional<Selinux> selinux = library();
            return selinux.isPresent() ? selinux.get().context() : "unconfined";
        } catch (ErrnoException e) {
            throw refusal(e);
        }
    }

    private Optional<Selinux> library() {
        if (!lookedFor) {
            lookedFor = true;
            library = open.get();
        }
        return library;
    }

    private static KernelException refusal(ErrnoException e) {
        KernelException refusal = new KernelException(e.name(), IoReason.withErrno(e));
        refusal.initCause(e);
        return refusal;
    }
}
