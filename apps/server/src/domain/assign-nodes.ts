/** A data path end point, and the bytes that its cache could take. */
export interface NodeLoad {
  readonly id: string;
  readonly freeCache: number;
}

/**
 * Which node takes so many bytes: the one with the most room for them, the first of those that have as much.
 * `undefined` when none has enough.
 */
export function roomiestNode<N extends NodeLoad>(bytes: number, nodes: readonly N[]): N | undefined {
  const [first, ...others] = nodes.filter(({ freeCache }) => freeCache >= bytes);
  return first && others.reduce((most, node) => (node.freeCache > most.freeCache ? node : most), first);
}
