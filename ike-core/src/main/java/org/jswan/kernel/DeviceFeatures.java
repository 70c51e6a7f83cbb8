// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.kernel;

import java.util.List;

/**
 * What network interfaces can do by themselves, as ethtool(8) shows it. Features have numbers, which are the same for all
 * interfaces of a kernel. A refusal has the errno {@code EOPNOTSUPP} where the kernel or the interface knows nothing of features.
 */
public interface DeviceFeatures {
    /** How many features the kernel knows; 0 if it does not tell. */
    int count(String device) throws KernelException;

    /** The names of the first {@code count} features. */
    List<String> names(String device, int count) throws KernelException;

    /** Whether the interface does that now. */
    boolean isActive(String device, int feature, int count) throws KernelException;
}
