package hourglass.runtime.process;

import hourglass.translator.cpu.GuestFault;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.StringJoiner;
import java.util.function.Consumer;

/**
 * Writes a line an event: guest time in seconds, instructions, the event, the process, and more.
 */
public final class TextTrace implements TraceSink {
  private static final String HEAD = "%14.9f %15d  %-9s  %s";

  /** The names of clone(2)'s flags, from the lowest, 100h. */
  private static final List<String> FLAGS =
      List.of(
          "VM",
          "FS",
          "FILES",
          "SIGHAND",
          "PIDFD",
          "PTRACE",
          "VFORK",
          "PARENT",
          "THREAD",
          "NEWNS",
          "SYSVSEM",
          "SETTLS",
          "PARENT_SETTID",
          "CHILD_CLEARTID",
          "DETACHED",
          "UNTRACED",
          "CHILD_SETTID",
          "NEWCGROUP",
          "NEWUTS",
          "NEWIPC",
          "NEWUSER",
          "NEWPID",
          "NEWNET",
          "IO");

  private final Consumer<String> lines;

  /** Passes each line on, without its end. */
  public TextTrace(Consumer<String> lines) {
    this.lines = lines;
  }

  @Override
  public void accept(TraceEvent event) {
    lines.accept(
        String.format(
                Locale.ROOT,
                HEAD,
                event.at().nanos() / 1e9,
                event.at().instructions(),
                name(event),
                describe(event))
            .stripTrailing());
  }

  /** The one word that says what happened. */
  static String name(TraceEvent event) {
    return switch (event) {
      case TraceEvent.Fork e -> "fork";
      case TraceEvent.FirstReturn e -> "begin";
      case TraceEvent.Exec e -> "exec";
      case TraceEvent.Switch e -> "switch";
      case TraceEvent.Exit e -> "exit";
      case TraceEvent.Freed e -> "freed";
      case TraceEvent.SystemCall e -> "syscall";
      case TraceEvent.Fault e -> "fault";
      case TraceEvent.Interrupt e -> "interrupt";
    };
  }

  private static String describe(TraceEvent event) {
    final String process = event.process().toString();
    return switch (event) {
      case TraceEvent.Fork e -> process + " -> " + e.child() + "  " + flags(e.flags());
      case TraceEvent.FirstReturn e -> process;
      case TraceEvent.Exec e -> process;
      case TraceEvent.Switch e -> process + " -> " + e.next() + "  " + addressSpace(e);
      case TraceEvent.Exit e -> process + "  " + exitCode(e.code());
      case TraceEvent.Freed e -> process + "  by " + e.by();
      case TraceEvent.SystemCall e -> process + "  " + e.text();
      case TraceEvent.Fault e -> process + "  " + fault(e);
      case TraceEvent.Interrupt e ->
          String.format(
              "%s  vector %02x, eip %08x, level %d", process, e.vector(), e.eip(), e.cpl());
    };
  }

  /** Whose address space it is, after a switch. */
  static String addressSpace(TraceEvent.Switch e) {
    final String cr3 =
        String.format("cr3 %08x %s", e.addressSpace(), e.kept() ? "kept" : "changed");
    if (!e.borrowed()) {
      return cr3;
    }
    return cr3 + ", borrowed from " + e.owner().map(GuestProcess::toString).orElse("the kernel");
  }

  static String flags(OptionalLong flags) {
    if (flags.isEmpty()) {
      return "flags unknown";
    }
    final StringJoiner names = new StringJoiner("|");
    for (int i = 0; i < FLAGS.size(); i++) {
      if ((flags.getAsLong() >> 8 + i & 1) != 0) {
        names.add(FLAGS.get(i));
      }
    }
    final long signal = flags.getAsLong() & 0xFF;
    return String.format("flags %08x", flags.getAsLong())
        + (names.length() == 0 ? "" : " " + names)
        + (signal == 0 ? "" : ", signal " + signal);
  }

  private static String exitCode(OptionalInt code) {
    if (code.isEmpty()) {
      return "code unknown";
    }
    final int signal = code.getAsInt() & 0x7F;
    return signal == 0 ? "status " + (code.getAsInt() >> 8 & 0xFF) : "signal " + signal;
  }

  static String fault(TraceEvent.Fault e) {
    final StringBuilder text = new StringBuilder(GuestFault.name(e.vector()));
    if (e.vector() == GuestFault.PAGE_FAULT) {
      text.append(
          String.format(
              " at %08x (%s, %s, %s)",
              e.address(),
              (e.errorCode() & 1) != 0 ? "protection" : "not present",
              (e.errorCode() & 2) != 0 ? "write" : "read",
              (e.errorCode() & 4) != 0 ? "user" : "kernel"));
    } else if (e.errorCode() != 0) {
      text.append(String.format(" error %04x", e.errorCode()));
    }
    return text.append(String.format(", eip %08x, level %d", e.eip(), e.cpl())).toString();
  }
}
