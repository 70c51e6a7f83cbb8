// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.kernel;

/** SELinux, as far as it decides about labels of IPsec: permissions of the class {@code association}. */
public interface SecurityModule {
    /** Whether it is there, and whether what it denies is done nevertheless. */
    enum Mode {
        DISABLED,
        PERMISSIVE,
        ENFORCING
    }

    /** That of a machine without it: it grants everything. */
    SecurityModule NONE = new SecurityModule() {
        @Override
        public Mode mode() {
            return Mode.DISABLED;
        }

        @Override
        public void check(String source, String target, String permission) {}

        @Override
        public String own() {
            return "unconfined";
        }
    };

    Mode mode();

    /**
     * Whether one context has a permission on another.
     *
     * @throws KernelException if not; the message is the system's text of the error, with its number
     */
    void check(String source, String target, String permission) throws KernelException;

    /** The context of this process. */
    String own() throws KernelException;
}
