import { interleaved } from '../interleaved.ts';
import type { Bench, Finding, Measure } from '../measure.ts';
import { clientOf, type Ours } from '../ours.ts';
import { measureOurs, type Sample } from './small-objects.ts';

export const twoWorkers: Measure = {
  name: 'two-workers',
  number: 12,
  about:
    'Goal 12: 20,000 objects of 4 KiB in one job, 32 requests at once, as in small-objects: to `nacre-server --workers 2`, two nodes on one PostgreSQL behind one address, and to one server. Who sends them has the same two cores.',
  run: measureTwoWorkers,
};

async function* measureTwoWorkers(bench: Bench): AsyncGenerator<Finding> {
  const names = Array.from({ length: bench.size(20_000, 8) }, (_, i) => `object-${i}`);
  const one = await oursWith(bench, 'one-worker', {});
  const two = await oursWith(bench, 'two-workers', { NACRE_WORKERS: '2' });
  try {
    const samples = await interleaved(bench, {
      one: () => measureOurs(bench, one, names, 'v2'),
      two: () => measureOurs(bench, two, names, 'v2'),
    });
    const of = (side: keyof typeof samples, what: keyof Sample) => samples[side].map((sample) => sample[what]);
    for (const what of ['put', 'get'] as const) {
      const other = { name: 'one process', samples: of('one', what) };
      yield { name: what.toUpperCase(), unit: '1/s', ours: of('two', what), other, goal: { atLeast: 1.2 } };
    }
  } finally {
    one.client.close();
    two.client.close();
  }
}

async function oursWith(bench: Bench, name: string, settings: Readonly<Record<string, string>>): Promise<Ours> {
  const server = await bench.server({ name, settings });
  return { server, client: clientOf(server) };
}
