import type { NetConnectOpts } from 'node:net';
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts';

/** Stands between a server and its PostgreSQL and knows when a transaction has been committed. */
export interface PostgresProxy extends TcpProxy {
  /** Loses the answer to the n-th COMMIT from now on, with its connection. 0: none. */
  loseCommit(nth: number): void;
  /** COMMITs answered by PostgreSQL since the last `loseCommit`. */
  readonly commits: number;
  /** Whether the answer was lost that was to be. */
  readonly lost: boolean;
}

/** What PostgreSQL says when it has committed: CommandComplete with the tag COMMIT. */
const committed = 'COMMIT';

/** Connections come by TCP, without encryption, and go to `target`, which may be a unix socket. */
export async function startPostgresProxy(target: NetConnectOpts): Promise<PostgresProxy> {
  let wanted = 0;
  let commits = 0;
  let lost = false;
  const tcp = await startTcpProxy({
    target,
    watch() {
      const tags = commandTags();
      return {
        down(bytes) {
          for (const tag of tags(bytes)) {
            if (tag !== committed) continue;
            commits += 1;
            if (commits === wanted) {
              lost = true;
              return true;
            }
          }
          return false;
        },
      };
    },
  });
  return {
    port: tcp.port,
    get mode() {
      return tcp.mode;
    },
    set mode(mode) {
      tcp.mode = mode;
    },
    get connections() {
      return tcp.connections;
    },
    reset: tcp.reset,
    close: tcp.close,
    loseCommit(nth) {
      wanted = nth;
      commits = 0;
      lost = false;
    },
    get commits() {
      return commits;
    },
    get lost() {
      return lost;
    },
  };
}

/**
 * Reads what PostgreSQL sends, in whatever pieces it comes, and answers the tags of the commands that have ended.
 * A message is a letter, its length in four bytes without the letter, and so many bytes more.
 */
export function commandTags(): (bytes: Buffer) => string[] {
  let rest: Buffer = Buffer.alloc(0);
  return (bytes) => {
    rest = rest.length === 0 ? bytes : Buffer.concat([rest, bytes]);
    const tags: string[] = [];
    while (rest.length >= 5) {
      const end = 1 + rest.readUInt32BE(1);
      if (rest.length < end) break;
      if (rest[0] === 'C'.charCodeAt(0)) tags.push(rest.toString('latin1', 5, end - 1));
      rest = rest.subarray(end);
    }
    return tags;
  };
}
