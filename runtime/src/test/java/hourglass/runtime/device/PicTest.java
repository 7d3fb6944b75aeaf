package hourglass.runtime.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Behaviours from the Intel 8259A data sheet, with the vectors Linux uses: 30h and 38h. */
class PicTest {
  private static final int MASTER = 0x20;
  private static final int SLAVE = 0xA0;
  private static final int EOI = 0x20;
  private static final int READ_REQUESTS = 0x0A;
  private static final int READ_IN_SERVICE = 0x0B;

  private int rises;
  private final Pic pic = new Pic(() -> rises++);

  @BeforeEach
  void initialise() {
    initialise(0x01);
  }

  private void initialise(int icw4) {
    initialise(MASTER, 0x30, 0x04, icw4);
    initialise(SLAVE, 0x38, 0x02, icw4 & ~0x10);
  }

  private void initialise(int port, int vectors, int icw3, int icw4) {
    pic.writePort(port, 0x11);
    pic.writePort(port + 1, vectors);
    pic.writePort(port + 1, icw3);
    pic.writePort(port + 1, icw4);
  }

  private void raise(int irq) {
    pic.line(irq).set(true);
  }

  private void lower(int irq) {
    pic.line(irq).set(false);
  }

  private int read(int port, int ocw3) {
    pic.writePort(port, ocw3);
    return pic.readPort(port);
  }

  @Test
  void nothingInterruptsBeforeInitialisation() {
    pic.reset();
    raise(1);
    assertFalse(pic.isPending());
  }

  @Test
  void aRisingEdgeInterruptsOnce() {
    raise(4);
    assertTrue(pic.isPending());
    assertEquals(0x34, pic.acknowledge());
    assertFalse(pic.isPending(), "in service");
    pic.writePort(MASTER, EOI);
    assertFalse(pic.isPending(), "still high after the end of interrupt, but no new edge");
    lower(4);
    raise(4);
    assertTrue(pic.isPending(), "a new edge");
  }

  @Test
  void intrIsReportedWhenItRisesAndOnlyThen() {
    raise(4);
    raise(5);
    assertEquals(1, rises, "the second request finds INTR high");
    pic.acknowledge();
    pic.writePort(MASTER, EOI);
    assertEquals(2, rises, "the end of interrupt lets the second one through");
  }

  @Test
  void aSlaveInterruptNamesTheSlavesVector() {
    raise(12);
    assertEquals(0x3C, pic.acknowledge());
    assertEquals(0x04, read(MASTER, READ_IN_SERVICE), "the master serves its input 2");
    assertEquals(0x10, read(SLAVE, READ_IN_SERVICE));
    pic.writePort(SLAVE, EOI);
    pic.writePort(MASTER, EOI);
    assertEquals(0, read(MASTER, READ_IN_SERVICE));
    assertEquals(0, read(SLAVE, READ_IN_SERVICE));
  }

  @Test
  void theLowerInputIsServedFirst() {
    raise(7);
    raise(3);
    raise(9);
    assertEquals(0x39, pic.acknowledge(), "the slave's inputs rank between 1 and 3");
    pic.writePort(SLAVE, EOI);
    pic.writePort(MASTER, EOI);
    assertEquals(0x33, pic.acknowledge());
    pic.writePort(MASTER, EOI);
    assertEquals(0x37, pic.acknowledge());
  }

  @Test
  void aHigherInputInterruptsTheServiceOfALowerOne() {
    raise(4);
    pic.acknowledge();
    raise(5);
    assertFalse(pic.isPending(), "lower priority waits");
    raise(1);
    assertTrue(pic.isPending());
    assertEquals(0x31, pic.acknowledge());
    assertEquals(0x12, read(MASTER, READ_IN_SERVICE));
    pic.writePort(MASTER, EOI);
    assertEquals(0x10, read(MASTER, READ_IN_SERVICE), "the highest in service ends first");
  }

  @Test
  void aMaskedInputIsRememberedUntilItIsUnmasked() {
    pic.writePort(MASTER + 1, 0x10);
    raise(4);
    assertFalse(pic.isPending());
    assertEquals(0x10, read(MASTER, READ_REQUESTS));
    assertEquals(0x10, pic.readPort(MASTER + 1));
    pic.writePort(MASTER + 1, 0);
    assertTrue(pic.isPending());
  }

