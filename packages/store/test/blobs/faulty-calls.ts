import { type FileSystemCalls, fileSystemCalls } from '../../src/blobs/file-system-calls.ts';

type Name = keyof FileSystemCalls;

/** The real calls, counted, of which some fail. */
export interface FaultyCalls {
  readonly calls: FileSystemCalls;
  /** Names of the calls in the order they began. */
  readonly made: Name[];
  /** Descriptors that were opened and not closed. */
  readonly open: ReadonlySet<number>;
  /** From now on the call for which `when` says so fails with the code, without being made. */
  failWhen(when: (name: Name, path: string) => boolean, code?: string): void;
}

export function faultyCalls(): FaultyCalls {
  const made: Name[] = [];
  const open = new Set<number>();
  let fails: (name: Name, path: string) => boolean = () => false;
  let failure = 'EIO';

  const wrap =
    (name: Name) =>
    async (first: string | number, ...rest: unknown[]) => {
      made.push(name);
      if (name === 'close') open.delete(first as number);
      if (fails(name, String(first))) {
        // Even when it fails, close gives the descriptor back.
        if (name === 'close') await fileSystemCalls.close(first as number);
        throw Object.assign(new Error(`${failure}: ${name}`), { code: failure });
      }
      const answer = await (fileSystemCalls[name] as (...args: unknown[]) => Promise<unknown>)(first, ...rest);
      if (name === 'create' || name === 'open') open.add(answer as number);
      return answer;
    };

  const names = Object.keys(fileSystemCalls) as Name[];
  return {
    calls: Object.fromEntries(names.map((name) => [name, wrap(name)])) as unknown as FileSystemCalls,
    made,
    open,
    failWhen(when, code = 'EIO') {
      fails = when;
      failure = code;
    },
  };
}
