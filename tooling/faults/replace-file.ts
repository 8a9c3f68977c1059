import { renameSync, writeFileSync } from 'node:fs';

/** Puts another file in its place: whoever reads it at that moment reads the one or the other, and sees that it changed. */
export function replaceFile(path: string, text: string): void {
  writeFileSync(`${path}.new`, text);
  renameSync(`${path}.new`, path);
}
