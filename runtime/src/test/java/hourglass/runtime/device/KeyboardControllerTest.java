package hourglass.runtime.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class KeyboardControllerTest {
  private static final int DATA = 0x60;
  private static final int COMMAND = 0x64;

  private final Wire keyboardIrq = new Wire();
  private final Wire auxIrq = new Wire();
  private final A20Gate a20 = new A20Gate(open -> {});
  private final CountingMachine machine = new CountingMachine();
  private final KeyboardController controller =
      new KeyboardController(keyboardIrq, auxIrq, a20, machine);

  private void command(int value) {
    controller.writePort(COMMAND, value);
  }

  private void command(int value, int parameter) {
    command(value);
    controller.writePort(DATA, parameter);
  }

  private int status() {
    return controller.readPort(COMMAND);
  }

  private int answer() {
    assertEquals(1, status() & 1, "output buffer full");
    return controller.readPort(DATA);
  }

  @Test
  void theSelfTestPasses() {
    command(0xAA);
    assertEquals(0x55, answer());
    assertEquals(0, status() & 1, "output buffer empty again");
  }

  @Test
  void bothPortsTestGood() {
    command(0xAB);
    assertEquals(0, answer());
    command(0xA9);
    assertEquals(0, answer());
  }

  @Test
  void answersThatNobodyReadsAreLostWhereTheBuffersAreFull() {
    for (int i = 0; i < 1000; i++) {
      command(0xAA);
    }
    int answers = 0;
    while ((status() & 1) != 0) {
      assertEquals(0x55, answer());
      answers++;
    }
    assertEquals(17, answers);
  }

  @Test
  void theCommandByteReadsAsItWasWritten() {
    command(0x60, 0x47);
    command(0x20);
    assertEquals(0x47, answer());
  }

  @Test
  void disablingPortsShowsInTheCommandByte() {
    command(0x60, 0x00);
    command(0xA7);
    command(0xAD);
    command(0x20);
    assertEquals(0x30, answer());
    command(0xA8);
    command(0xAE);
    command(0x20);
    assertEquals(0x00, answer());
  }

  @Test
  void theAuxiliaryLoopEchoesAndInterruptsOnIrq12() {
    command(0x60, 0x02);
    command(0xD3, 0x5A);
    assertTrue(auxIrq.high);
    assertFalse(keyboardIrq.high);
    assertEquals(0x20, status() & 0x20, "from the auxiliary port");
    assertEquals(0x5A, answer());
    assertFalse(auxIrq.high);
  }

  @Test
  void whatIsSentToAnEmptyPortTimesOut() {
    command(0x60, 0x03);
    controller.writePort(DATA, 0xF2);
    assertTrue(keyboardIrq.high);
    assertEquals(0x41, status() & 0x61, "timeout, from the keyboard");
    assertEquals(0xFE, answer());
    command(0xD4, 0xF2);
    assertTrue(auxIrq.high);
    assertEquals(0x61, status() & 0x61, "timeout, from the auxiliary port");
    assertEquals(0xFE, answer());
  }

  @Test
  void everyByteReadIsANewEdge() {
    command(0x60, 0x01);
    command(0xD2, 1);
    command(0xD2, 2);
    assertEquals(1, keyboardIrq.edges);
    assertEquals(1, answer());
    assertEquals(2, keyboardIrq.edges);
    assertEquals(2, answer());
    assertFalse(keyboardIrq.high);
  }

  @Test
  void theOutputPortHasTheA20Gate() {
    command(0xD1, 0xDD);
    assertFalse(a20.isOpen());
    command(0xD0);
    assertEquals(0, answer() & 2);
    command(0xD1, 0xDF);
    assertTrue(a20.isOpen());
    assertEquals(0, machine.resets);
  }

  @Test
  void pulsingTheResetLineResets() {
    command(0xFF);
    assertEquals(0, machine.resets, "no line pulsed");
    command(0xFE);
    assertEquals(1, machine.resets);
    command(0xD1, 0x02);
    assertEquals(2, machine.resets, "the output port's reset bit low");
  }

  @Test
  void statusTellsCommandsFromData() {
    command(0xAE);
    assertEquals(0x08, status() & 0x08);
    controller.writePort(DATA, 0);
    assertEquals(0, status() & 0x08);
  }
}
