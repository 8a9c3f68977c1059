import { afterAll, onTestFinished } from 'vitest';

/** Has something done when the test ends that this is called in, or else the file or `describe` around it. Not in hooks. */
export function atEnd(cleanUp: () => Promise<void>): void {
  try {
    onTestFinished(cleanUp);
  } catch {
    afterAll(cleanUp);
  }
}
