/**
 * Syncs a folder. Whoever asks while it is being synced shares the next one with all others who do: a sync covers
 * everything done before it began, so many small blobs in one folder need few of them.
 */
export function createFolderSync(sync: (path: string) => Promise<void>): (path: string) => Promise<void> {
  const running = new Map<string, Running>();

  function begin(path: string): Promise<void> {
    const now = sync(path);
    const self: Running = { now, next: undefined };
    running.set(path, self);
    const done = () => {
      if (self.next === undefined) running.delete(path);
    };
    now.then(done, done);
    return now;
  }

  return (path) => {
    const current = running.get(path);
    if (!current) return begin(path);
    current.next ??= current.now.then(
      () => begin(path),
      () => begin(path),
    );
    return current.next;
  };
}

interface Running {
  readonly now: Promise<void>;
  next: Promise<void> | undefined;
}
