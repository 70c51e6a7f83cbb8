// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.config.conf;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jswan.config.conf.ConfKey.Trait;
import org.jswan.config.conf.ConfKey.Word;

/** All keys of ipsec.conf. */
public final class ConfKeys {
    /**
     * One key a line: where it belongs, the kind of its value, its name and, behind a {@code >}, the one it stands for,
     * its traits, and the words it takes with their numbers. The order is that in which a configuration is written.
     */
    private static final String TABLE =
            """
            setup ENUM           ikev1-policy accept=0 reject=1 drop=2
            setup STRING         curl-iface
            setup TIME           curl-timeout
            setup STRING         myvendorid +later
            setup STRING         syslog +later
            setup DEBUG_SET      plutodebug
            setup FILE_NAME      logfile
            setup FILE_NAME      plutostderrlog>logfile
            setup BOOL           logtime
            setup BOOL           logappend
            setup BOOL           logip
            setup BOOL           audit-log +later
            setup BOOL           dnssec-enable
            setup FILE_NAME      dnssec-rootkey-file
            setup FILE_NAME      dnssec-anchors
            setup DIRECTORY_NAME dumpdir
            setup DIRECTORY_NAME ipsecdir
            setup DIRECTORY_NAME nssdir
            setup DIRECTORY_NAME secretsfile
            setup DIRECTORY_NAME statsbin +later
            setup BOOL           uniqueids
            setup TIME           shuntlifetime
            setup STRING         global-redirect
            setup STRING         global-redirect-to
            setup BOOL           crl-strict
            setup TIME           crlcheckinterval
            setup BOOL           ocsp-strict
            setup BOOL           ocsp-enable
            setup STRING         ocsp-uri
            setup NUMBER         ocsp-timeout
            setup STRING         ocsp-trustname
            setup NUMBER         ocsp-cache-size
            setup TIME           ocsp-cache-min-age
            setup TIME           ocsp-cache-max-age
            setup ENUM           ocsp-method +processed get=0 post=1
            setup ENUM           ddos-mode +processed auto=1 busy=2 unlimited=3
            setup NUMBER         ddos-ike-threshold
            setup NUMBER         max-halfopen-ike
            setup NUMBER         ike-socket-bufsize
            setup BOOL           ike-socket-errqueue
            setup NUMBER         nflog-all
            setup NUMBER         xfrmlifetime
            setup STRING         virtual-private
            setup STRING         virtual_private>virtual-private
            setup NUMBER         seedbits +later
            setup NUMBER         keep-alive
            setup BOOL           listen-tcp
            setup BOOL           listen-udp
            setup STRING         listen
            setup STRING         protostack
            setup NUMBER         nhelpers
            setup BOOL           drop-oppo-null
            setup NUMBER         ikev1-secctx-attr-type
            setup NUMBER         secctx-attr-type>ikev1-secctx-attr-type +alias
            setup OBSOLETE       interfaces
            end   LOOSE_ENUM     "" +processed %defaultroute=1 %any=2 %=3 %oppo=4 %opportunistic=4 %opportunisticgroup=5 %oppogroup=5 %group=6 %hostname=7
            end   SUBNET         subnet +processed
            end   APPEND_LIST    subnets
            end   ADDRESS        sourceip
            end   NUMBER         ikeport
            end   SUBNET         vti +processed
            end   ADDRESS        nexthop
            end   FILE_NAME      updown
            end   ID             id
            end   PUBLIC_KEY     rsasigkey %cert=2 %dns=1 %dnsondemand=1
            end   PUBLIC_KEY     ecdsakey %cert=2 %dns=1 %dnsondemand=1
            end   PUBLIC_KEY     pubkey %cert=2 %dns=1 %dnsondemand=1
            end   FILE_NAME      cert
            end   STRING         ckaid
            end   ENUM           sendcert never=1 sendifasked=2 alwayssend=3 always=3
            end   STRING         ca
            end   BOOL           xauthserver
            end   BOOL           xauthclient
            end   BOOL           modecfgserver
            end   BOOL           modecfgclient
            end   STRING         username
            end   STRING         xauthusername>username
            end   RANGE          addresspool
            end   ENUM           auth never=0 secret=1 rsasig=2 rsa=2 ecdsa=3 null=4 eaponly=5
            end   BOOL           cat
            end   STRING         protoport +processed
            end   ENUM           autheap none=0 tls=1
            conn  ENUM           auto ignore=0 add=2 ondemand=3 route=3 start=4 up=4 keep=5
            conn  APPEND_STRING  also
            conn  STRING         alsoflip
            conn  STRING         ike
            conn  ENUM           hostaddrfamily ipv4=2 ipv6=10 v4=2 inet=2 v6=10 inet6=10
            conn  ENUM           clientaddrfamily ipv4=2 ipv6=10 v4=2 inet=2 v6=10 inet6=10
            conn  ENUM           type tunnel=0 transport=1 pass=2 passthrough=2 reject=4 drop=3
            conn  STRING         authby
            conn  ENUM           keyexchange ike=1
            conn  ENUM           ikev2 +processed never=0 permit=1 propose=2 insist=3 yes=2 always=3 no=0
            conn  ENUM           ppk +processed never=0 permit=1 propose=2 insist=3 yes=2 always=3 no=0
            conn  BOOL           intermediate +processed
            conn  ENUM           esn +processed yes=2 no=1 either=3
            conn  BOOL           decap-dscp +processed
            conn  BOOL           nopmtudisc +processed
            conn  ENUM           fragmentation +processed never=0 no=0 yes=1 insist=2 force=2
            conn  BOOL           mobike
            conn  BOOL           narrowing
            conn  BOOL           pam-authorize
            conn  ENUM           send-redirect yes=3 no=2 auto=1
            conn  STRING         redirect-to
            conn  ENUM           accept-redirect yes=3 no=2 auto=1
            conn  STRING         accept-redirect-to
            conn  BOOL           pfs
            conn  BOOL           nat-keepalive
            conn  BOOL           initial-contact
            conn  BOOL           cisco-unity
            conn  BOOL           send-no-esp-tfc
            conn  BOOL           fake-strongswan
            conn  BOOL           send-vendorid
            conn  BOOL           sha2-truncbug
            conn  BOOL           ms-dh-downgrade
            conn  BOOL           require-id-on-certificate
            conn  BOOL           dns-match-id,
            conn  BYTES          ipsec-max-bytes
            conn  TIME           ipsec-lifetime
            conn  TIME           keylife>ipsec-lifetime +alias
            conn  TIME           lifetime>ipsec-lifetime +alias
            conn  TIME           salifetime>ipsec-lifetime
            conn  BINARY         ipsec-max-packets
            conn  TIME           retransmit-timeout
            conn  TIME           retransmit-interval +milliseconds
            conn  BOOL           ikepad
            conn  ENUM           nat-ikev1-method +processed both=0 rfc=1 drafts=2 none=3
            conn  STRING         policy-label
            conn  STRING         sec-label>policy-label
            conn  ENUM           remote-peer-type cisco=1
            conn  ENUM           remote_peer_type>remote-peer-type cisco=1
            conn  BOOL           nm-configured
            conn  ENUM           xauthby file=0 pam=1 alwaysok=2
            conn  ENUM           xauthfail hard=0 soft=1
            conn  BOOL           modecfgpull
            conn  STRING         modecfgdns
            conn  STRING         modecfgdomains
            conn  STRING         modecfgbanner
            conn  BOOL           ignore-peer-dns
            conn  STRING         mark
            conn  STRING         mark-in
            conn  STRING         mark-out
            conn  STRING         vti-interface
            conn  BOOL           vti-routing
            conn  BOOL           vti-shared
            conn  LOOSE_ENUM     ipsec-interface yes=1 no=4294967295
            conn  ENUM           nic-offload yes=3 no=2 auto=1
            conn  ENUM           encapsulation yes=3 no=2 auto=1
            conn  OBSOLETE       forceencaps
            conn  BOOL           overlapip
            conn  BOOL           reauth
            conn  BOOL           rekey
            conn  TIME           rekeymargin
            conn  PERCENT        rekeyfuzz
            conn  NUMBER         keyingtries
            conn  NUMBER         replay-window
            conn  TIME           ikelifetime
            conn  ENUM           failureshunt none=0 passthrough=1 drop=2 hold=2 reject=3
            conn  ENUM           negotiationshunt passthrough=0 drop=1 hold=1
            conn  ENUM           enable-tcp no=1 yes=2 fallback=3
            conn  NUMBER         tcp-remoteport
            conn  APPEND_STRING  connalias +processed
            conn  STRING         esp
            conn  STRING         ah>esp
            conn  STRING         phase2alg>esp +alias
            conn  ENUM           phase2 +processed esp=1 ah=2 default=1
            conn  BOOL           compress
            conn  NUMBER         metric
            conn  TIME           dpddelay
            conn  TIME           dpdtimeout
            conn  ENUM           dpdaction hold=2 clear=1 restart=3 restart_by_peer=3
            conn  ENUM           sendca none=0 issuer=1 all=2
            conn  NUMBER         mtu
            conn  NUMBER         priority
            conn  NUMBER         tfc
            conn  NUMBER         reqid
            conn  NUMBER         nflog
            conn  BOOL           aggressive
            conn  BOOL           aggrmode>aggressive +alias
            """;

