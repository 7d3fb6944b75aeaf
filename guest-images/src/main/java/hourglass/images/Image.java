package hourglass.images;

import java.nio.file.Path;
import java.util.Optional;

/**
 * An image in the cache, ready to boot.
 *
 * @param name the image's name
 * @param kernel the kernel file
 * @param initrd the initial RAM disk, where the image has one
 * @param commandLine the default kernel command line
 * @param runsScripts whether the initrd is an {@link Initramfs}: it takes a script ({@link
 *     Initramfs#withScript}), and ends the run by writing the script's, or the interactive shell's,
 *     exit status to the debug-exit port
 */
public record Image(
    String name, Path kernel, Optional<Path> initrd, String commandLine, boolean runsScripts) {}
