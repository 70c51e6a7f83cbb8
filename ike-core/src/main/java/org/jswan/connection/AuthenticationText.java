// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.connection;

import java.util.Collection;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** How log and status lines name ways to authenticate. */
public final class AuthenticationText {
    private static final Map<AuthenticationMethod, String> NAMES = Map.of(
            AuthenticationMethod.PSK, "PSK",
            AuthenticationMethod.RSASIG, "RSASIG",
            AuthenticationMethod.ECDSA, "ECDSA",
            AuthenticationMethod.NEVER, "AUTH_NEVER",
            AuthenticationMethod.NULL, "AUTH_NULL",
            AuthenticationMethod.RSASIG_V1_5, "RSASIG_v1_5");
    private static final AuthenticationMethod[] ORDER = {
        AuthenticationMethod.PSK,
        AuthenticationMethod.RSASIG,
        AuthenticationMethod.ECDSA,
        AuthenticationMethod.NEVER,
        AuthenticationMethod.NULL,
        AuthenticationMethod.RSASIG_V1_5
    };

    private AuthenticationText() {}

    /** {@code RSASIG+ECDSA}, or {@code none}. */
    public static String of(Collection<AuthenticationMethod> methods) {
        return methods.isEmpty()
                ? "none"
                : java.util.Arrays.stream(ORDER)
                        .filter(methods::contains)
                        .map(NAMES::get)
                        .collect(Collectors.joining("+"));
    }

    /** {@code secret}, {@code rsasig}. */
    public static String of(EndAuthentication auth) {
        return auth == EndAuthentication.PSK ? "secret" : auth.name().toLowerCase(Locale.ROOT);
    }

    /** What a way to authenticate means as a set of methods. */
    public static Set<AuthenticationMethod> methods(EndAuthentication auth) {
        return switch (auth) {
            case RSASIG -> EnumSet.of(AuthenticationMethod.RSASIG, AuthenticationMethod.RSASIG_V1_5);
            case ECDSA -> EnumSet.of(AuthenticationMethod.ECDSA);
            case PSK -> EnumSet.of(AuthenticationMethod.PSK);
            case NULL -> EnumSet.of(AuthenticationMethod.NULL);
            case NEVER -> EnumSet.of(AuthenticationMethod.NEVER);
            case EAPONLY -> EnumSet.noneOf(AuthenticationMethod.class);
        };
    }
}
