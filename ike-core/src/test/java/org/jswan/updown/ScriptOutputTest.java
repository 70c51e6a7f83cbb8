// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.updown;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jswan.base.OctetText;
import org.junit.jupiter.api.Test;

class ScriptOutputTest {
    private final List<String> lines = new ArrayList<>();
    private final ScriptOutput output = new ScriptOutput(lines::add);

    private void add(String text) {
        output.add(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void linesMayComeInPiecesAndTheLastWithoutAnEnd() {
        add("o");
        add("ne\ntwo\n\nthr");
        assertThat(lines).containsExactly("one", "two", "");
        add("ee");
        output.end();
        output.end();
        assertThat(lines).containsExactly("one", "two", "", "three");
    }

    @Test
    void longLinesAreFolded() {
        String x = "x".repeat(254);
        add(x + "\n" + x + "y\n" + x + "yz\n" + x + "y");
        output.end();
        assertThat(lines).containsExactly(x, x + "y", "", x + "y", "z", x + "y");
    }

    /** Who puts the pieces together again has what the script said. */
    @Test
    void aCharacterAtAFoldPassesThrough() {
        String x = "x".repeat(254);
        output.addLine(x + "é");
        assertThat(lines).hasSize(2);
        assertThat(OctetText.write(lines.get(0) + lines.get(1))).isEqualTo((x + "é").getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void controlCharactersAreAsTheyCameButForNul() {
        output.addLine("a\tb\033[31m\r");
        output.addLine("seen\0unseen");
        assertThat(lines).containsExactly("a\tb\033[31m\r", "seen");
    }
}
