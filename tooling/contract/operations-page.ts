import {
  contract,
  type HeaderField,
  type Operation,
  type Param,
  paramWireName,
  s3Extensions,
  topics,
} from '@nacre/model';
import { sdkName } from './names.ts';

/** The operations that the server has a handler for, and the file of the handler: `{ getJob: 'jobs.ts' }`. */
export interface Served {
  readonly s3: Readonly<Record<string, string>>;
  readonly ds3: Readonly<Record<string, string>>;
}

/** The page `docs/operations.md`: every operation by topic, how it is asked for, and which file of the server serves it. */
export function operationsPage(served: Served): string {
  const sections = [
    section('S3', 's3', without(contract.s3, s3Extensions), served.s3),
    section('S3 beyond DS3', 's3', s3Extensions, served.s3),
    ...Object.entries(topics).map(([topic, rows]) => section(titleOf(topic), 'ds3', rows, served.ds3)),
  ];
  return [
    '# Operations',
    '',
    '<!-- Written by tooling/contract/coverage.ts from the contract and the handlers. Do not edit. -->',
    '',
    `The union of the API generations 4.1, 5.8 and 6.0, and what S3 clients need beside it: ${total(served)}.`,
    'An operation that is not served answers 501 NotImplemented, and its line says what it would need. In a request, `…`',
    'stands for a required value; the',
    'optional parameters and the bodies are in the contract rows of `packages/model/src/contract`, and the handlers in',
    '`apps/server/src/handlers`; those in `nothing.ts` answer for what a system of this kind never has.',
    '',
    ...sections.flatMap((lines) => [...lines, '']),
  ].join('\n');
}

function without<T>(all: Readonly<Record<string, T>>, some: object): Record<string, T> {
  return Object.fromEntries(Object.entries(all).filter(([name]) => !(name in some)));
}

function total(served: Served): string {
  const all = Object.keys(contract.s3).length + Object.keys(contract.ds3).length;
  const now = Object.keys(served.s3).length + Object.keys(served.ds3).length;
  return `${all} operations, ${now} served and ${all - now} not`;
}

function section(
  title: string,
  plane: 's3' | 'ds3',
  rows: Readonly<Record<string, Operation>>,
  served: Readonly<Record<string, string>>,
): string[] {
  const names = Object.keys(rows);
  const count = names.filter((name) => name in served).length;
  return [
    `## ${title}`,
    '',
    `${count} of ${names.length} served.`,
    '',
    '| Operation | Request | SDK request | Handler |',
    '| --- | --- | --- | --- |',
    ...Object.entries(rows).map(([name, row]) => {
      const state = served[name] ?? `501: ${wantOf(row)}`;
      return `| \`${name}\` | \`${requestText(row)}\` | ${sdkName(plane, name)} | ${state} |`;
    }),
  ];
}

/** What a system would have to have for an operation that is not served, by what the operation is about. */
function wantOf({ path, query }: Operation): string {
  const about = path.plane === 'ds3' ? [path.resource, ...Object.keys(query)].join(' ') : '';
  if (/(^| )(suspect_blob_)?tape/.test(about)) return 'needs tapes';
  if (/target|replication_rule/i.test(about)) return 'needs a foreign target';
  return notYet;
}

/** Of an operation that nothing but a handler is missing for. */
const notYet = 'not yet';

/** `PUT /_rest_/bucket/{id}?operation=start_bulk_put&replicate` */
function requestText({ verb, path, operation, query, headers }: Operation): string {
  const place =
    path.plane === 'ds3'
      ? `/_rest_/${path.resource}${path.id ? '/{id}' : ''}`
      : `/${path.bucket ? '{bucket}' : ''}${path.key ? '/{key}' : ''}`;
  const parameters = [
    ...(operation === undefined ? [] : [`operation=${operation}`]),
    ...Object.entries<Param>(query).flatMap(([key, param]) => requiredText(paramWireName(key, param), param)),
  ];
  const needed = Object.values<HeaderField>(headers).filter(({ kind }) => kind === 'needed');
  const withHeaders = needed.map(({ name }) => ` ${name}: …`).join('');
  return `${verb} ${place}${parameters.length === 0 ? '' : `?${parameters.join('&')}`}${withHeaders}`;
}

function requiredText(name: string, param: Param): string[] {
  if (param.kind === 'needBare') return [name];
  return param.kind === 'need' ? [`${name}=…`] : [];
}

/** `dataPolicies` → `Data policies`, `ds3Targets` → `DS3 targets`. */
function titleOf(topic: string): string {
  const words = topic
    .replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
    .replace(/^(ds3|s3)/, (name) => name.toUpperCase());
  return words.charAt(0).toUpperCase() + words.slice(1);
}
