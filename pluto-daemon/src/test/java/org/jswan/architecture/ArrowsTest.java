// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.architecture;

import static com.tngtech.archunit.lang.SimpleConditionEvent.violated;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jswan.sa.Sa;
import org.jswan.sa.SaDatabase;
import org.jswan.sa.State;
import org.junit.jupiter.api.Test;

/** The arrows of docs/architecture.md: who may know whom. */
class ArrowsTest {
    private static final String ROOT = "org.jswan.";

    /** ike-core from top to bottom: a package knows those of lower lines only, and none of its own line. */
    private static final List<Set<String>> CORE = List.of(
            Set.of("pluto"),
            Set.of("status", "mobike"),
            Set.of("exchange.v1", "exchange.v2"),
            Set.of(
                    "exchange.v2.auth",
                    "exchange.v2.child",
                    "exchange.v1.phase1",
                    "exchange.v1.quick",
                    "exchange.v1.config",
                    "exchange.v1.informational"),
            Set.of("exchange.v2.agreement", "exchange.v1.engine", "exchange.auth"),
            Set.of("redirect"),
            Set.of("exchange"),
            Set.of("xauth"),
            Set.of("sa", "control"),
            Set.of("config.conf"),
            Set.of("routing"),
            Set.of("connection", "config.secrets"),
            Set.of("revocation"),
            Set.of("certificate", "eap"),
            Set.of("proposal", "identity"),
            Set.of("wire.sk", "config.value", "world"),
            Set.of("crypto.keymat", "key", "kernel", "wire.v1", "wire.v2", "config"),
            Set.of("crypto", "wire"),
            Set.of("crypto.jca", "updown.stock"),
            Set.of("net", "time", "random", "updown", "helper", "impair", "log", "login", "pool"),
            Set.of("base"));

    /** What the other modules hold. */
    private static final Map<String, Set<String>> MODULES = Map.of(
            "native-socket", Set.of("nativesocket", "nativesocket.octets"),
            "kernel-xfrm", Set.of("xfrm"),
            "kernel-pfkey", Set.of("pfkey"),
            "whack-cli", Set.of("whack", "whack.getopt", "whack.value"),
            "auto-cli", Set.of("auto"),
            "pluto-daemon", Set.of("accounts", "daemon", "hostkey", "nss"));

    /** Which modules a module may know besides itself. */
    private static final Map<String, Set<String>> MODULE_ARROWS = Map.of(
            "ike-core", Set.of(),
            "native-socket", Set.of(),
            "kernel-xfrm", Set.of("ike-core", "native-socket"),
            "kernel-pfkey", Set.of("ike-core", "native-socket"),
            "whack-cli", Set.of("ike-core"),
            "auto-cli", Set.of("ike-core", "whack-cli"),
            "pluto-daemon",
                    Set.of("ike-core", "native-socket", "kernel-xfrm", "kernel-pfkey", "whack-cli", "auto-cli"));

    private static final JavaClasses ALL = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("org.jswan");

    private static final Map<String, Integer> RANKS = ranks();

    private static Map<String, Integer> ranks() {
        Map<String, Integer> ranks = new HashMap<>();
        for (int line = 0; line < CORE.size(); line++) {
            int rank = CORE.size() - line;
            CORE.get(line).forEach(name -> ranks.put(name, rank));
        }
        return ranks;
    }

    private static String packageOf(JavaClass type) {
        String name = type.getPackageName();
        return name.startsWith(ROOT) ? name.substring(ROOT.length()) : "";
    }

    private static String moduleOf(String name) {
        if (RANKS.containsKey(name)) {
            return "ike-core";
        }
        return MODULES.entrySet().stream()
                .filter(entry -> entry.getValue().contains(name))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse("");
    }

    private static final DescribedPredicate<JavaClass> OF_THE_CORE =
            DescribedPredicate.describe("of ike-core", type -> RANKS.containsKey(packageOf(type)));

    /** An arrow between two of our packages. */
    private interface Arrow {
        boolean isAllowed(String from, String to);
    }

