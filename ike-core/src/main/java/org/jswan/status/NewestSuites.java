// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.status;

import java.util.Optional;
import org.jswan.base.SaSerial;

/** What was negotiated for the SAs that connection lines tell of. */
public interface NewestSuites {
    /** {@code AES_GCM_16_256-HMAC_SHA2_512-MODP2048} of an IKE SA. */
    Optional<String> ike(SaSerial serial);

    /** {@code AES_GCM_16_256-NONE} of a Child SA. */
    Optional<String> child(SaSerial serial);
}
