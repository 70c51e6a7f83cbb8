// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.xfrm;

import java.util.Optional;
import org.jswan.base.Bytes;
import org.jswan.base.SecurityLabel;
import org.jswan.nativesocket.octets.MalformedMessage;

/** {@code struct xfrm_user_sec_ctx}: len u16, exttype u16, alg u8, doi u8, length of the text u16; the text with its NUL. */
final class LabelCodec {
    private static final int HEADER = 8;
    private static final int LSM = 1;
    private static final int SELINUX = 1;

    private LabelCodec() {}

    /** A context that is none of SELinux, or is malformed. */
    static final class UnknownLabel extends Exception {
        private static final long serialVersionUID = 1;

        UnknownLabel(String message) {
            super(message);
        }
    }

    static void write(NetlinkWriter out, SecurityLabel label) {
        int length = label.octets().length();
        out.attribute(Xfrm.XFRMA_SEC_CTX)
                .u16(HEADER + length)
                .u16(Xfrm.XFRMA_SEC_CTX)
                .u8(SELINUX)
                .u8(LSM)
                .u16(length)
                .bytes(label.octets())
                .end();
    }

    /** Of an acquire. */
    static SecurityLabel read(NetlinkReader in) throws MalformedMessage, UnknownLabel {
        in.skip(4);
        int algorithm = in.u8();
        int domain = in.u8();
        Bytes octets = in.bytes(in.u16());
        if (domain != LSM) {
            throw new UnknownLabel("Acquire message for unknown sec_label DOI " + domain);
        }
        if (algorithm != SELINUX) {
            throw new UnknownLabel("Acquire message for unknown sec_label LSM " + algorithm);
        }
        Optional<String> fault = SecurityLabel.fault(octets);
        if (fault.isPresent()) {
            throw new UnknownLabel("received bad " + fault.get());
        }
        return new SecurityLabel(octets);
    }
}
