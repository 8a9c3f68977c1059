import { expect, test } from 'vitest';
import { livingNodes } from '../../src/domain/living-nodes.ts';

const now = new Date('2026-11-26T12:00:00Z');
const before = (seconds: number) => new Date(now.getTime() - seconds * 1000);

test('those that serve are the one that asks, and others that were heard of and have not stopped', () => {
  const serving = { httpPort: 80, httpsPort: null };
  const nodes = [
    { id: 'heard', ...serving, lastHeartbeat: before(15) },
    { id: 'silent', ...serving, lastHeartbeat: before(16) },
    { id: 'own', ...serving, lastHeartbeat: before(1000) },
    { id: 'stopped', httpPort: null, httpsPort: null, lastHeartbeat: now },
    { id: 'secure', httpPort: null, httpsPort: 443, lastHeartbeat: now },
  ];
  const ids = livingNodes(nodes, 'own', { now, silentSeconds: 15 }).map(({ id }) => id);
  expect(ids).toEqual(['own', 'heard', 'secure']);
});
