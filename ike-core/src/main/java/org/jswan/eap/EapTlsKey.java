// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.eap;

import java.util.Arrays;
import org.bouncycastle.tls.SecurityParameters;
import org.bouncycastle.tls.TlsContext;
import org.bouncycastle.tls.TlsUtils;
import org.jswan.base.Bytes;
import org.jswan.base.Secret;

/** The key that EAP-TLS makes of a handshake. */
final class EapTlsKey {
    private static final int LENGTH = 64;

    /** RFC 5216 §2.3. */
    private static final String LABEL = "client EAP encryption";

    /** RFC 9190 §2.3: the first half of this is the MSK; the context is the type of EAP-TLS. */
    private static final String LABEL_13 = "EXPORTER_EAP_TLS_Key_Material";

    private EapTlsKey() {}

    /** The MSK; the handshake is over. */
    static Secret of(TlsContext context) {
        if (TlsUtils.isTLSv13(context)) {
            byte[] material = context.exportKeyingMaterial(LABEL_13, new byte[] {EapTlsMessage.TYPE}, 2 * LENGTH);
            Secret key = Secret.take(Arrays.copyOf(material, LENGTH));
            Arrays.fill(material, (byte) 0);
            return key;
        }
        // By hand, as Bouncy Castle exports keys only with the extended master secret, which RFC 5216 is older than.
        SecurityParameters parameters = context.getSecurityParametersConnection();
        byte[] randoms = Bytes.wrap(parameters.getClientRandom())
                .plus(Bytes.wrap(parameters.getServerRandom()))
                .toArray();
        return Secret.take(parameters
                .getMasterSecret()
                .deriveUsingPRF(parameters.getPRFAlgorithm(), LABEL, randoms, LENGTH)
                .extract());
    }
}
