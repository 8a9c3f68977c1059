import { expect, test } from 'vitest';
import { shareOf } from '../../src/cluster/this-worker.ts';
import { readConfig } from '../../src/config.ts';

test('workers share the cache without going over it, and connections and requests without falling short', () => {
  const args = ['--workers', '3', '--cache-size', '100', '--max-connections', '10', '--max-requests', '9'];
  const share = shareOf(readConfig(args, {}));
  expect(share).toMatchObject({ cacheSize: 33, maxConnections: 4, maxRequests: 3 });
});

test('a cache without a limit has none for each worker', () => {
  expect(shareOf(readConfig(['--workers', '2'], {})).cacheSize).toBe(0);
});
