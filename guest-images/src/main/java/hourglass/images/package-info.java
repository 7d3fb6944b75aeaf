/**
 * Images: what can be booted by name, and the recipes that fetch it.
 *
 * <p>{@link hourglass.images.Grain} is part of the program and needs none.
 *
 * <p>{@link hourglass.images.Images} lists the recipes. A recipe resolves and downloads packages
 * with Debian's own client ({@link hourglass.images.PackageClient}), which keeps its state below a
 * folder of ours and does not touch the host's; takes the files it wants out of them ({@link
 * hourglass.images.DebArchive}); where the image has a userspace of ours, makes an {@link
 * hourglass.images.Initramfs} of them; and keeps the result in an {@link
 * hourglass.images.ImageCache}. A {@link hourglass.images.ProgramRecipe} does the same for a
 * program, with its shared libraries, that is added to such a userspace. Everything that can go
 * wrong is an {@link hourglass.images.ImageException} whose message is one line.
 */
package hourglass.images;
