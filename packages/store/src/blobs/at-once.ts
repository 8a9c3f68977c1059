/**
 * Makes a call to the disk, and says whether it is made `now`: not in a thread, so that it is over when its promise is
 * there, and nothing else is done until then.
 */
export type AtOnce = <T>(call: (now: boolean) => Promise<T>) => Promise<T>;

/** Milliseconds of the event loop that handing a call to a thread, and hearing from it, may cost. */
const threadCosts = 0.05;

/** Milliseconds of the event loop, of which one may be lost. */
const oneIn = 100;

/** Milliseconds of which the share is lost in advance: an answer is also late where a process waits for a processor. */
const inAdvance = 2000;

/**
 * The kernel answers what it has in memory in a fraction of the time that a thread costs, but it cannot be asked whether
 * it has it. So calls are made now as long as that turns out well. What one takes longer than a thread costs is lost;
 * when more than a hundredth of the time is lost, calls go through threads until it is a hundredth again. So the slower
 * the answer, the longer until the next try, and no disk takes more of the loop than its hundredth, 20 ms and one call.
 *
 * Each disk has its own. `clock`: milliseconds that only grow.
 */
export function createAtOnce(clock: () => number = () => performance.now()): AtOnce {
  /** When all that was lost is a hundredth of the time it had. */
  let evenAt = Number.NEGATIVE_INFINITY;
  return (call) => {
    const began = clock();
    if (evenAt - began > inAdvance) return call(false);
    const answer = call(true);
    const ended = clock();
    const lost = ended - began - threadCosts;
    if (lost > 0) evenAt = Math.max(evenAt, ended) + lost * oneIn;
    return answer;
  };
}
