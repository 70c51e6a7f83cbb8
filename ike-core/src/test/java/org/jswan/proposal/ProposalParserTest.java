// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.proposal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jswan.crypto.Algorithm;
import org.jswan.crypto.Encr;
import org.jswan.crypto.Integ;
import org.jswan.wire.IkeVersion;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Says the same as libreswan's algparse, whose output the resource files hold: commands, and below each its lines. */
class ProposalParserTest {
    private static final Pattern COMMAND = Pattern.compile("algparse -v([12]) (-pfs )?'(ike|esp|ah)(?:=(.*))?'");

    @TestFactory
    Stream<DynamicTest> saysWhatAlgparseSays() {
        return Stream.of(
                        "ikev1",
                        "ikev1-pfs",
                        "ikev2",
                        "ikev2-pfs",
                        "more-ikev1",
                        "more-ikev1-pfs",
                        "more-ikev2",
                        "more-ikev2-pfs")
                .flatMap(file -> transcript(file + ".txt").stream());
    }

    @Test
    void marksDefaults() throws ProposalException {
        ProposalParser parser = ProposalParser.ike(IkeVersion.V2, remark -> {});
        assertThat(parser.parse(Optional.empty()).defaulted()).isTrue();
        assertThat(parser.parse(Optional.of("aes")).defaulted()).isFalse();
    }

    @Test
    void asksTheKernelForCiphers() {
        ProposalParser parser =
                ProposalParser.child(SecurityProtocol.ESP, IkeVersion.V2, false, LinuxAlgorithms::has, remark -> {});
        assertThat(catchMessage(parser, "camellia_ctr"))
                .isEqualTo("ESP encryption algorithm 'camellia_ctr' is not supported");
    }

    @Test
    void theDefaultsLeaveOutWhatTheKernelLacks() throws ProposalException {
        assertThat(defaults(SecurityProtocol.ESP, algorithm -> true))
                .hasToString(
                        defaults(SecurityProtocol.ESP, LinuxAlgorithms::has).toString());
        ProposalParser lacking = ProposalParser.child(
                SecurityProtocol.ESP,
                IkeVersion.V2,
                false,
                algorithm -> algorithm != Encr.AES_GCM_16 && algorithm != Integ.HMAC_SHA2_256_128,
                remark -> {});
        assertThat(lacking.parse(Optional.empty()).all())
                .isEqualTo(lacking.parse(Optional.of("aes_cbc_256-sha2_512,aes_cbc_128-sha2_512"))
                        .all());
        assertThat(lacking.parse(Optional.of("aes256")).all())
                .isEqualTo(lacking.parse(Optional.of("aes256-sha2_512")).all());
        assertThat(defaults(SecurityProtocol.AH, algorithm -> algorithm != Integ.HMAC_SHA2_256_128)
                        .all())
                .hasSize(2);
    }

    private static AlgorithmSuites defaults(SecurityProtocol protocol, Predicate<Algorithm> kernelHas)
            throws ProposalException {
        return ProposalParser.child(protocol, IkeVersion.V2, false, kernelHas, remark -> {})
                .parse(Optional.empty());
    }

    private static String catchMessage(ProposalParser parser, String text) {
        try {
            return parser.parse(Optional.of(text)).toString();
        } catch (ProposalException e) {
            return e.getMessage();
        }
    }

    private static List<DynamicTest> transcript(String file) {
        List<DynamicTest> tests = new ArrayList<>();
        List<String> expected = new ArrayList<>();
        for (String line : lines(file)) {
            if (COMMAND.matcher(line).matches()) {
                expected = new ArrayList<>();
                List<String> answer = expected;
                tests.add(DynamicTest.dynamicTest(
                        line, () -> assertThat(algparse(line)).isEqualTo(answer)));
            } else {
                expected.add(line);
            }
        }
        return tests;
    }

    private static List<String> algparse(String command) {
        Matcher matcher = COMMAND.matcher(command);
        assertThat(matcher.matches()).isTrue();
        IkeVersion version = matcher.group(1).equals("1") ? IkeVersion.V1 : IkeVersion.V2;
        boolean pfs = matcher.group(2) != null;
        List<String> said = new ArrayList<>();
        ProposalParser parser =
                switch (matcher.group(3)) {
                    case "ike" -> ProposalParser.ike(version, remark -> said.add("algparse: " + remark));
                    case "esp" -> child(SecurityProtocol.ESP, version, pfs, said);
                    default -> child(SecurityProtocol.AH, version, pfs, said);
                };
        try {
            parser.parse(Optional.ofNullable(matcher.group(4))).all().forEach(suite -> said.add("\t" + suite));
        } catch (ProposalException e) {
            said.add("\tERROR: " + e.getMessage());
        }
        return said;
    }

    private static ProposalParser child(SecurityProtocol protocol, IkeVersion version, boolean pfs, List<String> said) {
        return ProposalParser.child(protocol, version, pfs, any -> true, remark -> said.add("algparse: " + remark));
    }

    private static List<String> lines(String file) {
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(
                Objects.requireNonNull(ProposalParserTest.class.getResourceAsStream(file), file),
                StandardCharsets.UTF_8))) {
            return reader.lines().toList();
        } catch (IOException e) {
            throw new IllegalStateException(file, e);
        }
    }
}
