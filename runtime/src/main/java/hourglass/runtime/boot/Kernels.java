package hourglass.runtime.boot;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;

/** Finds out what kind of kernel a file is, and makes it bootable. */
public final class Kernels {
  private Kernels() {}

  /**
   * Reads and checks a kernel and what goes with it.
   *
   * @param kernel a bzImage, zImage, i386 ELF or Multiboot file
   * @param initrd for Linux the initial RAM disk, for Multiboot the one module
   * @param commandLine what the kernel gets as its command line
   * @throws BootException where a file is missing, unreadable, damaged or foreign
   */
  public static Bootable open(Path kernel, Optional<Path> initrd, String commandLine)
      throws BootException {
    final BootFile kernelFile = BootFile.read(kernel, "kernel");
    final Optional<BootFile> initrdFile =
        initrd.isPresent() ? Optional.of(BootFile.read(initrd.get(), "initrd")) : Optional.empty();
    return open(kernelFile, initrdFile, commandLine);
  }

  /** As {@link #open(Path, Optional, String)}, of files in memory. */
  public static Bootable open(BootFile kernel, Optional<BootFile> initrd, String commandLine)
      throws BootException {
    return open(kernel, initrd, commandLine, Decompressor.HOST, UnpackedCache.none());
  }

  /**
   * As {@link #open(BootFile, Optional, String)}.
   *
   * @param decompressor who is to unpack a compressed Linux kernel
   * @param unpacked kernels that have been unpacked before
   */
  public static Bootable open(
      BootFile kernel,
      Optional<BootFile> initrd,
      String commandLine,
      Decompressor decompressor,
      UnpackedCache unpacked)
      throws BootException {
    if (commandLine.indexOf('\0') >= 0) {
      throw new BootException("command line contains a zero byte");
    }
    if (LinuxImage.recognises(kernel)) {
      return new LinuxImage(kernel, initrd, commandLine, decompressor, unpacked);
    }
    final OptionalInt multiboot = MultibootKernel.headerOffset(kernel);
    if (multiboot.isPresent()) {
      return new MultibootKernel(kernel, multiboot.getAsInt(), initrd, commandLine);
    }
    if (ElfFile.recognises(kernel)) {
      return new ElfKernel(kernel, initrd, commandLine);
    }
    throw kernel.bad("not a Linux bzImage or zImage, nor an i386 ELF or Multiboot kernel");
  }
}
