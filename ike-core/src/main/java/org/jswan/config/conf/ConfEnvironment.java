// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.config.conf;

import java.util.List;
import org.jswan.config.ConfigFiles;
import org.jswan.config.value.NetworkNames;
import org.jswan.net.InterfaceAddress;
import org.jswan.net.NameResolver;

/**
 * What reading a configuration needs from outside.
 *
 * @param files where files are found
 * @param resolver addresses of host names
 * @param names numbers of protocols and services
 * @param interfaces the addresses of the interfaces that are up
 * @param log who hears what is noteworthy
 */
public record ConfEnvironment(
        ConfigFiles files, NameResolver resolver, NetworkNames names, List<InterfaceAddress> interfaces, ConfLog log) {
    public ConfEnvironment {
        interfaces = List.copyOf(interfaces);
    }
}
