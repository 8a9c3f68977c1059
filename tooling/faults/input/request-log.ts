import { closeSync, openSync, readSync } from 'node:fs';

/** What the log of a server says of a request. */
export interface LoggedRequest {
  readonly request: number;
  /** Who signed it; without one, no handler was reached. */
  readonly caller?: string;
  readonly operation: string;
  readonly status: number;
  readonly code?: string;
}

/** Reads a server's log as it grows. */
export class RequestLog {
  readonly #file: number;
  readonly #known = new Map<number, LoggedRequest>();
  #rest = '';

  constructor(path: string) {
    this.#file = openSync(path, 'r');
  }

  /** The line about a request that was answered: it is written with the answer. Waits for it a bounded time. */
  async about(request: number): Promise<LoggedRequest> {
    for (let tries = 0; tries < 2000; tries++) {
      const found = this.#known.get(request);
      if (found) {
        this.#known.delete(request);
        return found;
      }
      if (!this.#read()) await new Promise((resolve) => setTimeout(resolve, 5));
    }
    throw new Error(`the log says nothing of request ${request}`);
  }

  close(): void {
    closeSync(this.#file);
  }

  /** Whether there was more to read. */
  #read(): boolean {
    const buffer = Buffer.alloc(256 * 1024);
    const length = readSync(this.#file, buffer);
    if (length === 0) return false;
    const lines = (this.#rest + buffer.toString('utf8', 0, length)).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) {
      if (!line.startsWith('{')) continue;
      const said = JSON.parse(line) as Partial<LoggedRequest>;
      if (said.request !== undefined && said.status !== undefined) this.#known.set(said.request, said as LoggedRequest);
    }
    return true;
  }
}
