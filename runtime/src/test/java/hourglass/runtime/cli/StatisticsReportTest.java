package hourglass.runtime.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hourglass.runtime.boot.Decompressor;
import hourglass.runtime.boot.Unpacking;
import hourglass.runtime.engine.Statistics;
import hourglass.runtime.engine.Statistics.DropReason;
import hourglass.runtime.profile.Activity;
import hourglass.runtime.profile.Profile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StatisticsReportTest {
  private static StatisticsReport report() {
    final Statistics counted = new Statistics();
    counted.translatedInstructions = 3_000_000;
    counted.interpretedInstructions = 1_000_000;
    counted.regionsMade = 7;
    counted.regionsKept = 5;
    counted.mostRegions = 100;
    counted.translationNanos = 250_000_000;
    counted.regionsDropped.put(DropReason.CODE_WRITTEN, 2L);
    counted.callouts.put("hlt", 4L);
    counted.callouts.put("out", 40L);
    counted.lightCallouts.put("in", 3L);
    return new StatisticsReport(
        2.0,
        counted,
        Optional.of(
            new Profile(
                Map.of(Activity.TRANSLATED_CODE, 3L, Activity.WAITING, 1L),
                1.5,
                Map.of("translator", 0.25))),
        Optional.of(new Unpacking(Decompressor.GUEST, "as asked")));
  }

  @Test
  void tableHasTotalsSharesAndReasonsTheLargestFirst() {
    final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    report().print(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    final String table = bytes.toString(StandardCharsets.UTF_8);
    assertTrue(table.contains("kernel unpacked by           guest  (as asked)\n"), table);
    assertTrue(table.contains("guest instructions           4,000,000\n"), table);
    assertTrue(table.contains("  translated                 3,000,000  (75.0 %)\n"), table);
    assertTrue(table.contains("instructions a second        2,000,000\n"), table);
    assertTrue(table.contains("regions kept                 5 of at most 100\n"), table);
    assertTrue(table.contains("  code written               2\n"), table);
    assertTrue(
        table.contains(
            """
            calls to the interpreter     44
              out                        40
              hlt                        4
            light calls to it            3
              in                         3
            """),
        table);
    assertTrue(
        table.endsWith(
            """
            the guest's thread           1.50 s on a processor; 4 samples:
              translated code            75.0 %
              interpreter                0.0 %
              page map                   0.0 %
              devices                    0.0 %
              translation                0.0 %
              waiting                    25.0 %
            other threads                0.25 s on a processor
              translator                 0.25 s
            """),
        table);
  }

  @Test
  void jsonHasTheDocumentedKeys(@TempDir Path folder) throws IOException {
    final Path file = folder.resolve("stats.json");
    report().writeJson(file);
    assertEquals(
        """
        {
          "wallSeconds" : 2.0,
          "kernelUnpackedBy" : "guest",
          "kernelUnpackedNote" : "as asked",
          "instructions" : 4000000,
          "translatedInstructions" : 3000000,
          "interpretedInstructions" : 1000000,
          "translatedShare" : 0.75,
          "instructionsPerSecond" : 2000000.0,
          "regionsMade" : 7,
          "regionsDropped" : {
            "code written" : 2
          },
          "regionsKept" : 5,
          "mostRegions" : 100,
          "decodedKept" : 0,
          "decodedSweeps" : 0,
          "metaspaceBytes" : 0,
          "bytecodeBytes" : 0,
          "translationSeconds" : 0.25,
          "callouts" : {
            "hlt" : 4,
            "out" : 40
          },
          "lightCallouts" : {
            "in" : 3
          },
          "exits" : { },
          "pageMapFills" : 0,
          "pageMapFlushes" : 0,
          "hardwareInterrupts" : 0,
          "exceptions" : 0,
          "guestProcessorSeconds" : 1.5,
          "profileSamples" : 4,
          "profileShares" : {
            "translated code" : 0.75,
            "interpreter" : 0.0,
            "page map" : 0.0,
            "devices" : 0.0,
            "translation" : 0.0,
            "waiting" : 0.25
          },
          "otherProcessorSeconds" : {
            "translator" : 0.25
          }
        }\
        """,
        Files.readString(file));
  }
}
