package hourglass.runtime.bench;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What all contenders boot.
 *
 * @param kernel a Linux or a Multiboot kernel
 * @param initrd for Linux, an {@link hourglass.images.Initramfs}, to which scripts can be added
 * @param commandLine the kernel's command line
 * @param memoryMib the guest's memory in MiB
 */
public record Guest(Path kernel, Optional<Path> initrd, String commandLine, int memoryMib) {}
