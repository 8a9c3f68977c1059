import { randomUUID } from 'node:crypto';
import { Agent, request } from 'node:http';
import { signV4 } from '@nacre/model/signing';
import type { PlaceInJob } from '@nacre/store';
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { aUser } from '../support/people.ts';
import { accessKey, secretKey, startTestServer } from '../support/server.ts';
import { type Answered, type Asked, signedRequest } from '../support/signed-request.ts';
import { aPutJob } from '../support/things.ts';

const { client, endpoint, context } = await startTestServer();
const { lookups } = context;
const { placeInJob, claimant } = { ...lookups };

/** Addresses that were looked up. */
const asked: string[] = [];

beforeEach(() => {
  asked.length = 0;
  lookUpWith({
    placeInJob: (address) => {
      asked.push(`${address.bucket}/${address.name}`);
      return placeInJob(address);
    },
    claimant,
  });
});

function lookUpWith(own: Partial<typeof lookups>): void {
  Object.assign(lookups, own);
}

/** One connection of its own, over which one request after the other goes. */
function aConnection(): Agent {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  onTestFinished(() => agent.destroy());
  return agent;
}

function ask(agent: Agent, what: Omit<Asked, 'agent'>): Promise<Answered> {
  return signedRequest(endpoint, { ...what, agent });
}

/** A connection over which the administrator has signed a request. */
async function aKnownConnection(): Promise<Agent> {
  const agent = aConnection();
  expect((await ask(agent, { target: '/' })).status).toBe(200);
  return agent;
}

/** A blob of five bytes in a PUT job, which does not complete: it waits for another one. */
async function aBlob() {
  const { bucket, job } = await aPutJob(client, [
    { name: 'a', size: 5 },
    { name: 'another', size: 1 },
  ]);
  return { bucket, jobId: job.jobId, target: `/${bucket}/a?job=${job.jobId}&offset=0` };
}

function codeOf({ body }: Answered): string | undefined {
  return /<Code>(.*)<\/Code>/.exec(body)?.[1];
}

/** An answer without the number of its request. */
function shown({ status, body }: Answered): string {
  return `${status} ${body.replace(/<ResourceId>.*<\/ResourceId>/, '')}`;
}

const wrong = { accessKey, secretKey: 'another' };
const strangers = {
  AccessDenied: null,
  SignatureDoesNotMatch: wrong,
  InvalidAccessKeyId: { accessKey: 'bm9ib2R5', secretKey },
} as const;

describe('a request for a blob of a job', () => {
  test('is looked up once, whichever of a connection’s requests it is', async () => {
    const { bucket, target } = await aBlob();
    const agent = aConnection();
    expect((await ask(agent, { method: 'PUT', target, body: 'bytes' })).status).toBe(200);
    expect((await ask(agent, { target })).body).toBe('bytes');
    expect((await ask(agent, { method: 'PUT', target, body: 'bytes' })).status).toBe(200);
    expect(asked).toEqual([`${bucket}/a`, `${bucket}/a`, `${bucket}/a`]);
  });

  describe.each(['GET', 'PUT'])('by %s', (method) => {
    const body = method === 'PUT' ? 'bytes' : '';

    test.each(Object.entries(strangers))('that ends with %s tells no more later than at first', async (code, keys) => {
      const { bucket, target } = await aBlob();
      const agent = aConnection();
      for (const of of [target, '/nowhere/a?job=no+UUID&offset=x', target]) {
        const answer = await ask(agent, { method, target: of, body, keys });
        expect([answer.status, codeOf(answer)]).toEqual([403, code]);
      }
      // Nobody has signed anything here.
      expect(asked).toEqual([]);
      const first = await signedRequest(endpoint, { method, target, body, keys });
      const known = await aKnownConnection();
      for (let i = 0; i < 2; i++) expect(shown(await ask(known, { method, target, body, keys }))).toBe(shown(first));
      expect(asked).toEqual([`${bucket}/a`, `${bucket}/a`]);
      // Nothing was written.
      expect(codeOf(await ask(known, { target }))).toBe('ServiceUnavailable');
    });

    test.each([
      ['a bucket that is not there', (at: Blob) => `/nowhere/a?job=${at.jobId}`, 'NoSuchBucket'],
      ['a job that is not there', (at: Blob) => `/${at.bucket}/a?job=${randomUUID()}`, 'NotFound'],
      ['a job that is none', (at: Blob) => `/${at.bucket}/a?job=none`, 'InvalidArgument'],
      ['an offset that is none', (at: Blob) => `/${at.bucket}/a?job=${at.jobId}&offset=x`, 'InvalidArgument'],
      [
        'a name that is not there',
        (at: Blob) => `/${at.bucket}/b?job=${at.jobId}`,
        { GET: 'NoSuchKey', PUT: 'InvalidArgument' },
      ],
      [
        'an offset that is not there',
        (at: Blob) => `/${at.bucket}/a?job=${at.jobId}&offset=3`,
        { GET: 'NoSuchKey', PUT: 'InvalidArgument' },
      ],
    ] as const)('for %s is told so, but to no stranger', async (_, targetOf, expected) => {
      const target = targetOf(await aBlob());
      const first = await signedRequest(endpoint, { method, target, body });
      expect(codeOf(first)).toBe(typeof expected === 'string' ? expected : expected[method as 'GET']);
      const known = await aKnownConnection();
      expect(codeOf(await ask(known, { method, target, body, keys: wrong }))).toBe('SignatureDoesNotMatch');
      expect(shown(await ask(known, { method, target, body }))).toBe(shown(first));
    });

    test('that cannot be looked up fails when it is known who asks, and not before', async () => {
      const { target } = await aBlob();
      const known = await aKnownConnection();
      lookUpWith({ placeInJob: () => Promise.reject(new Error('no database')) });
      expect(codeOf(await ask(known, { method, target, body, keys: wrong }))).toBe('SignatureDoesNotMatch');
      expect(codeOf(await ask(known, { method, target, body }))).toBe('InternalError');
    });

    test('of somebody without rights is refused, also where the administrator was served before', async () => {
      const { target } = await aBlob();
      const { user } = await aUser(client);
      const keys = { accessKey: user.authId, secretKey: user.secretKey ?? '' };
      const known = await aKnownConnection();
      await ask(known, { method: 'PUT', target, body: 'bytes' });
      const answer = await ask(known, { method, target, body, keys });
      expect([answer.status, codeOf(answer)]).toEqual([403, 'AccessDenied']);
    });
  });

  test.each(['', '?offset=0', '?part-number=1', '?versionId=x'])('is not any request: %s', async (query) => {
    const { bucket } = await aBlob();
    const known = await aKnownConnection();
    await ask(known, { target: `/${bucket}/a${query}` });
    await ask(known, { method: 'HEAD', target: `/${bucket}/a${query}` });
    expect(asked).toEqual([]);
  });

  test('finds what the request before has left', async () => {
    const { target, jobId } = await aBlob();
    const known = await aKnownConnection();
    expect(codeOf(await ask(known, { target }))).toBe('ServiceUnavailable');
    expect((await ask(known, { method: 'PUT', target, body: 'bytes' })).status).toBe(200);
    expect((await ask(known, { target })).body).toBe('bytes');
    expect(codeOf(await ask(known, { method: 'PUT', target, body: 'other' }))).toBe('Conflict');
    expect((await ask(known, { target })).body).toBe('bytes');
    await client.ds3.cancelJob({ id: jobId });
    expect(codeOf(await ask(known, { target }))).toBe('Gone');
  });
});

