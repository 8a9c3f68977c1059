import type { Progress } from '@nacre/client';
import type { Io } from '../io.ts';
import { formatSize } from '../sizes.ts';

/** Shows how far a job has come. */
export interface ProgressLine {
  update(progress: Progress): void;
  /** To be called before anything else is written. */
  end(): Promise<void>;
}

/** A line that redraws itself on a terminal; elsewhere a line now and then; with `quiet` nothing at all. */
export function progressLine(io: Io, verb: string, quiet: boolean): ProgressLine {
  if (quiet) return { update() {}, end: async () => {} };
  const { isTerminal } = io.stderr;
  const everySeconds = isTerminal ? 0.1 : 10;
  let last = io.clock.now().getTime();
  let isDrawn = false;
  const write = (text: string) => {
    isDrawn = isTerminal;
    io.stderr.write(isTerminal ? `\r\x1b[K${text}` : `${text}\n`).catch(() => {});
  };
  return {
    update(progress) {
      const now = io.clock.now().getTime();
      const isLast = progress.blobs === progress.totalBlobs;
      if (!isLast && now - last < everySeconds * 1000) return;
      last = now;
      write(isTerminal ? `${bar(progress)} ${words(progress, verb)}` : words(progress, verb));
    },
    async end() {
      if (isDrawn) await io.stderr.write('\r\x1b[K');
      isDrawn = false;
    },
  };
}

function words({ blobs, totalBlobs, bytes, totalBytes }: Progress, verb: string): string {
  return `${verb} ${blobs} of ${totalBlobs} blobs, ${formatSize(bytes)} of ${formatSize(totalBytes)}`;
}

const barWidth = 24;

function bar({ blobs, totalBlobs, bytes, totalBytes }: Progress): string {
  const share = totalBytes > 0 ? bytes / totalBytes : blobs / Math.max(1, totalBlobs);
  const full = Math.round(share * barWidth);
  return `[${'#'.repeat(full)}${'-'.repeat(barWidth - full)}] ${Math.floor(share * 100)} %`;
}
