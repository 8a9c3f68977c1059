/** What tells whether a node serves. */
export interface NodeSigns {
  readonly id: string;
  /** Both null when it has stopped. */
  readonly httpPort: number | null;
  readonly httpsPort: number | null;
  readonly lastHeartbeat: Date;
}

export interface Silence {
  readonly now: Date;
  /** Seconds without a heartbeat after which a node counts as gone. */
  readonly silentSeconds: number;
}

/** Whether a node serves, as far as others can know: it has not stopped, and was heard of within the time. */
export function isLiving(node: NodeSigns, { now, silentSeconds }: Silence): boolean {
  const hasPort = node.httpPort !== null || node.httpsPort !== null;
  return hasPort && node.lastHeartbeat.getTime() >= now.getTime() - silentSeconds * 1000;
}

/** Nodes that serve; the one that asks comes first, whatever is known of it. */
export function livingNodes<N extends NodeSigns>(nodes: readonly N[], own: string, silence: Silence): N[] {
  const others = nodes.filter((node) => node.id !== own && isLiving(node, silence));
  return [...nodes.filter(({ id }) => id === own), ...others];
}
