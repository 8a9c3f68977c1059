/** Smaller ones are for the garbage collector, which takes them in passing. */
const leastBytes = 16 * 1024;

/**
 * Gives back the memory of a piece that nobody looks at any more; it has no bytes afterwards. Left to the garbage
 * collector, the pieces of a fast stream have it run all the time, over everything else that the process holds. What
 * shares its memory with other pieces is left alone.
 */
export function letGo(piece: Uint8Array): void {
  if (hasOwnMemory(piece)) piece.buffer.transfer(0);
}

/** Whether a piece has memory that it shares with no other, and enough of it to be given to somebody else. */
export function hasOwnMemory(piece: Uint8Array): piece is Uint8Array<ArrayBuffer> {
  const { buffer, byteLength } = piece;
  return byteLength >= leastBytes && byteLength === buffer.byteLength && buffer instanceof ArrayBuffer;
}
