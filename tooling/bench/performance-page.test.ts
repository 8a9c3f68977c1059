import { expect, test } from 'vitest';
import type { Line } from './lines.ts';
import type { Measure } from './measure.ts';
import { performancePage } from './performance-page.ts';

const facts = { repeats: 5, scale: 1, machine: 'A machine', at: '2026-01-02T03:04:05.000Z' };
const measures: readonly Measure[] = [
  { name: 'get', number: 9, about: 'Reads it.', async *run() {} },
  { name: 'put', number: 8, about: 'Writes it.', async *run() {} },
  { name: 'never', number: 1, about: 'Was not run.', async *run() {} },
];
const lines: readonly Line[] = [
  {
    measure: 'get',
    number: 9,
    name: 'get',
    unit: 'ms',
    ours: 1234.5,
    spread: [1000, 2000],
    goal: { atMost: 1000 },
    met: false,
    ...facts,
  },
  {
    measure: 'put',
    number: 8,
    name: 'put | MD5',
    unit: 'MB/s',
    ours: 100,
    other: { name: 'peer', version: '1.2', settings: 'syncs', value: 50 },
    ratio: 2,
    spread: [1.5, 2.5],
    goal: { atLeast: 1 },
    met: true,
    ...facts,
  },
  { measure: 'put', number: 8, at: facts.at, missing: 'nginx', why: 'not on PATH' },
];

test('the page has a section for each measure that was run, in the order of the goals, with peers, gaps and reasons', () => {
  const page = performancePage(lines, measures, { 'get: get': 'The disk.', put: 'Never shown twice.' });
  expect(page.slice(page.indexOf('## '))).toBe(`## 8. \`put\`

Writes it.

| Figure | Ours | Other side | Ratio | Spread | Goal | Met |
| --- | --- | --- | --- | --- | --- | --- |
| put \\| MD5 | 100 MB/s | peer 50 MB/s | 2 | 1.5 – 2.5 | ≥ 1 | yes |

- peer 1.2: syncs
- nginx was not measured: not on PATH

Where the time goes:

- Never shown twice.

2026-01-02, 5 repeats. A machine.

## 9. \`get\`

Reads it.

| Figure | Ours | Other side | Ratio | Spread | Goal | Met |
| --- | --- | --- | --- | --- | --- | --- |
| get | 1235 ms |  |  | 1000 – 2000 | ≤ 1000 ms | NO |

Where the time goes:

- The disk.

2026-01-02, 5 repeats. A machine.
`);
});