    private static final List<ConfKey> ALL = TABLE.lines().map(ConfKeys::read).toList();
    private static final Map<String, Found> BY_NAME = index();
    private static final ConfKey COMMENT =
            new ConfKey("x-comment", "x-comment", KeyType.COMMENT, Set.of(Trait.CONN), List.of());

    private ConfKeys() {}

    /**
     * A key as it was found under some name.
     *
     * @param left whether it is meant for the left end
     * @param right whether it is meant for the right end
     */
    public record Found(ConfKey key, boolean left, boolean right) {}

    public static List<ConfKey> all() {
        return ALL;
    }

    /** The key that {@code name} stands for, in any case of letters; {@code x-} and {@code x_} begin comments. */
    public static Optional<Found> find(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        Found found = BY_NAME.get(lower);
        if (found == null && (lower.startsWith("x-") || lower.startsWith("x_"))) {
            return Optional.of(new Found(COMMENT, false, false));
        }
        return Optional.ofNullable(found);
    }

    private static ConfKey read(String line) {
        String[] columns = line.trim().split(" +");
        Set<Trait> traits = EnumSet.noneOf(Trait.class);
        traits.add(columns[0].equals("setup") ? Trait.SETUP : Trait.CONN);
        if (columns[0].equals("end")) {
            traits.add(Trait.END);
        }
        String[] names = columns[2].replace("\"\"", "").split(">", -1);
        List<Word> words = new ArrayList<>();
        for (int i = 3; i < columns.length; i++) {
            int equals = columns[i].indexOf('=');
            if (equals < 0) {
                traits.add(Trait.valueOf(columns[i].substring(1).toUpperCase(Locale.ROOT)));
            } else {
                words.add(new Word(columns[i].substring(0, equals), Long.parseLong(columns[i].substring(equals + 1))));
            }
        }
        return new ConfKey(names[0], names[names.length - 1], KeyType.valueOf(columns[1]), traits, words);
    }

    /** As the oracle: a key of an end without {@code left} or {@code right} is the right end's. */
    private static Map<String, Found> index() {
        Map<String, Found> index = new HashMap<>();
        for (ConfKey key : ALL) {
            boolean end = key.is(Trait.END);
            if (!key.name().isEmpty()) {
                index.putIfAbsent(key.name(), new Found(key, false, end));
            }
            if (end) {
                index.putIfAbsent("left" + key.name(), new Found(key, true, false));
                index.putIfAbsent("right" + key.name(), new Found(key, false, true));
            }
        }
        return index;
    }
}
