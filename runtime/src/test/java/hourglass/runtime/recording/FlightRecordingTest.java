package hourglass.runtime.recording;

import static hourglass.runtime.testing.GuestMachine.CODE;
import static hourglass.translator.asm.Memory.mem;
import static hourglass.translator.asm.Register.EAX;
import static hourglass.translator.asm.Register.EBX;
import static hourglass.translator.asm.Register.ECX;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hourglass.runtime.debug.Symbol;
import hourglass.runtime.debug.SymbolTable;
import hourglass.runtime.engine.CachingEngine;
import hourglass.runtime.engine.Engine;
import hourglass.runtime.engine.Statistics;
import hourglass.runtime.testing.GuestMachine;
import hourglass.translator.asm.Assembler;
import hourglass.translator.asm.Condition;
import hourglass.translator.asm.Immediate;
import hourglass.translator.emit.Region;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a recording has of regions, of a guest that rewrites its loop. */
@Timeout(60)
class FlightRecordingTest {
  private static final int ROUNDS = 20;

  /** Above {@link LongTranslation#BOUND}. */
  private static final int LONG_MILLIS = 30;

  @TempDir private Path folder;

  private Path file;

  @BeforeEach
  void nameFile() {
    file = folder.resolve("run.jfr");
  }

  /** The recorded events of a kind, in order. */
  private List<RecordedEvent> events(String name) throws IOException {
    return RecordingFile.readAllEvents(file).stream()
        .filter(event -> event.getEventType().getName().equals("hourglass." + name))
        .toList();
  }

  /** Counts down, then writes to the loop and counts down again. */
  private static Assembler code() {
    return new Assembler(CODE)
        .mov(EAX, 2)
        .label("again")
        .mov(ECX, ROUNDS)
        .label("count")
        .dec(ECX)
        .jcc(Condition.NE, "count")
        .mov(EBX, Immediate.address("count"))
        .mov(mem(EBX).as8(), 0x49) // DEC ECX, as it was
        .dec(EAX)
        .jcc(Condition.NE, "again")
        .hlt();
  }

  private static void run(FlightRecording recording) {
    final GuestMachine machine = GuestMachine.protected32().load(code());
    final Engine engine = CachingEngine.translatingInPlace(machine.cpu, new Statistics(), 3);
    engine.listen(recording);
    while (!machine.state.halted) {
      machine.state.beginSlice(1000);
      engine.run();
    }
  }

  @Test
  void regionsThatAreMadeAndThrownAwayAreEventsWithTheirSymbols() throws IOException {
    try (FlightRecording recording = new FlightRecording(file)) {
      run(recording);
      recording.foundSymbols(SymbolTable.of(List.of(new Symbol("start", CODE))));
    }
    final RecordedEvent made = events("RegionMade").getFirst();
    final int count = code().addressOf("count");
    assertEquals(count, made.getLong("address"), made::toString);
    assertEquals("start+0x" + Integer.toHexString(count - CODE), made.getString("symbol"));
    assertTrue(made.getInt("guestInstructions") >= 2, made::toString);
    assertTrue(made.getLong("bytecode") > 0, made::toString);
    assertTrue(made.getDuration("translationTime").toNanos() > 0, made::toString);
    final RecordedEvent dropped = events("RegionDropped").getFirst();
    assertEquals(count, dropped.getLong("address"), dropped::toString);
    assertEquals("code written", dropped.getString("reason"), dropped::toString);
    assertTrue(dropped.getLong("entered") > 0, dropped::toString);
    assertEquals(
        made.getClass("generatedClass").getName(), dropped.getClass("generatedClass").getName());
    assertTrue(!dropped.getStartTime().isBefore(made.getStartTime()), dropped::toString);
  }

  @Test
  void withoutSymbolsRegionsHaveNoneButAreThere() throws IOException {
    try (FlightRecording recording = new FlightRecording(file)) {
      run(recording);
    }
    assertNull(events("RegionMade").getFirst().getString("symbol"));
  }

  @Test
  void onlyTranslationsThatTakeLongAreEventsOfTheirOwn() throws Exception {
    final int address = 0xC010_0000;
    try (FlightRecording recording = new FlightRecording(file)) {
      recording.foundSymbols(SymbolTable.of(List.of(new Symbol("schedule", address))));
      final Consumer<Optional<Region>> longOne = recording.translating(address + 0x10);
      recording.translating(address).accept(Optional.empty());
      Thread.sleep(LONG_MILLIS);
      longOne.accept(Optional.empty());
    }
    final List<RecordedEvent> translations = events("LongTranslation");
    assertEquals(1, translations.size(), translations::toString);
    final RecordedEvent translation = translations.getFirst();
    assertEquals(0xC010_0010L, translation.getLong("address"), translation::toString);
    assertEquals("schedule+0x10", translation.getString("symbol"), translation::toString);
    assertTrue(translation.getDuration().toMillis() >= LONG_MILLIS, translation::toString);
  }

  @Test
  void aFileThatCannotBeWrittenIsToldBeforeAnythingRuns() {
    final Path missing = folder.resolve("missing").resolve("run.jfr");
    assertThrows(IOException.class, () -> new FlightRecording(missing));
  }
}
