package hourglass.runtime.guests;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hourglass.images.Image;
import hourglass.images.Initramfs;
import hourglass.runtime.board.BoardOptions;
import hourglass.runtime.board.BoardOptions.ClockKind;
import hourglass.runtime.board.BoardOptions.EngineKind;
import hourglass.runtime.board.Outcome;
import hourglass.runtime.debug.Kallsyms;
import hourglass.runtime.debug.SymbolTable;
import hourglass.runtime.testing.BootedGuest;
import hourglass.runtime.testing.FetchedImages;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Debian's kernels reach their userspace, whatever they make of memory. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
final class DebianKernelsTest {
  /** How that function begins: PUSH EBP, EBX, EDI, ESI; PUSHFD. */
  private static final byte[] SWITCH_TO_ASM = {0x55, 0x53, 0x57, 0x56, (byte) 0x9C};

  /** Comes when clocks are calibrated and interrupts run, about a quarter into the boot. */
  private static final String EARLY = "Switched to clocksource tsc";

  private static BoardOptions options(EngineKind engine, ClockKind clock) {
    return new BoardOptions(256 << 20, engine, 1000, clock, false);
  }

  private static BootedGuest boot(String name, String commandLine, BoardOptions options)
      throws Exception {
    return boot(name, commandLine, options, Initramfs.FIRST_LINE);
  }

  private static BootedGuest boot(
      String name, String commandLine, BoardOptions options, String until) throws Exception {
    final Image image = FetchedImages.get(name);
    final BootedGuest guest = BootedGuest.of(image, commandLine, options);
    final Outcome outcome = guest.runUntilPrinted(until);
    assertEquals(new Outcome.Stopped(), outcome, guest::printed);
    return guest;
  }

  @ParameterizedTest
  @EnumSource(EngineKind.class)
  void thePaeKernelReachesItsUserspaceAndProtectsItsDataFromExecution(EngineKind engine)
      throws Exception {
    final BootedGuest guest =
        boot("debian-pae", "console=ttyS0 nokaslr", options(engine, ClockKind.HOST));
    assertTrue(guest.printed().contains("NX (Execute Disable) protection: active"), guest::printed);
  }

  @Test
  void aKernelThatRandomisesItsBaseReachesItsUserspaceAndItsSymbolsAreFoundThere()
      throws Exception {
    final BootedGuest guest =
        boot("debian", "console=ttyS0", options(EngineKind.TRANSLATE, ClockKind.HOST));
    final SymbolTable symbols = Kallsyms.find(guest.memory()).orElseThrow();
    final int linear = symbols.find("__switch_to_asm").orElseThrow().address();
    final int physical = linear - 0xC0000000; // where the kernel maps RAM from
    assertArrayEquals(
        SWITCH_TO_ASM,
        guest.memory().bytes(physical, SWITCH_TO_ASM.length),
        () -> "what lies at %08x is no __switch_to_asm".formatted(linear));
  }

  @Test
  void onTheVirtualClockBothEnginesPrintTheSameToTheMicrosecond() throws Exception {
    final String interpreted = bootVirtually(EngineKind.INTERPRET);
    assertEquals(interpreted, bootVirtually(EngineKind.TRANSLATE));
  }

  private static String bootVirtually(EngineKind engine) throws Exception {
    final BoardOptions options = options(engine, ClockKind.VIRTUAL);
    return boot("debian", "console=ttyS0 nokaslr", options, EARLY).printed();
  }
}
