package hourglass.runtime.cli;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;

/**
 * The streams a command reads and writes: the process's own, or a test's.
 *
 * @param in what is typed for the guest
 * @param out what the guest prints, and what a command was asked to print; every write is passed on
 *     at once
 * @param err messages
 */
record HostStreams(InputStream in, OutputStream out, PrintStream err) {
  /** The process's streams, without any buffer between. */
  static HostStreams ofProcess() {
    return new HostStreams(
        new FileInputStream(FileDescriptor.in),
        new FileOutputStream(FileDescriptor.out),
        System.err);
  }

  /** Prints a message as every command prints its messages: one line. */
  void message(String text) {
    err.println("hourglass: " + text.lines().reduce((a, b) -> a + " " + b.strip()).orElse(""));
  }
}
