import type { Client } from '@nacre/client';
import { administrator } from '../../processes/server.ts';
import type { Campaign, Run, Wrong } from '../campaign.ts';
import { atOnce } from '../input/at-once.ts';
import { RawConnection, requestBytes } from '../input/raw-connection.ts';
import { type LoggedRequest, RequestLog } from '../input/request-log.ts';
import {
  type ContractRow,
  contractRows,
  type Keys,
  type Manner,
  manners,
  type Signed,
  sign,
  smallestRequest,
} from '../input/requests.ts';
import { startServer } from '../processes.ts';
import { randomFrom } from '../random.ts';

/** Whose keys a request is signed with, and what has to come of it. */
interface Credential {
  readonly name: string;
  readonly keys: Keys | undefined;
  /** The code of the refusal; `undefined` when the request has to be taken for this caller's. */
  readonly refusal: string | undefined;
  readonly caller?: string;
}

export const authenticationMatrix: Campaign = {
  name: 'authentication-matrix',
  about:
    'Every operation of the contract, signed in every version and with every kind of payload, without keys, with a wrong secret, with keys of nobody, of a deleted user, with a secret that was replaced, of a user without rights and of the administrator. The log says whether a handler was reached; what the administrator has must not stand in an answer to anybody else.',
  unit: 'cells',
  least: { full: 'all', quick: 1200 },
  page: 'security',
  async run(run) {
    const server = await startServer({
      dataFolder: `${run.folder}/data`,
      env: { NACRE_LOG_LEVEL: 'info' },
      signal: run.signal,
    });
    await makeCanaries(server.client());
    const log = new RequestLog(`${run.folder}/data.log`);
    const host = new URL(server.endpoint).host;
    const credentials = await makeCredentials(server.client());
    const cells = chosenCells(run, credentials);
    const connections = Array.from({ length: 8 }, () => new RawConnection(server.endpoint));
    const wrong: Wrong[] = [];
    let done = 0;
    await atOnce(cells, connections.length, run.signal, async (cell, worker) => {
      const { row, manner, credential } = cell;
      const request = smallestRequest(row);
      const signed = await sign(request, manner, credential.keys ?? administrator, { host, date: new Date() });
      const { method, target, headers, body } = credential.keys ? signed : withoutSignature(signed);
      const bytes = requestBytes(`${method} ${target}`, Object.entries(headers), body);
      const answer = await connections[worker]?.send({ bytes, isHead: method === 'HEAD' });
      const number = answer?.headers.get('x-amz-request-id');
      const logged = number === undefined ? undefined : await log.about(Number(number));
      const problem = judge(cell, answer?.status, logged) ?? leakOf(cell, answer?.body ?? '');
      if (problem)
        wrong.push({
          seed: run.seed,
          what: `${row.name}, ${manner.scheme} ${manner.payload}, ${credential.name}: ${problem}`,
        });
      done += 1;
      if (done % 4000 === 0) run.log(`${done} of ${cells.length} cells`);
    });
    for (const connection of connections) connection.close();
    log.close();
    await server.stop();
    return { done, all: cells.length, wrong };
  },
};

interface Cell {
  readonly row: ContractRow;
  readonly manner: Manner;
  readonly credential: Credential;
}

function chosenCells({ least, seed }: Run, credentials: readonly Credential[]): readonly Cell[] {
  const all = contractRows.flatMap((row) =>
    manners.flatMap((manner) => credentials.map((credential) => ({ row, manner, credential }))),
  );
  if (least === 'all') return all;
  const random = randomFrom(seed);
  return Array.from({ length: least }, () => random.pick(all));
}

