import { readdirSync, readFileSync } from 'node:fs';
import {
  canonicalName,
  contract,
  createRouter,
  everywhere,
  type HeaderField,
  paramWireName,
  parseTarget,
  requestOf,
  s3Extensions,
  topics,
} from '@nacre/model';
import { describe, expect, test } from 'vitest';
import { fullName, headersOf, rows, smallestInput } from './samples.ts';

const sources = new URL('../../src/contract/', import.meta.url);
const source = readdirSync(sources)
  .map((name) => readFileSync(new URL(name, sources), 'utf8'))
  .join('\n');

describe('the contract', () => {
  test('has all operations of the three generations', () => {
    expect(Object.keys(contract.s3).filter((name) => !(name in s3Extensions))).toHaveLength(17);
    expect(Object.keys(contract.ds3)).toHaveLength(370);
  });

  test('has each operation in one topic', () => {
    const names = Object.values(topics).flatMap((topic) => Object.keys(topic));
    expect(new Set(names).size).toBe(names.length);
    expect(new Set(names)).toEqual(new Set(Object.keys(contract.ds3)));
  });

  test('has no two rows that the same smallest request would fit', () => {
    const seen = new Map<string, string>();
    for (const row of rows) {
      const { verb, path, operation, query, headers } = row.operation;
      const needed = Object.values<HeaderField>(headers).flatMap(({ kind, name }) => (kind === 'needed' ? [name] : []));
      const required = Object.entries(query)
        .filter(([, { kind }]) => kind === 'need' || kind === 'needBare')
        .map(([key, param]) => canonicalName(paramWireName(key, param)));
      const request = JSON.stringify([verb, path, operation ?? null, required.sort(), needed.sort()]);
      expect([seen.get(request), fullName(row)]).toEqual([undefined, fullName(row)]);
      seen.set(request, fullName(row));
    }
  });
});

describe('each row', () => {
  const router = createRouter(contract);

  test.each(rows.map((row) => [fullName(row), row] as const))('%s is found from its smallest request', (_, row) => {
    const input = smallestInput(row.operation);
    const { method, rawTarget } = requestOf(row.plane, row.operation, input);
    const match = router.match(method, parseTarget(rawTarget), headersOf(row.operation, input));
    expect(match && fullName(match)).toBe(fullName(row));
    expect(match?.operation).toBe(row.operation);
  });

  test('selects its operation in lower case', () => {
    const selecting = rows.flatMap(({ operation }) => operation.operation ?? []);
    expect(selecting.length).toBeGreaterThan(60);
    expect(selecting.filter((name) => name !== name.toLowerCase())).toEqual([]);
  });

  test('has no two parameters of one wire name', () => {
    for (const row of rows) {
      const names = Object.entries(row.operation.query).map(([key, param]) => canonicalName(paramWireName(key, param)));
      expect([fullName(row), new Set(names).size]).toEqual([fullName(row), names.length]);
    }
  });

  test('names only errors that not every operation may raise', () => {
    const usual = rows.filter(({ operation }) =>
      operation.raises.some((code) => everywhere.some((any) => any === code)),
    );
    expect(usual.map(fullName)).toEqual([]);
  });

  test('can say that what its path names is not there', () => {
    const codes = ['NoSuchBucket', 'NoSuchKey', 'NotFound'];
    const silent = rows.filter(({ operation: { path, raises } }) => {
      const isNamed = path.plane === 'ds3' ? path.id : path.key;
      return isNamed && !raises.some((code) => codes.includes(code));
    });
    expect(silent.map(fullName)).toEqual([]);
  });

  test('that answers pages takes the paging parameters, and no other row does', () => {
    for (const row of rows) {
      const { answer, query } = row.operation;
      expect([fullName(row), 'pageLength' in query]).toEqual([fullName(row), answer.kind === 'items' && answer.paged]);
    }
  });

  test('is documented with its SDK request, alone or with its family, or with its name in S3', () => {
    const ofFamily = /NotificationRegistrations?$|^(mark|clear)Suspect/;
    const silent = rows.filter(({ plane, name }) => {
      const sdk = name.charAt(0).toUpperCase() + name.slice(1) + (plane === 'ds3' ? 'SpectraS3' : '');
      const said = plane === 's3' && name in s3Extensions ? `S3: ${sdk}.` : `SDK: ${sdk}.`;
      return !ofFamily.test(name) && !source.includes(said);
    });
    expect(silent.map(fullName)).toEqual([]);
  });
});

describe('the words of rows', () => {
  test('give verb, id in the path and status', () => {
    const { getNodes, getNode, putBucket, modifyBucket, forceTapeEnvironmentRefresh, deleteBucket, cancelAllJobs } =
      contract.ds3;
    const said = [getNodes, getNode, putBucket, modifyBucket, forceTapeEnvironmentRefresh, deleteBucket, cancelAllJobs];
    expect(said.map(({ verb, path, status }) => [verb, path.id, status])).toEqual([
      ['GET', false, 200],
      ['GET', true, 200],
      ['POST', false, 201],
      ['PUT', true, 200],
      ['PUT', false, 204],
      ['DELETE', true, 204],
      ['DELETE', false, 204],
    ]);
  });

  test('let a row say another status, and that there may be nothing to answer', () => {
    const { ejectAllTapes, modifyDataPathBackend, verifyUserIsMemberOfGroup } = contract.ds3;
    expect([ejectAllTapes.status, ejectAllTapes.orNothing]).toEqual([207, true]);
    expect([modifyDataPathBackend.status, modifyDataPathBackend.orNothing]).toEqual([200, false]);
    expect([verifyUserIsMemberOfGroup.status, verifyUserIsMemberOfGroup.orNothing]).toEqual([200, true]);
  });

  test('name the element of an answer', () => {
    const { getJobs, getBuckets, getActiveJobs, getObjectsWithFullDetails, getSystemInformation } = contract.ds3;
    expect(getJobs.answer.root).toBe('Jobs');
    expect(getSystemInformation.answer.root).toBe('Data');
    expect(getBuckets.answer.item).toBe('Bucket');
    expect(getActiveJobs.answer.item).toBe('Job');
    expect(getObjectsWithFullDetails.answer.item).toBe('Object');
  });
});
