/**
 * What runs guest code: the processor, the cache of decoded code and regions, heat, dispatch and invalidation.
 */
package hourglass.runtime.engine;
