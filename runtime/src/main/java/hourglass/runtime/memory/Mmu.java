package hourglass.runtime.memory;

import hourglass.translator.cpu.CpuState;
import hourglass.translator.cpu.GuestMemory;

/**
 * Paging: walks the guest's page tables and fills the page map (Intel SDM volume 3, chapter 4).
 *
 * <p>Translated and cached code is watched in lines of 128 bytes: a frame with watched lines denies writes in the page map,
 * and a write that hits a watched line is told to the {@link CodeWatcher} after it is done.
 */
public final class Mmu extends GuestMemory {
  /** The size of a watched line of code in bytes: 32 to a page, so that a page's lines are the bits of an int. */
  public static final int CODE_LINE = 128;

  private final CpuState state;

  /** Told of writes to watched code. */
  public interface CodeWatcher {
    /**
     * Some watched lines of a frame have been written; they are no longer watched.
     *
     * @param frame physical page number
     * @param lines the lines hit, a bit each
     */
    void codeWritten(int frame, int lines);
  }

  public Mmu(CpuState state, byte[] ram) {
    super(ram);
    this.state = state;
  }

  public void setCodeWatcher(CodeWatcher watcher) {
    throw new UnsupportedOperationException();
  }

  /** Watches the lines of a frame that hold {@code length} bytes of code at {@code offset}; the range stays in the frame. */
  public void watchCode(int frame, int offset, int length) {
    throw new UnsupportedOperationException();
  }

  /**
   * The physical address of the code byte at a linear address, with fetch permission checked at the current privilege level.
   *
   * @return the offset in RAM, or -1 where the code lies outside RAM (it is then read through {@link #fetchSlow})
   * @throws hourglass.translator.cpu.GuestFault #PF where it may not be fetched
   */
  public int fetch(int linear) {
    throw new UnsupportedOperationException();
  }

  /** Reads a byte of code outside RAM. */
  public int fetchSlow(int linear) {
    throw new UnsupportedOperationException();
  }

  /** Drops every entry of the page map that is not global: a load of CR3. */
  public void flush() {
    throw new UnsupportedOperationException();
  }

  /** Drops every entry of the page map: a change of CR0.PG, CR0.WP, CR4.PAE, PSE, PGE, EFER.NXE, or the A20 gate. */
  public void flushAll() {
    throw new UnsupportedOperationException();
  }

  /** INVLPG: drops the translation of one page, or of the whole 4 MiB (PAE: 2 MiB) page it lies in. */
  public void invalidatePage(int linear) {
    throw new UnsupportedOperationException();
  }

  @Override public void probe(int linear, int size, int deny) { throw new UnsupportedOperationException(); }
  @Override protected int slowLoad8(int linear, int deny) { throw new UnsupportedOperationException(); }
  @Override protected int slowLoad16(int linear, int deny) { throw new UnsupportedOperationException(); }
  @Override protected int slowLoad32(int linear, int deny) { throw new UnsupportedOperationException(); }
  @Override protected long slowLoad64(int linear, int deny) { throw new UnsupportedOperationException(); }
  @Override protected void slowStore8(int linear, int value, int deny) { throw new UnsupportedOperationException(); }
  @Override protected void slowStore16(int linear, int value, int deny) { throw new UnsupportedOperationException(); }
  @Override protected void slowStore32(int linear, int value, int deny) { throw new UnsupportedOperationException(); }
  @Override protected void slowStore64(int linear, long value, int deny) { throw new UnsupportedOperationException(); }
}
