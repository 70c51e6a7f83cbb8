// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jswan.base.AddressFamily;
import org.jswan.base.IpAddress;
import org.jswan.base.Secret;
import org.jswan.crypto.Encr;
import org.jswan.crypto.Integ;

/**
 * Finds out what the running kernel lacks. There is no way to ask: an SA from this machine to itself is installed, which
 * also makes the kernel load the module if there is one, and taken out again at once.
 */
public final class KernelProbe {
    /** Of the SPIs for manual keying: no IKE daemon allocates them. */
    private static final int FIRST_SPI = 0x100;

    private static final int LAST_SPI = 0x10f;

    private final Trial trial;

    public KernelProbe(Trial trial) {
        this.trial = trial;
    }

    /** Installs an outbound SA and removes it again. */
    @FunctionalInterface
    public interface Trial {
        /** The errno's symbol if the kernel refused it; "" if it did not. */
        String errnoOf(KernelSa sa);
    }

    /** One line for each protocol and address family that the kernel cannot do; empty on a complete kernel. */
    public List<String> missingProtocols() {
        List<String> missing = new ArrayList<>();
        for (IpsecProtocol protocol : IpsecProtocol.values()) {
            for (AddressFamily family : AddressFamily.values()) {
                missing(protocol, family).ifPresent(missing::add);
            }
        }
        return missing;
    }

    /** What to say if the kernel lacks that protocol over that family. */
    public Optional<String> missing(IpsecProtocol protocol, AddressFamily family) {
        String errno =
                switch (protocol) {
                    case ESP -> espErrno(family);
                    case AH -> attempt(
                            new Candidate(family, IpsecProtocol.AH, Optional.empty(), 0, Integ.HMAC_SHA1_96));
                    case IPCOMP -> attempt(
                            new Candidate(family, IpsecProtocol.IPCOMP, Optional.empty(), 0, Integ.NONE));
                };
        if (protocol == IpsecProtocol.IPCOMP && errno.equals("ENOSYS")) {
            return Optional.of("this kernel lacks the compression algorithm deflate");
        }
        return errno.equals("EPROTONOSUPPORT") ? Optional.of(lacks(protocol, family)) : Optional.empty();
    }

    /** The algorithm is looked at before the protocol, so one that the kernel has is needed. */
    private String espErrno(AddressFamily family) {
        String errno = attempt(new Candidate(family, IpsecProtocol.ESP, Optional.of(Encr.NULL), 0, Integ.NONE));
        return errno.equals("ENOSYS")
                ? attempt(new Candidate(family, IpsecProtocol.ESP, Optional.of(Encr.AES_CBC), 128, Integ.HMAC_SHA1_96))
                : errno;
    }

    /** What to say if the kernel lacks that encryption algorithm; to be asked only if it has ESP over IPv4. */
    public Optional<String> missing(Encr encr, int keyBits) {
        if (encr.xfrmName().isEmpty()) {
            return Optional.of("Linux has no encryption algorithm " + encr.fqn() + " for ESP");
        }
        String errno =
                attempt(new Candidate(AddressFamily.IPV4, IpsecProtocol.ESP, Optional.of(encr), keyBits, Integ.NONE));
        return isNoAlgorithm(errno)
                ? Optional.of("this kernel lacks the encryption algorithm " + encr.fqn() + " ("
                        + encr.xfrmName().get() + ")")
                : Optional.empty();
    }

    /** What to say if the kernel lacks that integrity algorithm; to be asked only if it has ESP over IPv4. */
    public Optional<String> missing(Integ integ) {
        if (integ == Integ.NONE) {
            return Optional.empty();
        }
        String errno = attempt(new Candidate(AddressFamily.IPV4, IpsecProtocol.ESP, Optional.of(Encr.NULL), 0, integ));
        return isNoAlgorithm(errno)
                ? Optional.of(
                        "this kernel lacks the integrity algorithm " + integ.fqn() + " (" + integ.xfrmName() + ")")
                : Optional.empty();
    }

    /** What the kernel's refusal of an SA was about, if it was about something that it lacks. */
    public Optional<String> lacking(String errno, KernelSa sa) {
        IpsecProtocol protocol = sa.id().protocol();
        if (errno.equals("EPROTONOSUPPORT")) {
            return Optional.of(lacks(protocol, sa.id().source().family()));
        }
        if (!isNoAlgorithm(errno)) {
            return Optional.empty();
        }
        if (protocol == IpsecProtocol.IPCOMP) {
            return missing(protocol, sa.id().source().family());
        }
        List<String> missing = new ArrayList<>();
        missing(protocol, sa.id().source().family()).ifPresent(missing::add);
        sa.encr().flatMap(encr -> missing(encr, keyBits(encr, sa.encrKey()))).ifPresent(missing::add);
        missing(sa.integ()).ifPresent(missing::add);
        if (missing.isEmpty()) {
            // Each alone is there: the kernel has no template to combine them.
            missing.add("this kernel cannot combine " + sa.encr().map(Encr::fqn).orElse("NULL") + " with "
                    + sa.integ().fqn());
        }
        return Optional.of(String.join("; ", missing));
    }

    private static int keyBits(Encr encr, Secret key) {
        return (key.length() - encr.saltLength()) * Byte.SIZE;
    }

    /** ENOSYS: unknown to XFRM; ENOENT: known, but not to the kernel's cryptography. */
    private static boolean isNoAlgorithm(String errno) {
        return errno.equals("ENOSYS") || errno.equals("ENOENT");
    }

    private static String lacks(IpsecProtocol protocol, AddressFamily family) {
        String module =
                switch (protocol) {
                    case ESP -> "esp";
                    case AH -> "ah";
                    case IPCOMP -> "ipcomp";
                };
        String number = family == AddressFamily.IPV4 && protocol == IpsecProtocol.IPCOMP
                ? ""
                : family == AddressFamily.IPV4 ? "4" : "6";
        return "this kernel lacks " + protocol + " over " + family + " (kernel module " + module + number + ")";
    }

    /** An SA to try, but for its SPI. */
    private record Candidate(
            AddressFamily family, IpsecProtocol protocol, Optional<Encr> encr, int keyBits, Integ integ) {
        KernelSa withSpi(int spi) {
            IpAddress self = family == AddressFamily.IPV4 ? IpAddress.of("127.0.0.1") : IpAddress.of("::1");
            return new KernelSa(
                    new SaId(self, self, protocol, spi),
                    false,
                    IpsecMode.TRANSPORT,
                    0,
                    encr,
                    key(encr.map(e -> e.keyMaterialLength(keyBits)).orElse(0)),
                    integ,
                    key(integ.keyLength()),
                    0,
                    false,
                    Optional.empty(),
                    Optional.empty(),
                    KernelSa.Limits.NONE,
                    KernelSa.Features.NONE);
        }

        /** No weak key of any cipher. */
        private static Secret key(int length) {
            byte[] key = new byte[length];
            for (int i = 0; i < length; i++) {
                key[i] = (byte) (i * 37 + 11);
            }
            return Secret.take(key);
        }
    }

    /** The errno of installing the SA, "" if it went well. */
    private String attempt(Candidate candidate) {
        String errno = "EEXIST";
        for (int spi = FIRST_SPI; spi <= LAST_SPI && errno.equals("EEXIST"); spi++) {
            errno = trial.errnoOf(candidate.withSpi(spi));
        }
        return errno;
    }
}
