/**
 * What runs guest code: the processor, the cache of decoded code and regions, heat, dispatch and
 * invalidation.
 *
 * <h2>The life of a guest block</h2>
 *
 * <ol>
 *   <li>The board begins a slice: it sets a budget of instructions and calls {@link
 *       hourglass.runtime.engine.CachingEngine#run}.
 *   <li>The engine looks where CS:EIP leads. The page map gives the physical page, and the page and
 *       the mode key give a {@code CodePage}: what is kept of that code, whichever process runs it.
 *   <li>The first time, the instruction there is decoded, its handler is chosen, and the 128-byte
 *       line it lies in is watched: from now on stores into that line are told to the {@code
 *       CodeCache}.
 *   <li>The block is interpreted, and counts that it began: its heat. The frequent instructions
 *       have code of their own in the {@code QuickInterpreter}, which goes on in the next block by
 *       itself where that is known and cold; the others have handlers. The engine {@code interpret}
 *       runs handlers only ({@code BlockInterpreter}).
 *   <li>When the heat reaches the threshold, the engine puts a request into the {@code
 *       RegionQueue}; the guest goes on in the interpreter. On a thread of its own, the hottest
 *       request first, the {@link hourglass.translator.emit.Translator} copies the pages that it
 *       needs, forms a region around the block, lowers it to IR, finds accesses that share a look
 *       at the page map, removes dead flags, and emits and loads a class. A place that such a
 *       region has taken in is asked for by then as often as not: its request is dropped, and it
 *       has to become hot again.
 *   <li>Between two slices the engine takes finished regions. If the guest has left the code as it
 *       was when it was copied, the region is installed at its entries.
 *   <li>The next time execution reaches an entry, the region runs. It gives back an exit slot, and
 *       the dispatcher goes on with the region the slot remembers, as long as that one is valid and
 *       the page map still leads to its page; otherwise it looks the target up, and where there is
 *       no region yet the interpreter takes over. Before code in another of its pages the region
 *       asks the page map itself.
 *   <li>HotSpot interprets a new region, compiles it with C1 and, if it goes on running, with C2,
 *       which {@code CompilerDirectives} asks to take in every access, however seldom it is come
 *       to.
 *   <li>An access that the page map does not let through at once leaves the region; the interpreter
 *       does the instruction and the rest of its block, and so fills the page map. A region that
 *       leaves often this way is made again, with other accesses.
 *   <li>An instruction that the region has no code of its own for is carried out by the
 *       interpreter's handler (a callout). A fault leaves the region through its exception table,
 *       with the state as it was before the instruction, and is delivered.
 *   <li>A store into a watched line drops the instructions and the regions that have code in it. A
 *       region that is about to store into watched code is left first, so that no region ever
 *       changes its own code under way. A line that is rewritten again and again is only
 *       interpreted.
 * </ol>
 */
package hourglass.runtime.engine;
