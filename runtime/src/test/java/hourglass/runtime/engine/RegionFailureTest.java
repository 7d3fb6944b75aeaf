package hourglass.runtime.engine;

import static hourglass.runtime.testing.GuestMachine.CODE;
import static hourglass.translator.asm.Register.AL;
import static hourglass.translator.asm.Register.DX;
import static hourglass.translator.asm.Register.EAX;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hourglass.runtime.device.PortBus;
import hourglass.runtime.testing.GuestMachine;
import hourglass.runtime.testing.TestEngine;
import hourglass.translator.asm.Assembler;
import org.junit.jupiter.api.Test;

/** A bug of ours that shows while a region runs is reported with the guest code that met it. */
class RegionFailureTest {
  @Test
  void failureInsideARegionNamesTheGuestsCodeAndRegisters() {
    final GuestMachine machine = GuestMachine.protected32();
    machine.ports.attach(
        0x77,
        0x77,
        new PortBus.PortDevice() {
          @Override
          public int readPort(int port) {
            throw new IllegalStateException("the chip is broken");
          }

          @Override
          public void writePort(int port, int value) {}
        });
    machine.load(new Assembler(CODE).mov(EAX, 0x1234).mov(DX, 0x77).in(AL, DX).hlt());
    final RegionFailure failure =
        assertThrows(RegionFailure.class, () -> machine.run(TestEngine.TRANSLATE_HEAT_0));
    final String message = failure.getMessage();
    assertTrue(message.startsWith("IllegalStateException in the region entered at"), message);
    assertTrue(message.contains("eax=00001234"), message);
    assertTrue(message.contains("in     al,dx"), message);
  }
}
