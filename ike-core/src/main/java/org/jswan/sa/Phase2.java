// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.sa;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.jswan.base.Bytes;
import org.jswan.base.IpAddress;
import org.jswan.base.Secret;
import org.jswan.base.SecurityLabel;
import org.jswan.connection.ConnectionPolicy;
import org.jswan.crypto.KeyExchange;

/** What an IPsec SA of IKEv1 remembers of its Quick Mode (RFC 2409 §5.5). */
public final class Phase2 {
    private final V1Exchange exchange = new V1Exchange();
    private Bytes initiatorNonce = Bytes.EMPTY;
    private Bytes responderNonce = Bytes.EMPTY;
    private Optional<KeyExchange> localKe = Optional.empty();
    private Optional<Secret> sharedSecret = Optional.empty();
    private Duration life = Duration.ZERO;
    private Duration replaceMargin = Duration.ZERO;
    private long attempt = 1;
    private Optional<SecurityLabel> label = Optional.empty();
    private Optional<IpAddress> originalAddress = Optional.empty();
    private Set<ConnectionPolicy> inherited = Set.of();

    Phase2() {}

    public V1Exchange exchange() {
        return exchange;
    }

    public Bytes initiatorNonce() {
        return initiatorNonce;
    }

    public void setInitiatorNonce(Bytes nonce) {
        initiatorNonce = nonce.compact();
    }

    public Bytes responderNonce() {
        return responderNonce;
    }

    public void setResponderNonce(Bytes nonce) {
        responderNonce = nonce.compact();
    }

    /** Our part of an exchange of its own, with perfect forward secrecy. */
    public Optional<KeyExchange> localKe() {
        return localKe;
    }

    public void setLocalKe(KeyExchange ke) {
        localKe.ifPresent(KeyExchange::destroy);
        localKe = Optional.of(ke);
    }

    /** What came of that exchange. */
    public Optional<Secret> sharedSecret() {
        return sharedSecret;
    }

    public void setSharedSecret(Secret secret) {
        sharedSecret.ifPresent(Secret::destroy);
        sharedSecret = Optional.of(secret);
    }

    /** The security label: of the packet that wants the SA, then the one that was agreed on. */
    public Optional<SecurityLabel> label() {
        return label;
    }

    public void setLabel(SecurityLabel agreed) {
        label = Optional.of(agreed);
    }

    /** How long the SA may live, as agreed. */
    public Duration life() {
        return life;
    }

    public void setLife(Duration agreed) {
        life = agreed;
    }

    /** How long before its end the SA is replaced. */
    public Duration replaceMargin() {
        return replaceMargin;
    }

    public void setReplaceMargin(Duration margin) {
        replaceMargin = margin;
    }

    /** The how manieth try this is, from 1. */
    public long attempt() {
        return attempt;
    }

    public void setAttempt(long number) {
        attempt = number;
    }

    /** The address that a peer behind a NAT has there, if it told (RFC 3947 §5.2). */
    public Optional<IpAddress> originalAddress() {
        return originalAddress;
    }

    public void setOriginalAddress(Optional<IpAddress> address) {
        originalAddress = address;
    }

    /** What the SA that it replaces had beyond what the connection asks for. */
    public Set<ConnectionPolicy> inherited() {
        return inherited;
    }

    public void setInherited(Set<ConnectionPolicy> policies) {
        inherited = policies;
    }

    /** The keys are made: what they were made of is not needed any more. */
    public void forgetSecrets() {
        localKe.ifPresent(KeyExchange::destroy);
        localKe = Optional.empty();
        sharedSecret.ifPresent(Secret::destroy);
        sharedSecret = Optional.empty();
    }
}
