/**
 * A guest machine without a board, for tests of everything that runs guest code.
 *
 * <pre>{@code
 * @ParameterizedTest
 * @EnumSource(TestEngine.class)
 * void addingOneToMinusOneSetsZeroAndCarry(TestEngine engine) {
 *   GuestMachine.protected32()
 *       .load(new Assembler(CODE).mov(EAX, -1).add(EAX, 1).hlt())
 *       .run(engine)
 *       .assertReg(EAX, 0)
 *       .assertFlags(Flags.ZF | Flags.CF, Flags.ZF | Flags.CF);
 * }
 * }</pre>
 *
 * <p>Start with {@link hourglass.runtime.testing.GuestMachine}: three ways to make one ({@code
 * realMode}, {@code protected32}, {@code user32}), {@code load}, {@code run} or {@code
 * runToException}, and assertions that show registers and the listing around EIP when they fail.
 * {@link hourglass.runtime.testing.PageTables} builds page tables, {@link
 * hourglass.runtime.testing.TestEngine} lists the engines that every test of the processor runs on.
 */
package hourglass.runtime.testing;