    private static ArchCondition<JavaClass> pointOnly(String where, Arrow arrow) {
        return new ArchCondition<>("have arrows that point " + where) {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                String from = packageOf(type);
                for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
                    String to = packageOf(dependency.getTargetClass().getBaseComponentType());
                    if (!to.isEmpty() && !to.equals(from) && !arrow.isAllowed(from, to)) {
                        events.add(violated(type, from + " -> " + to + ": " + dependency.getDescription()));
                    }
                }
            }
        };
    }

    @Test
    void everyPackageHasItsPlace() {
        Set<String> homeless = ALL.stream()
                .map(ArrowsTest::packageOf)
                .filter(name -> moduleOf(name).isEmpty())
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(homeless).isEmpty();
    }

    @Test
    void arrowsPointInward() {
        classes()
                .that(OF_THE_CORE)
                .should(pointOnly("inward", (from, to) -> RANKS.getOrDefault(to, Integer.MAX_VALUE) < RANKS.get(from)))
                .check(ALL);
    }

    @Test
    void modulesKnowOnlyWhatTheyStandOn() {
        classes()
                .should(pointOnly(
                        "to modules below",
                        (from, to) -> moduleOf(from).equals(moduleOf(to))
                                || MODULE_ARROWS.get(moduleOf(from)).contains(moduleOf(to))))
                .check(ALL);
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching("org.jswan.(**)").should().beFreeOfCycles().check(ALL);
    }

    /** A port says what the world must offer: values in, values out, and nothing of who asks. */
    @Test
    void portsKnowOnlyValues() {
        classes()
                .that()
                .resideInAnyPackage(
                        "org.jswan.net",
                        "org.jswan.time",
                        "org.jswan.random",
                        "org.jswan.updown",
                        "org.jswan.helper",
                        "org.jswan.log",
                        "org.jswan.login")
                .should(pointOnly("to base", (from, to) -> to.equals("base")))
                .check(ALL);
        // Algorithms are values too.
        classes()
                .that()
                .resideInAPackage("org.jswan.kernel")
                .should(pointOnly("to base and crypto", (from, to) -> Set.of("base", "crypto")
                        .contains(to)))
                .check(ALL);
    }

    /** A codec knows no clock, log, socket or SA; an encrypted payload takes its IV from the random source. */
    @Test
    void codecsKnowOnlyOctets() {
        classes()
                .that()
                .resideInAnyPackage("org.jswan.wire", "org.jswan.wire.v1", "org.jswan.wire.v2")
                .should(pointOnly(
                        "to wire and base", (from, to) -> Set.of("wire", "base").contains(to)))
                .check(ALL);
        classes()
                .that()
                .resideInAPackage("org.jswan.wire.sk")
                .should(pointOnly(
                        "to octets and protection", (from, to) -> Set.of("wire", "wire.v2", "crypto", "random", "base")
                                .contains(to)))
                .check(ALL);
    }

    @Test
    void versionsOfIkeDoNotKnowEachOther() {
        noClasses()
                .that()
                .resideInAPackage("org.jswan..v1..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.jswan..v2..")
                .allowEmptyShould(true)
                .check(ALL);
        noClasses()
                .that()
                .resideInAPackage("org.jswan..v2..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.jswan..v1..")
                .check(ALL);
    }

    /** In IKEv1 rows and their transitions set states, and whoever goes on by itself asks the engine to. */
    @Test
    void onlyTheEngineOfIkev1SetsStates() {
        noClasses()
                .that()
                .resideInAPackage("org.jswan.exchange.v1..")
                .and()
                .resideOutsideOfPackage("org.jswan.exchange.v1.engine")
                .should()
                .callMethod(SaDatabase.class, "setState", Sa.class, State.class)
                .check(ALL);
    }

    /** Sockets, threads and files are the daemon's. Exceptions that a port throws are values, and so are addresses. */
    @Test
    void coreTouchesNothingOfTheWorld() {
        noClasses()
                .that(OF_THE_CORE)
                .should()
                .dependOnClassesThat(
                        DescribedPredicate.describe("do I/O or run beside the loop", ArrowsTest::reachesOutside))
                .check(ALL);
        noClasses()
                .that(OF_THE_CORE)
                .should()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(Instant.class, "now")
                .check(ALL);
        // Bouncy Castle's TLS takes randomness in no other form; there it is the port's in disguise.
        noClasses()
                .that(OF_THE_CORE)
                .and()
                .resideOutsideOfPackage("org.jswan.eap")
                .should()
                .dependOnClassesThat()
                .areAssignableTo(SecureRandom.class)
                .check(ALL);
    }

    private static final Set<String> OUTSIDE = Set.of(
            "java.lang.Thread",
            "java.lang.ThreadLocal",
            "java.lang.Process",
            "java.lang.ProcessBuilder",
            "java.lang.Runtime",
            "java.io.File",
            "java.io.FileInputStream",
            "java.io.FileOutputStream",
            "java.io.FileReader",
            "java.io.FileWriter",
            "java.io.RandomAccessFile",
            "java.nio.file.Files",
            "java.nio.file.FileSystem",
            "java.nio.file.Path",
            "java.nio.file.Paths");

    private static boolean reachesOutside(JavaClass type) {
        String name = type.getName();
        boolean parallel = name.startsWith("java.util.concurrent.")
                // The job of a helper is a Callable.
                && !name.equals("java.util.concurrent.Callable");
        return OUTSIDE.contains(name)
                || parallel
                || name.startsWith("java.net.")
                || name.startsWith("java.nio.channels.");
    }

    /** One thread owns the core, so nothing in it is locked; and the one native seam is elsewhere. */
    @Test
    void coreHasNoLocksAndNoNativeCode() {
        List<String> marked = ALL.stream()
                .filter(OF_THE_CORE)
                .flatMap(type -> type.getMembers().stream())
                .filter(member -> member.getModifiers().contains(JavaModifier.NATIVE)
                        || member.getModifiers().contains(JavaModifier.SYNCHRONIZED)
                        || member.getModifiers().contains(JavaModifier.VOLATILE))
                .map(member -> member.getFullName())
                .toList();
        assertThat(marked).isEmpty();
    }
}
