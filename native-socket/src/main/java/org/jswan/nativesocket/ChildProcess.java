// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.nativesocket;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * A program that runs beside us, and only {@code /dev/null} to read from. The JDK's processes say 143 for an exit status as
 * well as for a signal, and are started by a program that starts the program.
 */
public final class ChildProcess implements AutoCloseable {
    private final int pid;
    private final NativeSocket output;

    /**
     * How a program ended.
     *
     * @param isSignal whether {@code number} is the signal that ended it
     * @param number its exit status otherwise, 0 to 255
     */
    public record Ending(boolean isSignal, int number) {}

    private ChildProcess(int pid, NativeSocket output) {
        this.pid = pid;
        this.output = output;
    }

    /**
     * Starts a program.
     *
     * @param program its file
     * @param arguments from its name on, as it is to know itself
     * @param environment all of it
     * @throws IllegalArgumentException if there is a NUL in a text
     */
    public static ChildProcess start(String program, List<String> arguments, Map<String, String> environment)
            throws ErrnoException {
        int[] end = new int[1];
        int pid = ErrnoException.check(
                program,
                Native.spawn(
                        octets(List.of(program)),
                        octets(arguments),
                        octets(environment.entrySet().stream()
                                .map(variable -> variable.getKey() + "=" + variable.getValue())
                                .toList()),
                        end));
        return new ChildProcess(pid, NativeSocket.adopt(end[0]));
    }

    private static byte[] octets(List<String> texts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (String text : texts) {
            if (text.indexOf(0) >= 0) {
                throw new IllegalArgumentException("a program's argument or variable with a NUL in it");
            }
            all.writeBytes(text.getBytes(StandardCharsets.UTF_8));
            all.write(0);
        }
        return all.toByteArray();
    }

    /**
     * Waits for some of what it, or who has its output by then, says on either output.
     *
     * @param data direct; gets it from its position on
     * @return the number of octets; 0 when there will be no more
     */
    public int read(ByteBuffer data) throws ErrnoException {
        return output.read(data);
    }

    /** Waits for its end; to be called once. */
    public Ending waitFor() throws ErrnoException {
        int status = ErrnoException.check("waitpid", Native.waitFor(pid));
        return new Ending(status >= Native.SIGNALLED, status % Native.SIGNALLED);
    }

    /** Hears it no more. */
    @Override
    public void close() {
        output.close();
    }
}
