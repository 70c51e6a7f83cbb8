// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.crypto.jca;

import java.util.Arrays;
import org.bouncycastle.crypto.engines.CamelliaEngine;
import org.bouncycastle.crypto.modes.CBCBlockCipher;
import org.bouncycastle.crypto.modes.CBCModeCipher;
import org.bouncycastle.crypto.params.KeyParameter;
import org.bouncycastle.crypto.params.ParametersWithIV;

/** Camellia in CBC mode (RFC 4312), of Bouncy Castle. */
public final class CamelliaCbc implements PlainCipher {
    private final CBCModeCipher cipher = CBCBlockCipher.newInstance(new CamelliaEngine());
    private final byte[] key;

    public CamelliaCbc(byte[] key) {
        this.key = key.clone();
    }

    @Override
    public void encrypt(byte[] iv, byte[] plaintext, byte[] out, int at) {
        run(true, iv, plaintext, 0, plaintext.length, out, at);
    }

    @Override
    public byte[] decrypt(byte[] iv, byte[] ciphertext, int at, int length) {
        byte[] plaintext = new byte[length];
        run(false, iv, ciphertext, at, length, plaintext, 0);
        return plaintext;
    }

    @Override
    public void destroy() {
        Arrays.fill(key, (byte) 0);
    }

    private void run(boolean encrypting, byte[] iv, byte[] in, int from, int length, byte[] out, int to) {
        cipher.init(encrypting, new ParametersWithIV(new KeyParameter(key), iv));
        for (int done = 0; done < length; done += cipher.getBlockSize()) {
            cipher.processBlock(in, from + done, out, to + done);
        }
    }
}