type Blob = Awaited<ReturnType<typeof aBlob>>;

describe('two PUTs of one blob with different bytes', () => {
  test('at once: one is kept, the other is told', async () => {
    const { target } = await aBlob();
    const agents = await Promise.all([aKnownConnection(), aKnownConnection()]);
    const bodies = ['bytes', 'other'];
    const answers = await Promise.all(
      agents.map((agent, i) => ask(agent, { method: 'PUT', target, body: bodies[i] ?? '' })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    const kept = bodies[answers.findIndex(({ status }) => status === 200)];
    expect((await signedRequest(endpoint, { target })).body).toBe(kept);
  });

  test('of which the second is looked up while the first has its turn: it looks again in its own', async () => {
    const { bucket, target } = await aBlob();
    const known = await aKnownConnection();
    const first = slowPut(target, 'bytes');
    await vi.waitFor(() => expect(asked).toEqual([`${bucket}/a`]));
    const second = ask(known, { method: 'PUT', target, body: 'other' });
    await vi.waitFor(() => expect(asked).toEqual([`${bucket}/a`, `${bucket}/a`]));
    first.send();
    expect(await first.status).toBe(200);
    expect(codeOf(await second)).toBe('Conflict');
    expect(asked).toHaveLength(3);
    expect((await ask(known, { target })).body).toBe('bytes');
  });

  test('of which the first begins and ends while it is looked up who sends the second: it looks again', async () => {
    const { target } = await aBlob();
    const known = await aKnownConnection();
    const { promise: gate, resolve: open } = Promise.withResolvers<void>();
    const { promise: early, resolve: seen } = Promise.withResolvers<PlaceInJob>();
    lookUpWith({
      placeInJob: async (address) => {
        const found = await placeInJob(address);
        seen(found);
        return found;
      },
      claimant: async (authId) => {
        await gate;
        return claimant(authId);
      },
    });
    const second = ask(known, { method: 'PUT', target, body: 'other' });
    expect((await early).blob?.receivedAt).toBeNull();
    lookUpWith({ claimant });
    expect((await signedRequest(endpoint, { method: 'PUT', target, body: 'bytes' })).status).toBe(200);
    open();
    expect(codeOf(await second)).toBe('Conflict');
    expect((await ask(known, { target })).body).toBe('bytes');
  });
});

/** A PUT whose body is held back. */
function slowPut(target: string, body: string): { send(): void; readonly status: Promise<number | undefined> } {
  const { host, hostname, port } = new URL(endpoint);
  const headers = { Host: host };
  const signing = { method: 'PUT', rawTarget: target, headers };
  const signed = signV4(signing, { accessKey, secretKey }, new Date(), {});
  const options = { method: 'PUT', hostname, port, path: target, agent: false };
  const sent = request({ ...options, headers: { ...headers, ...signed, 'Content-Length': body.length } });
  sent.flushHeaders();
  const status = new Promise<number | undefined>((resolve, reject) => {
    sent.on('error', reject);
    sent.on('response', (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    });
  });
  return { send: () => sent.end(body), status };
}
