package hourglass.runtime.bench;

import java.nio.file.Path;

/**
 * What all contenders boot.
 *
 * @param kernel a Linux kernel
 * @param initrd an {@link hourglass.images.Initramfs}, to which scripts can be added
 * @param commandLine the kernel's command line
 * @param memoryMib the guest's memory in MiB
 */
public record Guest(Path kernel, Path initrd, String commandLine, int memoryMib) {}
