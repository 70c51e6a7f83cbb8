// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.daemon;

import java.io.IOException;
import java.time.Duration;
import java.util.Hashtable;
import javax.naming.NamingEnumeration;
import javax.naming.NamingException;
import javax.naming.directory.Attribute;
import javax.naming.directory.InitialDirContext;
import javax.naming.directory.SearchControls;
import javax.naming.directory.SearchResult;
import org.jswan.base.Bytes;

/**
 * The search that an LDAP URL stands for (RFC 4516): the first value of the first attribute that is found. Referrals are
 * not followed, and no value is made into an object.
 */
final class LdapSearch {
    private static final String BINARY = "certificateRevocationList certificateRevocationList;binary"
            + " authorityRevocationList authorityRevocationList;binary deltaRevocationList deltaRevocationList;binary";

    private LdapSearch() {}

    /** @param patience how long to try to connect, and to wait for the answer */
    @SuppressWarnings({"BanJNDI", "JdkObsolete"}) // No objects are asked for; the environment has to be of that class.
    static Bytes run(String url, Duration patience) throws IOException {
        Hashtable<String, String> environment = new Hashtable<>();
        environment.put("com.sun.jndi.ldap.connect.timeout", String.valueOf(patience.toMillis()));
        environment.put("com.sun.jndi.ldap.read.timeout", String.valueOf(patience.toMillis()));
        environment.put("java.naming.ldap.attributes.binary", BINARY);
        try {
            InitialDirContext directory = new InitialDirContext(environment);
            try {
                // What the URL says of scope, filter and attributes wins.
                NamingEnumeration<SearchResult> results = directory.search(url, "", new SearchControls());
                while (results.hasMore()) {
                    NamingEnumeration<? extends Attribute> attributes =
                            results.next().getAttributes().getAll();
                    while (attributes.hasMore()) {
                        if (attributes.next().get() instanceof byte[] octets) {
                            return Bytes.wrap(octets);
                        }
                    }
                }
                throw new IOException("no values in attribute");
            } finally {
                directory.close();
            }
        } catch (NamingException failed) {
            throw new IOException(failed.toString());
        }
    }
}
