// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.identity;

import java.util.List;
import org.jswan.base.Bytes;
import org.jswan.base.Secret;

/**
 * One record of ipsec.secrets.
 *
 * @param ids whose it is; none means everybody's
 * @param secret the octets, owned by this entry
 * @param ppkId the name both ends know a postquantum preshared key by (RFC 8784); empty for the other kinds
 * @param line where the record began, from 1
 */
public record SecretEntry(SecretKind kind, List<IkeId> ids, Secret secret, Bytes ppkId, int line) {
    public SecretEntry {
        ids = List.copyOf(ids);
    }
}
