package hourglass.runtime.boot;

import hourglass.runtime.memory.PhysicalMemory;
import hourglass.translator.cpu.CpuState;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** A kernel as a boot loader left it: memory and processor right before its first instruction. */
final class Installed implements PhysicalMemory {
  final CpuState state = new CpuState();
  private final byte[] ram;
  private final ByteBuffer view;

  private Installed(int mebibytes) {
    ram = new byte[mebibytes << 20];
    view = ByteBuffer.wrap(ram).order(ByteOrder.LITTLE_ENDIAN);
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
    return view.getInt((int) address);
  }

  int half(long address) {
    return view.getShort((int) address) & 0xFFFF;
  }

  int octet(long address) {
    return view.get((int) address) & 0xFF;
  }

  long quad(long address) {
    return view.getLong((int) address);
  }

  /** The text at an address, up to its terminating zero. */
  String text(long address) {
    int end = (int) address;
    while (ram[end] != 0) {
      end++;
    }
    return new String(ram, (int) address, end - (int) address, StandardCharsets.UTF_8);
  }

  @Override
  public byte[] ram() {
    return ram;
  }

  @Override
  public int ramSize() {
    return ram.length;
  }

  @Override
  public int read(int address, int size) {
    throw new UnsupportedOperationException("a boot loader reads nothing");
  }

  @Override
  public void write(int address, int value, int size) {
    for (int i = 0; i < size; i++) {
      ram[address + i] = (byte) (value >>> 8 * i);
    }
  }

  @Override
  public void copyIn(int address, byte[] bytes, int offset, int length) {
    System.arraycopy(bytes, offset, ram, address, length);
  }
}
