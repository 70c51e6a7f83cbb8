// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.pluto;

import java.util.function.Consumer;
import org.jswan.control.WhackCommand.RereadSecrets;
import org.jswan.identity.SecretStore;
import org.jswan.key.PrivateKeyRing;
import org.jswan.log.Logger;

/** The secrets as they were read last. */
final class Secrets {
    private final SecretsSource source;
    private final PrivateKeyRing privateKeys;
    private SecretStore current = SecretStore.empty();

    Secrets(SecretsSource source, PrivateKeyRing privateKeys) {
        this.source = source;
        this.privateKeys = privateKeys;
    }

    void register(CommandTable table) {
        table.on(RereadSecrets.class, (command, request) -> load(request.logger()));
    }

    SecretStore current() {
        return current;
    }

    /** Reads them anew; those of before are destroyed. */
    void load(Logger speaking) {
        forget(speaking::log);
        current = source.load(speaking);
    }

    /** @param speaking told if there was something to forget */
    void forget(Consumer<String> speaking) {
        if (!current.entries().isEmpty() || !privateKeys.all().isEmpty()) {
            speaking.accept("forgetting secrets");
        }
        privateKeys.forget();
        current.destroy();
        current = SecretStore.empty();
    }
}
