// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.kernel;

/** Network interfaces whose packets go through the policies and SAs that bear the interface's number. */
public interface KernelInterfaces {
    /** Of a kernel that has none. */
    KernelInterfaces NONE = new KernelInterfaces() {
        @Override
        public boolean exists(String name) {
            return false;
        }

        @Override
        public boolean exists(String name, int id) {
            return false;
        }

        @Override
        public boolean any() {
            return false;
        }

        @Override
        public void add(String name, String device, int id) throws KernelException {
            throw new KernelException("EOPNOTSUPP", "this kernel has no interfaces for IPsec");
        }

        @Override
        public void setUp(String name) throws KernelException {
            throw new KernelException("ENODEV", "there is no interface " + name);
        }

        @Override
        public void delete(String name) throws KernelException {
            throw new KernelException("ENODEV", "there is no interface " + name);
        }
    };

    /** Whether there is an interface of that name, of whatever kind. */
    boolean exists(String name) throws KernelException;

    /** Whether the interface of that name is for IPsec and has that number. */
    boolean exists(String name, int id) throws KernelException;

    /** Whether there is any interface for IPsec. */
    boolean any() throws KernelException;

    /**
     * Makes an interface, which is down.
     *
     * @param device the interface that the protected packets take; its MTU is inherited
     * @param id unsigned
     */
    void add(String name, String device, int id) throws KernelException;

    void setUp(String name) throws KernelException;

    /** Removes an interface with its addresses and routes. */
    void delete(String name) throws KernelException;
}
