// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.crypto.jca;

import org.bouncycastle.crypto.engines.AESEngine;
import org.bouncycastle.crypto.macs.CMac;
import org.bouncycastle.crypto.params.KeyParameter;

/** AES-CMAC without truncation (RFC 4493), of Bouncy Castle. */
public final class AesCmac implements KeyedMac {
    private final CMac mac = new CMac(AESEngine.newInstance());

    public AesCmac(byte[] key) {
        mac.init(new KeyParameter(key));
    }

    @Override
    public int length() {
        return mac.getMacSize();
    }

    @Override
    public void update(byte[] octets, int offset, int count) {
        mac.update(octets, offset, count);
    }

    @Override
    public byte[] finish() {
        byte[] result = new byte[mac.getMacSize()];
        mac.doFinal(result, 0);
        return result;
    }

    @Override
    public void destroy() {
        mac.init(new KeyParameter(new byte[mac.getMacSize()]));
    }
}
