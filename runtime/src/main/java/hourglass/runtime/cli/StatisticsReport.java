package hourglass.runtime.cli;

import hourglass.runtime.boot.Unpacking;
import hourglass.runtime.engine.Statistics;
import hourglass.runtime.profile.Activity;
import hourglass.runtime.profile.Profile;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import tools.jackson.core.JsonGenerator;

/**
 * A run's statistics for people ({@code --stats}) and for programs ({@code --stats-json}).
 *
 * @param wallSeconds from the start of the program's run of the guest to its end
 * @param counted what was counted meanwhile
 * @param profile where the time went
 * @param unpacking how the kernel was unpacked, if it was compressed
 */
record StatisticsReport(
    double wallSeconds,
    Statistics counted,
    Optional<Profile> profile,
    Optional<Unpacking> unpacking) {
  private static final double NANOS = 1e9;

  private long instructions() {
    return counted.interpretedInstructions + counted.translatedInstructions;
  }

  private double instructionsPerSecond() {
    return wallSeconds > 0 ? instructions() / wallSeconds : 0;
  }

  /** The part of all instructions that ran as translated code, 0 to 1. */
  private double translatedShare() {
    return instructions() == 0 ? 0 : (double) counted.translatedInstructions / instructions();
  }

  /** Prints a table. */
  void print(PrintStream out) {
    row(out, "wall time", "%,.2f s", wallSeconds);
    unpacking.ifPresent(
        u -> row(out, "kernel unpacked by", "%s  (%s)", lowerCase(u.by()), u.note()));
    row(out, "guest instructions", "%,d", instructions());
    row(
        out,
        "  translated",
        "%,d  (%.1f %%)",
        counted.translatedInstructions,
        100 * translatedShare());
    row(out, "  interpreted", "%,d", counted.interpretedInstructions);
    row(out, "instructions a second", "%,.0f", instructionsPerSecond());
    row(out, "regions made", "%,d", counted.regionsMade);
    counters(out, "regions thrown away", dropped());
    row(out, "regions kept", "%,d of at most %,d", counted.regionsKept, counted.mostRegions);
    row(
        out,
        "decoded instructions kept",
        "%,d  (swept %,d times)",
        counted.decodedKept,
        counted.decodedSweeps);
    row(out, "metaspace", "%,d bytes", counted.metaspaceBytes);
    row(out, "bytecode", "%,d bytes", counted.bytecodeBytes);
    row(out, "time in the translator", "%,.2f s", counted.translationNanos / NANOS);
    counters(out, "calls to the interpreter", counted.callouts);
    counters(out, "light calls to it", counted.lightCallouts);
    counters(out, "exits to the interpreter", counted.exits);
    row(out, "page map fills", "%,d", counted.pageMapFills);
    row(out, "page map flushes", "%,d", counted.pageMapFlushes);
    row(out, "hardware interrupts", "%,d", counted.hardwareInterrupts);
    row(out, "exceptions, INT n", "%,d", counted.exceptions);
    profile.filter(p -> p.count() > 0).ifPresent(p -> profile(out, p));
  }

  /** Shares of the guest's thread, and the threads beside it. */
  private static void profile(PrintStream out, Profile profile) {
    row(
        out,
        "the guest's thread",
        "%,.2f s on a processor; %,d samples:",
        profile.processorSeconds(),
        profile.count());
    for (Activity activity : Activity.values()) {
      row(out, "  " + lowerCase(activity), "%.1f %%", 100 * profile.share(activity));
    }
    if (!profile.besides().isEmpty()) {
      row(out, "other threads", "%,.2f s on a processor", sum(profile.besides()));
      profile.besides().forEach((purpose, seconds) -> row(out, "  " + purpose, "%,.2f s", seconds));
    }
  }

  private static double sum(Map<String, Double> seconds) {
    return seconds.values().stream().mapToDouble(Double::doubleValue).sum();
  }

  private static void row(PrintStream out, String name, String format, Object... values) {
    out.printf(Locale.ROOT, "%-28s %s%n", name, String.format(Locale.ROOT, format, values));
  }

  private static String lowerCase(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  /** A total, and below it its parts, the largest first. */
  private static void counters(PrintStream out, String name, Map<String, Long> counters) {
    row(out, name, "%,d", counters.values().stream().mapToLong(Long::longValue).sum());
    counters.entrySet().stream()
        .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
        .forEach(e -> row(out, "  " + e.getKey(), "%,d", e.getValue()));
  }

  private Map<String, Long> dropped() {
    return counted.regionsDropped.entrySet().stream()
        .collect(
            Collectors.toMap(
                e -> lowerCase(e.getKey()), Map.Entry::getValue, Long::sum, TreeMap::new));
  }

  /** Writes the JSON object that {@code docs/command-line.md} describes. */
  void writeJson(Path file) throws IOException {
    try (OutputStream out = Files.newOutputStream(file);
        JsonGenerator json = IndentedJson.generator(out)) {
      json.writeStartObject();
      json.writeNumberProperty("wallSeconds", wallSeconds);
      if (unpacking.isPresent()) {
        json.writeStringProperty("kernelUnpackedBy", lowerCase(unpacking.get().by()));
        json.writeStringProperty("kernelUnpackedNote", unpacking.get().note());
      }
      json.writeNumberProperty("instructions", instructions());
      json.writeNumberProperty("translatedInstructions", counted.translatedInstructions);
      json.writeNumberProperty("interpretedInstructions", counted.interpretedInstructions);
      json.writeNumberProperty("translatedShare", translatedShare());
      json.writeNumberProperty("instructionsPerSecond", instructionsPerSecond());
      json.writeNumberProperty("regionsMade", counted.regionsMade);
      counters(json, "regionsDropped", dropped());
      json.writeNumberProperty("regionsKept", counted.regionsKept);
      json.writeNumberProperty("mostRegions", counted.mostRegions);
      json.writeNumberProperty("decodedKept", counted.decodedKept);
      json.writeNumberProperty("decodedSweeps", counted.decodedSweeps);
      json.writeNumberProperty("metaspaceBytes", counted.metaspaceBytes);
      json.writeNumberProperty("bytecodeBytes", counted.bytecodeBytes);
      json.writeNumberProperty("translationSeconds", counted.translationNanos / NANOS);
      counters(json, "callouts", counted.callouts);
      counters(json, "lightCallouts", counted.lightCallouts);
      counters(json, "exits", counted.exits);
      json.writeNumberProperty("pageMapFills", counted.pageMapFills);
      json.writeNumberProperty("pageMapFlushes", counted.pageMapFlushes);
      json.writeNumberProperty("hardwareInterrupts", counted.hardwareInterrupts);
      json.writeNumberProperty("exceptions", counted.exceptions);
      profile.filter(p -> p.count() > 0).ifPresent(p -> profile(json, p));
      json.writeEndObject();
    }
  }

  private static void profile(JsonGenerator json, Profile profile) {
    json.writeNumberProperty("guestProcessorSeconds", profile.processorSeconds());
    json.writeNumberProperty("profileSamples", profile.count());
    json.writeObjectPropertyStart("profileShares");
    for (Activity activity : Activity.values()) {
      json.writeNumberProperty(lowerCase(activity), profile.share(activity));
    }
    json.writeEndObject();
    json.writeObjectPropertyStart("otherProcessorSeconds");
    profile.besides().forEach(json::writeNumberProperty);
    json.writeEndObject();
  }

  private static void counters(JsonGenerator json, String name, Map<String, Long> counters) {
    json.writeObjectPropertyStart(name);
    counters.forEach(json::writeNumberProperty);
    json.writeEndObject();
  }
}