  @Test
  void anEdgeThatGoesAwayIsASpuriousInterruptOfInput7() {
    raise(4);
    lower(4);
    assertFalse(pic.isPending());
    assertEquals(0x37, pic.acknowledge());
    assertEquals(0, read(MASTER, READ_IN_SERVICE), "nothing is in service");
  }

  @Test
  void aLevelTriggeredLineInterruptsUntilItIsLowered() {
    pic.writePort(0x4D1, 0xFF);
    assertEquals(0xDE, pic.readPort(0x4D1), "inputs 8 and 13 are always edge-triggered");
    raise(11);
    assertEquals(0x3B, pic.acknowledge());
    pic.writePort(SLAVE, EOI);
    pic.writePort(MASTER, EOI);
    assertTrue(pic.isPending(), "still high");
    lower(11);
    assertFalse(pic.isPending());
  }

  @Test
  void automaticEndOfInterruptLeavesNothingInService() {
    initialise(0x03);
    raise(5);
    assertEquals(0x35, pic.acknowledge());
    assertEquals(0, read(MASTER, READ_IN_SERVICE));
    raise(6);
    assertTrue(pic.isPending());
  }

  @Test
  void aSpecificEndOfInterruptEndsTheNamedInput() {
    raise(6);
    pic.acknowledge();
    raise(1);
    pic.acknowledge();
    pic.writePort(MASTER, 0x66);
    assertEquals(0x02, read(MASTER, READ_IN_SERVICE));
  }

  @Test
  void rotationGivesTheServedInputTheLowestPriority() {
    raise(3);
    pic.acknowledge();
    pic.writePort(MASTER, 0xA0);
    lower(3);
    raise(3);
    raise(4);
    assertEquals(0x34, pic.acknowledge(), "3 ranks last now");
  }

  @Test
  void setPriorityNamesTheLowestInput() {
    pic.writePort(MASTER, 0xC4);
    raise(0);
    raise(5);
    assertEquals(0x35, pic.acknowledge());
  }

  @Test
  void automaticRotationGoesAroundTheInputs() {
    initialise(0x03);
    pic.writePort(MASTER, 0x80);
    raise(5);
    assertEquals(0x35, pic.acknowledge());
    lower(5);
    raise(5);
    raise(6);
    assertEquals(0x36, pic.acknowledge());
    assertEquals(0x35, pic.acknowledge());
  }

  @Test
  void specialMaskModeLetsLowerInputsInterruptAMaskedService() {
    raise(3);
    pic.acknowledge();
    raise(6);
    assertFalse(pic.isPending());
    pic.writePort(MASTER + 1, 0x08);
    pic.writePort(MASTER, 0x68);
    assertEquals(0x36, pic.acknowledge());
    pic.writePort(MASTER, EOI);
    assertEquals(0x08, read(MASTER, READ_IN_SERVICE), "a masked input stays in service");
  }

  @Test
  void specialFullyNestedModeLetsTheSlaveInterruptItself() {
    initialise(0x11);
    raise(12);
    pic.acknowledge();
    raise(9);
    assertTrue(pic.isPending(), "a higher input of the slave that is being served");
    assertEquals(0x39, pic.acknowledge());
  }

  @Test
  void withoutItTheSlaveWaitsForTheMastersEndOfInterrupt() {
    raise(12);
    pic.acknowledge();
    raise(9);
    assertFalse(pic.isPending());
  }

  @Test
  void pollingAcknowledges() {
    raise(5);
    assertEquals(0x85, read(MASTER, 0x0C));
    assertFalse(pic.isPending());
    assertEquals(0x20, read(MASTER, READ_IN_SERVICE));
    assertEquals(0, read(MASTER, 0x0C) & 0x80, "nothing requested");
  }

  @Test
  void initialisationClearsTheMaskAndForgetsEdges() {
    pic.writePort(MASTER + 1, 0xFF);
    raise(4);
    initialise(0x01);
    assertEquals(0, pic.readPort(MASTER + 1));
    assertFalse(pic.isPending(), "a line that is high already is no edge");
  }

  @Test
  void vectorsComeWithoutIcw4WhereNoneIsAnnounced() {
    pic.writePort(MASTER, 0x12);
    pic.writePort(MASTER + 1, 0x50);
    pic.writePort(MASTER + 1, 0xFD);
    raise(1);
    assertEquals(0xFD, pic.readPort(MASTER + 1), "the byte after ICW2 is a mask");
    assertEquals(0x51, pic.acknowledge());
  }
}
