/** A data path end point and what its cache still holds free, in bytes. */
export interface NodeLoad {
  readonly id: string;
  readonly freeCache: number;
}

/**
 * Which node takes each chunk: the one with the most free cache, counting what this very call has given it.
 *
 * Shape: one node id for each chunk, in order. Units: bytes. With one node that node takes all.
 * Errors: a plain Error without nodes, which no running server can be.
 */
export function assignNodes(chunks: readonly { readonly size: number }[], nodes: readonly NodeLoad[]): string[] {
  const free = new Map(nodes.map((node) => [node.id, node.freeCache]));
  return chunks.map(({ size }) => {
    const [first, ...others] = [...free];
    if (!first) throw new Error('no node to assign a chunk to');
    const [id, left] = others.reduce((most, node) => (node[1] > most[1] ? node : most), first);
    free.set(id, left - size);
    return id;
  });
}
