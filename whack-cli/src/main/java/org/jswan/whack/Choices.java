// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.whack;

import static java.util.Map.entry;

import java.util.Map;
import java.util.Optional;
import org.jswan.connection.ConnectionOption;
import org.jswan.connection.DpdAction;
import org.jswan.connection.EndAuthentication;
import org.jswan.connection.EndOption;
import org.jswan.connection.RemotePeerType;
import org.jswan.connection.RequestOption;
import org.jswan.connection.SendCa;
import org.jswan.connection.SendCertificate;

/** What whack makes of words: beside the words of ipsec.conf it knows a few more, and what it says to others. */
final class Choices {
    private static final Map<RequestOption<?>, Map<String, ?>> MORE_WORDS = Map.of(
            EndOption.SEND_CERT, Map.of("yes", SendCertificate.ALWAYS, "no", SendCertificate.NEVER),
            EndOption.AUTH, Map.of("rsa", EndAuthentication.RSASIG),
            ConnectionOption.DPD_ACTION, Map.of("restart_by_peer", DpdAction.RESTART));

    /** For words that nobody knows. */
    private static final Map<RequestOption<?>, ?> FALLBACKS =
            Map.of(ConnectionOption.SEND_CA, SendCa.NONE, ConnectionOption.REMOTE_PEER_TYPE, RemotePeerType.OTHER);

    private static final Map<RequestOption<?>, String> ERRORS = Map.ofEntries(
            entry(EndOption.AUTH, "authby option is not one of psk, ecdsa, rsasig, rsa, null or eaponly"),
            entry(EndOption.EAP, "--autheap option is not one of none, tls"),
            entry(ConnectionOption.ENCAPSULATION, "--encaps options are 'auto', 'yes' or 'no'"),
            entry(ConnectionOption.NIC_OFFLOAD, "--nic-offload options are 'no', 'yes' or 'auto'"),
            entry(ConnectionOption.IKEV1_NAT_METHOD, "--ikev1-natt options are 'both', 'rfc' or 'drafts'"),
            entry(ConnectionOption.SEND_REDIRECT, "--send-redirect options are 'yes', 'no' or 'auto'"),
            entry(ConnectionOption.ACCEPT_REDIRECT, "--accept-redirect options are 'yes' and 'no'"),
            entry(ConnectionOption.TCP, "--tcp-options are 'yes', 'no' or 'fallback'"));

    private static final Map<RequestOption<?>, String> ERRORS_WITH_ARGUMENT = Map.of(
            EndOption.SEND_CERT,
            "whack sendcert value is not legal",
            ConnectionOption.XAUTH_BY,
            "whack: unknown xauthby method");

    private Choices() {}

    /** What {@code word} means to {@code option}, a fallback included. */
    @SuppressWarnings("unchecked") // each table holds values of its key's type
    static <T> Optional<T> meaning(RequestOption<T> option, String word) {
        return option.type()
                .word(word)
                .or(() -> Optional.ofNullable(
                        (T) MORE_WORDS.getOrDefault(option, Map.of()).get(word)))
                .or(() -> Optional.ofNullable((T) FALLBACKS.get(option)));
    }

    /** Refuses a word that means nothing. */
    static WhackRefusal refuse(WhackParse parse, RequestOption<?> option, String word) {
        String error = ERRORS.get(option);
        return error != null
                ? parse.refuse(error)
                : parse.refuseQuoting(ERRORS_WITH_ARGUMENT.getOrDefault(option, "unknown value"), word);
    }
}
