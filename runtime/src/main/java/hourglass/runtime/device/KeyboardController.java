package hourglass.runtime.device;

import java.util.ArrayDeque;
import java.util.Arrays;

/**
 * The 8042 keyboard controller of a PS/2 (IBM PS/2 hardware interface technical reference, keyboard
 * and auxiliary device controller): data port 60h, command and status port 64h. Nothing is plugged
 * into its two ports, and it says so: what is sent there times out.
 */
public final class KeyboardController implements PortBus.PortDevice {
  /** How many answers wait to be read: the buffers of controller and keyboard. */
  private static final int MOST_ANSWERS = 17;

  private static final int DATA = 0x60;
  private static final int COMMAND = 0x64;

  private static final int STATUS_OUTPUT_FULL = 1;
  private static final int STATUS_SYSTEM = 1 << 2;
  private static final int STATUS_COMMAND = 1 << 3;
  private static final int STATUS_UNLOCKED = 1 << 4;
  private static final int STATUS_AUX = 1 << 5;
  private static final int STATUS_TIMEOUT = 1 << 6;

  private static final int MODE_KEYBOARD_INTERRUPT = 1;
  private static final int MODE_AUX_INTERRUPT = 1 << 1;
  private static final int MODE_SYSTEM = 1 << 2;
  private static final int MODE_KEYBOARD_OFF = 1 << 4;
  private static final int MODE_AUX_OFF = 1 << 5;

  private static final int OUTPUT_NOT_RESET = 1;
  private static final int OUTPUT_A20 = 1 << 1;

  private static final int TIMED_OUT = 0xFE;

  /** A byte on its way to the guest, and the status bits that go with it. */
  private record Answer(int value, int status) {}

  private final InterruptLine keyboardIrq;
  private final InterruptLine auxIrq;
  private final A20Gate a20;
  private final MachineControl machine;

  /** The controller's RAM; byte 0 is the command byte. */
  private final int[] ram = new int[32];

  private final ArrayDeque<Answer> answers = new ArrayDeque<>();
  private int lastRead;
  private int parameterOf;
  private boolean lastWasCommand;

  public KeyboardController(
      InterruptLine keyboardIrq, InterruptLine auxIrq, A20Gate a20, MachineControl machine) {
    this.keyboardIrq = keyboardIrq;
    this.auxIrq = auxIrq;
    this.a20 = a20;
    this.machine = machine;
    reset();
  }

  public void attach(PortBus ports) {
    ports.attach(DATA, DATA, this);
    ports.attach(COMMAND, COMMAND, this);
  }

  /** The state in which a PC's firmware leaves the controller. */
  public void reset() {
    Arrays.fill(ram, 0);
    ram[0] = MODE_SYSTEM | MODE_KEYBOARD_OFF | MODE_AUX_OFF;
    answers.clear();
    lastRead = 0;
    parameterOf = 0;
    lastWasCommand = false;
    update();
  }

  @Override
  public int readPort(int port) {
    if (port == COMMAND) {
      return status();
    }
    if (!answers.isEmpty()) {
      lastRead = answers.remove().value();
      // The lines drop with every byte, so that the next one is a new edge.
      keyboardIrq.set(false);
      auxIrq.set(false);
      update();
    }
    return lastRead;
  }

  @Override
  public void writePort(int port, int value) {
    lastWasCommand = port == COMMAND;
    if (port == COMMAND) {
      command(value);
    } else if (parameterOf != 0) {
      final int command = parameterOf;
      parameterOf = 0;
      parameter(command, value);
    } else {
      sendToKeyboard();
    }
  }

  private int status() {
    final Answer answer = answers.peek();
    return (answer == null ? 0 : STATUS_OUTPUT_FULL | answer.status())
        | ((ram[0] & MODE_SYSTEM) != 0 ? STATUS_SYSTEM : 0)
        | (lastWasCommand ? STATUS_COMMAND : 0)
        | STATUS_UNLOCKED;
  }

  private void command(int command) {
    parameterOf = 0;
    if (command >= 0x20 && command <= 0x3F) {
      answer(ram[command & 0x1F], 0);
      return;
    }
    if (command >= 0xF0) {
      // Pulses the output lines whose bits are clear; only the one that resets is wired.
      if ((command & OUTPUT_NOT_RESET) == 0) {
        machine.reset();
      }
      return;
    }
    if (command >= 0x60 && command <= 0x7F || command >= 0xD1 && command <= 0xD4) {
      parameterOf = command;
      return;
    }
    switch (command) {
      case 0xA7 -> setMode(ram[0] | MODE_AUX_OFF);
      case 0xA8 -> setMode(ram[0] & ~MODE_AUX_OFF);
      case 0xA9, 0xAB -> answer(0x00, 0); // the port's lines are good
      case 0xAA -> answer(0x55, 0); // self-test passed
      case 0xAD -> setMode(ram[0] | MODE_KEYBOARD_OFF);
      case 0xAE -> setMode(ram[0] & ~MODE_KEYBOARD_OFF);
      case 0xC0 -> answer(0x80, 0); // input port: keyboard not locked
      case 0xD0 -> answer(outputPort(), 0);
      case 0xDD -> a20.set(false);
      case 0xDF -> a20.set(true);
      default -> {
        // Not a command of this controller.
      }
    }
  }

  private void parameter(int command, int value) {
    switch (command) {
      case 0x60 -> setMode(value);
      case 0xD1 -> {
        a20.set((value & OUTPUT_A20) != 0);
        if ((value & OUTPUT_NOT_RESET) == 0) {
          machine.reset();
        }
      }
      case 0xD2 -> answer(value, 0);
      case 0xD3 -> answer(value, STATUS_AUX);
      case 0xD4 -> answer(TIMED_OUT, STATUS_AUX | STATUS_TIMEOUT);
      default -> ram[command & 0x1F] = value;
    }
  }

  /** Nothing is there to answer. Sending switches the port on, as on the real controller. */
  private void sendToKeyboard() {
    setMode(ram[0] & ~MODE_KEYBOARD_OFF);
    answer(TIMED_OUT, STATUS_TIMEOUT);
  }

  private void setMode(int mode) {
    ram[0] = mode;
    update();
  }

  private int outputPort() {
    final Answer answer = answers.peek();
    final boolean aux = answer != null && (answer.status() & STATUS_AUX) != 0;
    return 0xC0
        | OUTPUT_NOT_RESET
        | (a20.isOpen() ? OUTPUT_A20 : 0)
        | (answer != null && !aux ? 0x10 : 0)
        | (aux ? 0x20 : 0);
  }

  private void answer(int value, int status) {
    if (answers.size() < MOST_ANSWERS) { // what a guest does not read is lost, as on the real one
      answers.add(new Answer(value, status));
    }
    update();
  }

  private void update() {
    final Answer answer = answers.peek();
    final boolean aux = answer != null && (answer.status() & STATUS_AUX) != 0;
    keyboardIrq.set(answer != null && !aux && (ram[0] & MODE_KEYBOARD_INTERRUPT) != 0);
    auxIrq.set(aux && (ram[0] & MODE_AUX_INTERRUPT) != 0);
  }
}
