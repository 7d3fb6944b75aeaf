package hourglass.runtime.boot;

import hourglass.runtime.memory.PhysicalMemory;
import hourglass.translator.cpu.CpuState;
import hourglass.translator.cpu.Ram;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** A kernel as a boot loader left it: memory and processor right before its first instruction. */
final class Installed implements PhysicalMemory {
  final CpuState state = new CpuState();
  private final Ram ram;

  private Installed(int mebibytes) {
    ram = Ram.of(mebibytes << 20);
    state.reset();
  }

  static Installed empty(int mebibytes) {
    return new Installed(mebibytes);
  }

  static Installed of(byte[] kernel, String commandLine, int mebibytes) throws BootException {
    return of(kernel, Optional.empty(), commandLine, mebibytes);
  }

  static Installed of(byte[] kernel, Optional<byte[]> initrd, String commandLine, int mebibytes)
      throws BootException {
    final Installed machine = new Installed(mebibytes);
    open(kernel, initrd, commandLine).install(machine, machine.state);
    return machine;
  }

  static Bootable open(byte[] kernel, Optional<byte[]> initrd, String commandLine)
      throws BootException {
    return Kernels.open(
        new BootFile("vmlinuz", kernel),
        initrd.map(bytes -> new BootFile("initrd.img", bytes)),
        commandLine);
  }

  int word(long address) {
    return ram.load32((int) address);
  }

  int half(long address) {
    return ram.load16((int) address);
  }

  int octet(long address) {
    return ram.load8((int) address);
  }

  long quad(long address) {
    return ram.load64((int) address);
  }

  /** The text at an address, up to its terminating zero. */
  String text(long address) {
    int end = (int) address;
    while (ram.load8(end) != 0) {
      end++;
    }
    return new String(ram.bytes((int) address, end - (int) address), StandardCharsets.UTF_8);
  }

  /** All of RAM as it is now. */
  byte[] memory() {
    return ram.bytes(0, ram.size());
  }

  @Override
  public Ram ram() {
    return ram;
  }

  @Override
  public int read(int address, int size) {
    throw new UnsupportedOperationException("a boot loader reads nothing");
  }

  @Override
  public void write(int address, int value, int size) {
    for (int i = 0; i < size; i++) {
      ram.store8(address + i, value >>> 8 * i);
    }
  }

  @Override
  public void copyIn(int address, byte[] bytes, int offset, int length) {
    ram.copyIn(address, bytes, offset, length);
  }
}
