package hourglass.runtime.process;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The processes of a run as a table for people. */
public final class ProcessReport {
  private static final String UNKNOWN = "unknown";
  private static final String ROW = "%7s  %-16s %-8s  %-7s  %-24s %9s  %6s  %12s  %10s";

  private ProcessReport() {}

  /** Several lines: a row a process in the order in which they came, then what there is to say. */
  public static List<String> of(ProcessWatcher watcher) {
    final List<GuestProcess> processes = watcher.processes();
    final List<String> lines =
        processes.stream()
            .map(process -> row(process, total(processes)))
            .collect(Collectors.toList());
    lines.addFirst(
        ROW.formatted(
            "PID",
            "NAME",
            "CR3",
            "RUNS",
            "MADE BY",
            "SWITCHES",
            "SHARE",
            "SYSTEM CALLS",
            "PAGE FAULTS"));
    lines.add("system calls: " + systemCalls(watcher, processes));
    lines.add("known from: " + watcher.describe());
    return lines.stream().map(String::stripTrailing).toList();
  }

  private static long total(List<GuestProcess> processes) {
    return Math.max(1, processes.stream().mapToLong(GuestProcess::instructions).sum());
  }

  private static String row(GuestProcess process, long total) {
    return ROW.formatted(
        process.pid().isPresent() ? process.pid().getAsInt() : UNKNOWN,
        process.name().orElse(UNKNOWN),
        addressSpace(process),
        kind(process),
        process.creator().map(GuestProcess::toString).orElse(UNKNOWN),
        number(process.switches()),
        String.format(Locale.ROOT, "%.2f%%", 100.0 * process.instructions() / total),
        number(process.systemCalls().values().stream().mapToLong(Long::longValue).sum()),
        number(process.pageFaults()));
  }

  private static String number(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }

  private static String addressSpace(GuestProcess process) {
    final OptionalInt space = process.addressSpace();
    return space.isPresent() ? String.format("%08x", space.getAsInt()) : "-";
  }

  private static String kind(GuestProcess process) {
    return switch (process.kind()) {
      case KERNEL_THREAD -> "kernel";
      case USER -> process.threadGroup().equals(process.pid()) ? "user" : "thread";
      case UNKNOWN -> UNKNOWN;
    };
  }

  /** All calls by name, the most frequent first. */
  private static String systemCalls(ProcessWatcher watcher, List<GuestProcess> processes) {
    final Map<Integer, Long> all = new TreeMap<>();
    processes.forEach(p -> p.systemCalls().forEach((n, count) -> all.merge(n, count, Long::sum)));
    final StringJoiner text = new StringJoiner(", ").setEmptyValue("none");
    all.entrySet().stream()
        .sorted(Map.Entry.<Integer, Long>comparingByValue().reversed())
        .forEach(e -> text.add(watcher.systemCallName(e.getKey()) + " " + number(e.getValue())));
    return text.toString();
  }
}
