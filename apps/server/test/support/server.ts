import { appendFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Client, createClient } from '@nacre/client';
import { atEnd, freshDatabase, freshFolder } from '@nacre/store/testing';
import { pino } from 'pino';
import { expect } from 'vitest';
import type { Clock } from '../../src/clock.ts';
import { readConfig } from '../../src/config.ts';
import type { SecretSeal } from '../../src/secrets.ts';
import { type RunningServer, startServer } from '../../src/server.ts';

export const accessKey = 'QWRtaW5pc3RyYXRvcg==';
export const secretKey = 'test-secret-of-the-administrator';

export interface TestServer extends RunningServer {
  readonly client: Client;
}

/** Settings that make small things show what large ones do. */
const small = {
  NACRE_LISTEN: '127.0.0.1:0',
  NACRE_ADMIN_ACCESS_KEY: accessKey,
  NACRE_ADMIN_SECRET_KEY: secretKey,
  NACRE_MIN_UPLOAD_SIZE: '1',
};

/** A server in this process, on a database and a folder of its own; ended after the test that starts it, or else the file's. */
export async function startTestServer(
  options: { readonly env?: Readonly<Record<string, string>>; readonly clock?: Clock } = {},
): Promise<TestServer> {
  const { url } = await freshDatabase();
  const env = { ...small, NACRE_DATA: await freshFolder(), NACRE_DATABASE_URL: url, ...options.env };
  const clock = options.clock === undefined ? {} : { clock: options.clock };
  const logged: string[] = [];
  const write = (line: string) => {
    logged.push(line);
    keepOutcome(line);
  };
  const log = pino({ level: 'trace' }, { write });
  const server = await startServer({ config: readConfig([], env), log, ...clock });
  const secrets = knownSecrets(server.context.seal);
  const client = createClient({ endpoint: server.endpoint, accessKey, secretKey });
  atEnd(async () => {
    client.close();
    await server.stop();
    expectNoSecret(logged, secrets);
  });
  return { ...server, client };
}

/** Every secret that a user of this server has had, as they go through the seal. */
function knownSecrets(seal: SecretSeal): ReadonlySet<string> {
  const secrets = new Set([secretKey]);
  const { seal: close, unseal: open } = seal;
  const noted = (secret: string) => {
    secrets.add(secret);
    return secret;
  };
  Object.assign(seal, {
    seal: (secret) => close(noted(secret)),
    unseal: (sealed) => noted(open(sealed)),
  } satisfies SecretSeal);
  return secrets;
}

/** Whatever the tests did, the log of it tells no secret. */
function expectNoSecret(logged: readonly string[], secrets: ReadonlySet<string>): void {
  for (const secret of secrets) {
    // Shorter ones stand in words and numbers.
    if (secret.length < 8) continue;
    expect(logged.filter((line) => line.includes(secret))).toEqual([]);
  }
}

const outcomes = process.env.NACRE_WIRE_OUTCOMES;

/** Keeps what the log says of a request in the folder that `NACRE_WIRE_OUTCOMES` names, by test file. */
function keepOutcome(line: string): void {
  if (outcomes === undefined || !line.includes('"operation"')) return;
  appendFileSync(join(outcomes, `${basename(expect.getState().testPath ?? 'unknown')}.jsonl`), line);
}

/** The system that wire tests speak to: the one that `DS3_ENDPOINT` names, or a server of their own. */
export async function systemUnderTest(): Promise<Client> {
  const { DS3_ENDPOINT: endpoint } = process.env;
  return endpoint ? createClient({ endpoint, ...keysFor(endpoint) }) : (await startTestServer()).client;
}

/** The keys of the administrator of a system: those that come with `DS3_ENDPOINT`, or those of every server of the tests. */
export function keysFor(endpoint: string): { readonly accessKey: string; readonly secretKey: string } {
  const { DS3_ENDPOINT: given, DS3_ACCESS_KEY: access = '', DS3_SECRET_KEY: secret = '' } = process.env;
  const isGiven = given && hostOf(given) === hostOf(endpoint);
  return isGiven ? { accessKey: access, secretKey: secret } : { accessKey, secretKey };
}

function hostOf(endpoint: string): string {
  return endpoint.replace(/^https?:\/\//, '');
}
