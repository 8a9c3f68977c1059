import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { Bench, Figure } from './measure.ts';
import { measures } from './measures.ts';
import { openServers } from './servers.ts';

const folder = mkdtempSync(join(tmpdir(), 'nacre-bench-smoke-'));
const stop = new AbortController();
const servers = openServers(folder, stop.signal);
afterAll(async () => {
  stop.abort();
  await servers.stopAll();
  rmSync(folder, { recursive: true, force: true });
});

test.each(measures)(
  '$name measures something, in its smallest form',
  async (measure) => {
    const own = join(folder, measure.name);
    mkdirSync(own);
    const bench: Bench = {
      folder: own,
      cacheFolder: join(folder, 'cache'),
      mayInstall: false,
      repeats: 1,
      smoke: true,
      signal: stop.signal,
      size: (_full, least = 1) => least,
      server: servers.get,
      say: () => {},
    };
    const figures: Figure[] = [];
    for await (const finding of measure.run(bench)) if ('ours' in finding) figures.push(finding);
    expect(figures.length).toBeGreaterThan(0);
    for (const { name, ours, other } of figures) {
      expect([name, ours.length, ours.every((value) => value > 0)]).toEqual([name, 1, true]);
      if (other) expect([name, other.samples.length]).toEqual([name, 1]);
    }
  },
  120_000,
);
