// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jswan.base.Bytes;
import org.jswan.base.Secret;
import org.jswan.login.Logins;
import org.jswan.time.TimerQueue;

/** A host's logins: its file of users, and what its PAM says. A password's hash is {@code *password}. */
public final class SimLogins implements Logins {
    private final TimerQueue timers;
    private final List<PamQuestion> asked = new ArrayList<>();
    private Optional<String> file = Optional.empty();
    private Function<PamQuestion, Optional<PamRefusal>> pam =
            question -> Optional.of(new PamRefusal("pam_authenticate", "Authentication failure"));
    private Duration pace = Duration.ofMillis(10);

    SimLogins(TimerQueue timers) {
        this.timers = timers;
    }

    /** There is that file from now on. */
    public void setFile(String text) {
        file = Optional.of(text);
    }

    /** PAM says that from now on, after {@code delay}. */
    public void setPam(Duration delay, Function<PamQuestion, Optional<PamRefusal>> answers) {
        pace = delay;
        pam = answers;
    }

    /** What PAM was asked, the first question first. */
    public List<PamQuestion> asked() {
        return List.copyOf(asked);
    }

    @Override
    public String passwordFileName() {
        return "/etc/ipsec.d/passwd";
    }

    @Override
    public Bytes passwordFile() throws IOException {
        return Bytes.ofUtf8(file.orElseThrow(() -> new FileNotFoundException(passwordFileName())));
    }

    @Override
    public Optional<Bytes> crypt(Secret password, Bytes setting) {
        return Optional.of(Bytes.of('*').plus(Bytes.copyOf(password.expose())));
    }

    @Override
    public Runnable askPam(PamQuestion question, Consumer<Optional<PamRefusal>> done) {
        asked.add(question);
        TimerQueue.Timer answer = timers.after(pace, "PAM", () -> done.accept(pam.apply(question)));
        return answer::cancel;
    }
}
