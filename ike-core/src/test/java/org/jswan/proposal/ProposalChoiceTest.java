// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.proposal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jswan.base.Bytes;
import org.jswan.wire.IkeVersion;
import org.jswan.wire.v2.SaPayload;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Two ends offer and choose as two daemons of libreswan did, whose log lines the resource file holds: the options of both,
 * the proposals that the initiator logged, the lines that the responder logged.
 */
class ProposalChoiceTest {
    private static final Bytes SPI = Bytes.ofHex("01020304");
    private static final Pattern END = Pattern.compile("(?:initiator|responder) (\\w+) ike=(.*) esp=(.*) esn=(\\w+)");

    private record Options(Optional<String> ike, AlgorithmSuites child, ProposalBuilder.SequenceNumbers esn) {
        static Options parse(String line) throws ProposalException {
            Matcher matcher = END.matcher(line);
            assertThat(matcher.matches()).as(line).isTrue();
            SecurityProtocol protocol = matcher.group(1).equals("encrypt") ? SecurityProtocol.ESP : SecurityProtocol.AH;
            ProposalParser parser =
                    ProposalParser.child(protocol, IkeVersion.V2, true, LinuxAlgorithms::has, remark -> {});
            String esn = matcher.group(4);
            return new Options(
                    optional(matcher.group(2)),
                    parser.parse(optional(matcher.group(3))),
                    new ProposalBuilder.SequenceNumbers(!esn.equals("no"), !esn.equals("yes")));
        }

        Proposals ikeProposals() throws ProposalException {
            return ProposalBuilder.ike(
                    ProposalParser.ike(IkeVersion.V2, remark -> {}).parse(ike));
        }

        Proposals childProposals() {
            return ProposalBuilder.child(child, new ProposalBuilder.NoGroups(), esn, false);
        }

        private static Optional<String> optional(String text) {
            return Optional.of(text).filter(t -> !t.isEmpty());
        }
    }

    @TestFactory
    Stream<DynamicTest> choosesWhatPlutoChose() {
        return Stream.of(text().split("\n\n"))
                .map(block -> block.strip().lines().toList())
                .map(block -> DynamicTest.dynamicTest(block.get(0), () -> assertThat(replay(block))
                        .usingElementComparator(ProposalChoiceTest::compareCut)
                        .isEqualTo(block.subList(2, block.size()))));
    }

    /** Log lines are cut, their prefix included, to a length that is the logger's business. */
    private static int compareCut(String said, String logged) {
        return logged.endsWith("...") && said.startsWith(logged.substring(0, logged.length() - 3))
                ? 0
                : said.compareTo(logged);
    }

    private static List<String> replay(List<String> block) throws ProposalException {
        Options initiator = Options.parse(block.get(0));
        Options responder = Options.parse(block.get(1));
        List<String> said = new ArrayList<>();
        initiator.ikeProposals().lines().forEach(line -> said.add("offers " + line.strip()));
        initiator.childProposals().lines().forEach(line -> said.add("offers " + line.strip()));
        if (negotiate(initiator.ikeProposals(), responder.ikeProposals(), true, said)) {
            negotiate(initiator.childProposals(), responder.childProposals(), false, said);
        }
        return said;
    }

    private static boolean negotiate(Proposals ours, Proposals theirs, boolean ike, List<String> said) {
        Bytes spi = ike ? Bytes.EMPTY : SPI;
        Selection selection = ProposalMatcher.choose(theirs, ours.offer(spi), ike, !ike);
        if (selection instanceof Selection.Refused refused) {
            refused.log().forEach(line -> said.add("logs " + line));
            return false;
        }
        Selection.Chosen chosen = (Selection.Chosen) selection;
        chosen.log().forEach(line -> said.add("logs " + line.replace("SPI=" + SPI.hex(), "SPI=*")));
        SaPayload answer = SaPayload.of(List.of(chosen.proposal().answer(spi)));
        Selection accepted = ProposalMatcher.accept(ours, answer, ike, !ike);
        assertThat(accepted).isInstanceOf(Selection.Chosen.class);
        assertThat(((Selection.Chosen) accepted).proposal()).isEqualTo(chosen.proposal());
        return true;
    }

    private static String text() {
        try (InputStream in = ProposalChoiceTest.class.getResourceAsStream("choices.txt")) {
            return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