async function makeCredentials(admin: Client): Promise<Credential[]> {
  const make = async (name: string): Promise<Keys> => {
    const { authId, secretKey = '' } = await admin.ds3.delegateCreateUser({ name });
    return { accessKey: authId, secretKey };
  };
  const foreign = await make('foreign');
  const deleted = await make('deleted');
  await admin.ds3.delegateDeleteUser({ id: 'deleted' });
  const replaced = await make('replaced');
  await admin.ds3.regenerateUserSecretKey({ id: 'replaced' });
  return [
    { name: 'no keys', keys: undefined, refusal: 'AccessDenied' },
    { name: 'a wrong secret', keys: { ...administrator, secretKey: 'wrong' }, refusal: 'SignatureDoesNotMatch' },
    { name: 'keys of nobody', keys: { ...administrator, accessKey: 'bm9ib2R5' }, refusal: 'InvalidAccessKeyId' },
    { name: 'keys of a deleted user', keys: deleted, refusal: 'InvalidAccessKeyId' },
    { name: 'a replaced secret', keys: replaced, refusal: 'SignatureDoesNotMatch' },
    { name: 'a user without rights', keys: foreign, refusal: undefined, caller: 'foreign' },
    { name: 'the administrator', keys: administrator, refusal: undefined, caller: 'Administrator' },
  ];
}

function withoutSignature(signed: Signed): Signed {
  const { Authorization, ...headers } = signed.headers as Record<string, string>;
  const target = signed.target
    .split(/[?&]/)
    .filter((part, i) => i === 0 || !/^(X-Amz-|AWSAccessKeyId=|Expires=|Signature=)/.test(part));
  const [path = '', ...query] = target;
  return { ...signed, headers, target: query.length > 0 ? `${path}?${query.join('&')}` : path };
}

/**
 * What somebody without rights may succeed with: reading, where lists hold what he may see, registering for
 * notifications about what he may see, and ending all jobs that are his, of which there are none.
 */
function isForEverybody({ name, operation }: ContractRow): boolean {
  return (
    operation.verb === 'GET' ||
    operation.verb === 'HEAD' ||
    /^ds3\.(put\w+NotificationRegistration|(cancel|truncate)All(Active)?Jobs)$/.test(name)
  );
}

/** Things of the administrator, which nobody else is to hear of. */
async function makeCanaries({ s3, ds3 }: Client): Promise<void> {
  await s3.putBucket({ bucket: 'canary-bucket' });
  await s3.putObject({ bucket: 'canary-bucket', key: 'canary-object', body: 'canary-bytes' });
  const body = { objects: [{ name: 'canary-blob', size: 9 }] };
  await ds3.putBulkJob({ id: 'canary-bucket', name: 'canary-job', body });
  const { jobId } = await ds3.putBulkJob({
    id: 'canary-bucket',
    name: 'canary-cancelled',
    body: { objects: [{ name: 'canary-gone', size: 1 }] },
  });
  await ds3.cancelJob({ id: jobId });
  await ds3.getBulkJob({ id: 'canary-bucket', name: 'canary-job', body: { objects: [{ name: 'canary-object' }] } });
  await ds3.delegateCreateUser({ name: 'canary-user', secretKey: 'canary-secret' });
  await ds3.putJobCompletedNotificationRegistration({ notificationEndPoint: 'http://canary-listener/' });
}

function leakOf({ credential }: Cell, body: string): string | undefined {
  const isAdministrator = credential.caller === 'Administrator';
  const leak = /canary-[a-z]+/.exec(body)?.[0];
  return leak !== undefined && !isAdministrator ? `the answer tells of ${leak}` : undefined;
}

function judge(
  { row, credential }: Cell,
  status: number | undefined,
  logged: LoggedRequest | undefined,
): string | undefined {
  if (status === undefined || logged === undefined) return 'there was no answer';
  const { refusal, caller } = credential;
  const is = `${status} ${logged.code ?? ''}, caller ${logged.caller ?? 'none'}`;
  if (logged.operation !== row.name) return `it was taken for ${logged.operation}: ${is}`;
  if (refusal !== undefined) {
    return status === 403 && logged.code === refusal && logged.caller === undefined
      ? undefined
      : `${is}, not ${refusal}`;
  }
  if (logged.caller !== caller) return is;
  if (status >= 500 && status !== 501) return is;
  if (['SignatureDoesNotMatch', 'InvalidAccessKeyId', 'RequestTimeTooSkewed'].includes(logged.code ?? '')) return is;
  if (caller === 'Administrator') return logged.code === 'AccessDenied' ? is : undefined;
  return status < 300 && !isForEverybody(row) ? `${is}, which he has no right to` : undefined;
}
