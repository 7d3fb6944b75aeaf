package hourglass.images;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.commons.compress.archivers.cpio.CpioArchiveEntry;
import org.apache.commons.compress.archivers.cpio.CpioArchiveOutputStream;
import org.apache.commons.compress.archivers.cpio.CpioConstants;

/**
 * The userspace of the Debian images: a newc cpio archive with busybox and an {@code /init} that
 * mounts what is to be mounted, says {@link #FIRST_LINE}, and runs a script or an interactive shell
 * (Linux documentation, "initramfs buffer format").
 */
public final class Initramfs {
  /** The first line userspace prints. */
  public static final String FIRST_LINE = "Hourglass: userspace is up";

  /** Where the script is in the guest. */
  private static final String SCRIPT = "run.sh";

  private static final String[] FOLDERS = {
    "bin", "dev", "etc", "proc", "root", "sbin", "sys", "tmp", "usr", "usr/bin", "usr/sbin"
  };

  private Initramfs() {}

  /**
   * Builds the archive around a statically linked busybox. The same bytes in give the same bytes
   * out.
   */
  static byte[] build(byte[] busybox) throws IOException {
    final ByteArrayOutputStream bytes = new ByteArrayOutputStream(busybox.length + (1 << 16));
    try (Writer writer = new Writer(bytes)) {
      for (String folder : FOLDERS) {
        writer.folder(folder);
      }
      writer.console();
      writer.file("bin/busybox", busybox);
      writer.link("bin/sh", "busybox");
      writer.file("init", resource("init"));
    }
    return bytes.toByteArray();
  }

  /**
   * Adds a script that the userspace runs instead of an interactive shell; the run ends with its
   * exit status.
   *
   * @param base an archive that this class built
   * @param script a shell script
   */
  public static byte[] withScript(byte[] base, byte[] script) {
    final ByteArrayOutputStream bytes =
        new ByteArrayOutputStream(base.length + script.length + 1024);
    bytes.writeBytes(
        base); // archives may follow one another; the length is a multiple of 4 already
    try (Writer writer = new Writer(bytes)) {
      writer.file(SCRIPT, script);
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory", e);
    }
    return bytes.toByteArray();
  }

  /**
   * Builds an archive to be added to one of {@link #build}: files, and the folders they lie in.
   * What lies in {@code lib} goes to {@code usr/lib}, which is the same place in Debian; in older
   * packages files of the same folder are under either name.
   */
  static byte[] buildAddition(List<GuestFile> files) throws IOException {
    final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    final Set<String> folders = new HashSet<>();
    try (Writer writer = new Writer(bytes)) {
      writer.link("lib", "usr/lib");
      for (GuestFile file : files) {
        final String path = file.path().startsWith("lib/") ? "usr/" + file.path() : file.path();
        for (int slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
          if (folders.add(path.substring(0, slash))) {
            writer.folder(path.substring(0, slash));
          }
        }
        if (file.isLink()) {
          writer.link(path, new String(file.contents(), StandardCharsets.UTF_8));
        } else {
          writer.file(path, file.contents());
        }
      }
    }
    return bytes.toByteArray();
  }

  /**
   * Adds a program.
   *
   * @param base an archive that this class built
   * @param program what {@link ProgramRecipe#fetch} gave
   */
  public static byte[] withProgram(byte[] base, byte[] program) {
    final byte[] both = Arrays.copyOf(base, base.length + program.length);
    System.arraycopy(program, 0, both, base.length, program.length);
    return both;
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in = Initramfs.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IOException("resource " + name + " is missing from this build");
      }
      return in.readAllBytes();
    }
  }

  /** Writes newc entries owned by root, with times and inode numbers that depend on nothing. */
  private static final class Writer implements AutoCloseable {
    private static final int FOLDER_MODE = CpioConstants.C_ISDIR | 0755;
    private static final int FILE_MODE = CpioConstants.C_ISREG | 0755;
    private static final int LINK_MODE = CpioConstants.C_ISLNK | 0777;
    private static final int DEVICE_MODE = CpioConstants.C_ISCHR | 0600;

    private final CpioArchiveOutputStream cpio;
    private int inode = 1;

    Writer(ByteArrayOutputStream bytes) {
      cpio =
          new CpioArchiveOutputStream(
              bytes, CpioConstants.FORMAT_NEW, 512, StandardCharsets.UTF_8.name());
    }

    void folder(String path) throws IOException {
      put(path, FOLDER_MODE, new byte[0], 0, 0);
    }

    void file(String path, byte[] contents) throws IOException {
      put(path, FILE_MODE, contents, 0, 0);
    }

    void link(String path, String target) throws IOException {
      put(path, LINK_MODE, target.getBytes(StandardCharsets.UTF_8), 0, 0);
    }

    /** The kernel opens this for init before anything is mounted. */
    void console() throws IOException {
      put("dev/console", DEVICE_MODE, new byte[0], 5, 1);
    }

    private void put(String path, int mode, byte[] contents, int major, int minor)
        throws IOException {
      final CpioArchiveEntry entry = new CpioArchiveEntry(CpioConstants.FORMAT_NEW, path);
      entry.setMode(mode);
      entry.setSize(contents.length);
      entry.setInode(inode++);
      entry.setNumberOfLinks((mode & CpioConstants.S_IFMT) == CpioConstants.C_ISDIR ? 2 : 1);
      entry.setTime(0);
      entry.setRemoteDeviceMaj(major);
      entry.setRemoteDeviceMin(minor);
      cpio.putArchiveEntry(entry);
      cpio.write(contents);
      cpio.closeArchiveEntry();
    }

    @Override
    public void close() throws IOException {
      cpio.close();
    }
  }
}
