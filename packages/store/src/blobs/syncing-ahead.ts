/** Has the disk write large files while their bytes still arrive, so that the last sync finds little left to do. */
export interface SyncingAhead {
  /** `sync`: of one file, as far as it is written. It keeps to itself what its failure means. */
  begin(sync: () => Promise<void>): FileAhead;
}

/** A file that is being written. */
export interface FileAhead {
  /** So many bytes more are written. */
  wrote(bytes: number): void;
  /** To be called whatever happened: resolves when no sync is under way. */
  stop(): Promise<void>;
}

/**
 * Left alone, the kernel keeps what is written until it is a tenth of the memory: the disk rests while a blob arrives,
 * and its client waits for the whole of it afterwards. One file is synced at a time: a sync takes one of the few threads
 * that write.
 *
 * `every`: bytes of a file after which it is synced.
 */
export function createSyncingAhead(every: number): SyncingAhead {
  let isBusy = false;
  return {
    begin(sync) {
      let unsynced = 0;
      let syncing = Promise.resolve();
      return {
        wrote(bytes) {
          unsynced += bytes;
          if (isBusy || unsynced < every) return;
          isBusy = true;
          unsynced = 0;
          const done = () => {
            isBusy = false;
          };
          syncing = sync().then(done, done);
        },
        stop: () => syncing,
      };
    },
  };
}
