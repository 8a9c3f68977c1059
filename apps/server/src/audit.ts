import { type FileHandle, open } from 'node:fs/promises';

/** Something an administrator did, or tried to. Never holds a secret. */
export interface AuditRecord {
  readonly time: Date;
  /** Who: the user that signed it. */
  readonly user: string;
  readonly userId: string;
  /** From where: the address of the connection. */
  readonly from: string;
  /** What: `ds3.modifyUser`. */
  readonly operation: string;
  /** To what: the id, name or bucket in the path. */
  readonly target: string | undefined;
  readonly parameters: Readonly<Record<string, string>>;
  readonly request: number;
  readonly status: number;
  /** What was wrong, when it was refused. */
  readonly code: string | undefined;
}

export interface AuditLog {
  /** Resolves once the record is on disk. Errors: what the file system says. */
  append(record: AuditRecord): Promise<void>;
  /** Opens the file by its name again, which somebody may have moved away. */
  reopen(): Promise<void>;
  close(): Promise<void>;
}

/** A file of one JSON object in a line, only ever appended to. Errors: what the file system says. */
export async function openAuditLog(path: string): Promise<AuditLog> {
  const openFile = () => open(path, 'a', 0o600);
  let file: FileHandle = await openFile();
  let last: Promise<unknown> = Promise.resolve();
  // One after the other, so that no line is written into another.
  const inTurn = (work: () => Promise<void>): Promise<void> => {
    const done = last.then(work);
    last = done.catch(() => {});
    return done;
  };
  return {
    append: (record) =>
      inTurn(async () => {
        await file.appendFile(`${JSON.stringify(record)}\n`);
        await file.datasync();
      }),
    reopen: () =>
      inTurn(async () => {
        const next = await openFile();
        await file.close();
        file = next;
      }),
    close: () => inTurn(() => file.close()),
  };
}
