import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { decode, MasterObjectList } from '@nacre/model';
import { XMLParser } from 'fast-xml-parser';
import { interleaved, milliseconds } from '../interleaved.ts';
import { documentOf, jobList } from '../job-list.ts';
import type { Bench, Finding, Goal, Measure } from '../measure.ts';
import { expat } from '../parsers/expat.ts';
import { goSdk } from '../parsers/go-sdk.ts';
import { jackson } from '../parsers/jackson.ts';
import { type Parser, startParser } from '../parsers/parser.ts';

export const decodeList: Measure = {
  name: 'decode-list',
  number: 1,
  about:
    'A `MasterObjectList` from bytes into checked values that are all kept. `JSON.parse` of the same data as JSON and ' +
    'fast-xml-parser, with numbers and booleans left as text, make plain objects without checks. Programs in other ' +
    'languages have the document in memory and tell the time by their own clocks. All are warm.',
  minutes: 30,
  run: measureDecoding,
};

/** Programs of their own, and what the goal is beside them. */
const others: readonly { readonly parser: Parser; readonly goal: Goal }[] = [
  { parser: jackson, goal: { atMost: 0.85 } },
  { parser: goSdk, goal: { atMost: 0.25 } },
  { parser: expat, goal: { atMost: 0.25 } },
];

/** So many rounds until the code of all sides is compiled. */
const warmUps = 5;

async function* measureDecoding(bench: Bench): AsyncGenerator<Finding> {
  for (const full of [100_000, 500_000]) {
    const objects = bench.size(full);
    yield* besideLibraries(bench, objects);
    for (const { parser, goal } of others) yield* besideProgram(bench, objects, parser, goal);
  }
}

async function* besideLibraries(bench: Bench, objects: number): AsyncGenerator<Finding> {
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
  const { ours, native, library } = await interleaved(
    bench,
    {
      ours: timed(() => decode(MasterObjectList, xml)),
      native: timed(() => JSON.parse(json.toString())),
      library: timed(() => parser.parse(xml.toString())),
    },
    { warmUps },
  );
  const name = `${objects} objects`;
  yield { name, unit: 'ms', ours, other: { name: 'JSON.parse', samples: native }, goal: { atMost: 1.15 } };
  yield { name, unit: 'ms', ours, other: { name: 'fast-xml-parser', samples: library }, goal: { atMost: 0.2 } };
}

async function* besideProgram(bench: Bench, objects: number, parser: Parser, goal: Goal): AsyncGenerator<Finding> {
  const preparation = await parser.prepare(bench);
  if ('missing' in preparation) {
    yield { missing: parser.name, why: preparation.missing };
    return;
  }
  const xml = documentOf(jobList(objects));
  const document = join(bench.folder, 'list.xml');
  writeFileSync(document, xml);
  const running = await startParser(preparation.command, { document, objects, signal: bench.signal });
  const { ours, theirs } = await interleaved(
    bench,
    { ours: timed(() => decode(MasterObjectList, xml)), theirs: () => running.read() },
    { warmUps },
  ).finally(() => running.stop());
  const other = { name: parser.name, version: preparation.version, settings: parser.settings, samples: theirs };
  yield { name: `${objects} objects`, unit: 'ms', ours, other, goal };
}

/** Milliseconds of a reading whose values are still there at its end, and not those of one before. */
function timed(read: () => unknown): () => Promise<number> {
  return () => {
    kept = undefined;
    return milliseconds(async () => {
      kept = read();
      if (kept === undefined) throw new Error('nothing was read');
    });
  };
}

let kept: unknown;
