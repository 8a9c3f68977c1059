import { createTurns as createQueue } from '@nacre/store/blobs';

/** Work on one thing at a time: two uploads of one blob must not write one file, nor end as a mix of both. */
export interface Turns {
  /** Does the work when all that was asked for earlier under the same key has ended, well or not. */
  take<T>(key: string, work: () => Promise<T>): Promise<T>;
  /** For whoever looks at a thing before its own turn. The watch is kept until it is ended. */
  watch(key: string): Watch;
}

export interface Watch {
  /**
   * Whether no turn under the key has ended since the watch began. Whoever asks in its own turn, when no other is under
   * way, knows by it that nobody has changed what was seen meanwhile.
   */
  readonly isQuiet: boolean;
  end(): void;
}

/** Those who take turns under one key, or watch. It is kept as long as there are any. */
interface Line {
  /** How many turns have ended. */
  ended: number;
  users: number;
}

export function createTurns(): Turns {
  const inTurn = createQueue();
  const lines = new Map<string, Line>();

  function join(key: string): Line {
    const line = lines.get(key) ?? { ended: 0, users: 0 };
    lines.set(key, line);
    line.users += 1;
    return line;
  }

  function leave(key: string, line: Line): void {
    line.users -= 1;
    if (line.users === 0) lines.delete(key);
  }

  return {
    async take<T>(key: string, work: () => Promise<T>): Promise<T> {
      const line = join(key);
      try {
        return await inTurn(key, async () => {
          try {
            return await work();
          } finally {
            line.ended += 1;
          }
        });
      } finally {
        leave(key, line);
      }
    },
    watch(key) {
      const line = join(key);
      const { ended } = line;
      let isOver = false;
      return {
        get isQuiet() {
          return !isOver && line.ended === ended;
        },
        end() {
          if (!isOver) leave(key, line);
          isOver = true;
        },
      };
    },
  };
}
