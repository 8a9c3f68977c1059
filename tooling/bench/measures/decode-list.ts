import { decode, MasterObjectList } from '@nacre/model';
import { XMLParser } from 'fast-xml-parser';
import { interleaved, milliseconds } from '../interleaved.ts';
import { documentOf, jobList } from '../job-list.ts';
import type { Bench, Finding, Measure } from '../measure.ts';

export const decodeList: Measure = {
  name: 'decode-list',
  number: 1,
  about:
    'A `MasterObjectList` from bytes into checked values that are all kept. The others make plain objects without checks: ' +
    '`JSON.parse` of the same data as JSON, fast-xml-parser with numbers and booleans left as text.',
  run: measureDecoding,
};

async function* measureDecoding(bench: Bench): AsyncGenerator<Finding> {
  for (const full of [100_000, 500_000]) {
    const objects = bench.size(full);
    const list = jobList(objects);
    const xml = documentOf(list);
    const json = Buffer.from(JSON.stringify(list));
    const parser = new XMLParser({
      ignoreAttributes: false,
      attributeNamePrefix: '',
      parseAttributeValue: false,
      parseTagValue: false,
      trimValues: false,
      processEntities: false,
    });
    let kept: unknown;
    const timed = (read: () => unknown) => () => {
      kept = undefined;
      return milliseconds(async () => {
        kept = read();
      });
    };
    const { ours, native, library } = await interleaved(
      bench,
      {
        ours: timed(() => decode(MasterObjectList, xml)),
        native: timed(() => JSON.parse(json.toString())),
        library: timed(() => parser.parse(xml.toString())),
      },
      { warmUps: 2 },
    );
    if (kept === undefined) throw new Error('nothing was read');
    const name = `${objects} objects`;
    yield { name, unit: 'ms', ours, other: { name: 'JSON.parse', samples: native }, goal: { atMost: 1.15 } };
    yield { name, unit: 'ms', ours, other: { name: 'fast-xml-parser', samples: library }, goal: { atMost: 0.2 } };
  }
}
