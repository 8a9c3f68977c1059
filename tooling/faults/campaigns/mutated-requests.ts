import { administrator } from '../../processes/server.ts';
import type { Campaign, Wrong } from '../campaign.ts';
import { atOnce } from '../input/at-once.ts';
import { mutate } from '../input/mutate.ts';
import { RawConnection, requestBytes } from '../input/raw-connection.ts';
import { RequestLog } from '../input/request-log.ts';
import { type Manner, manners, sign, type Unsigned } from '../input/requests.ts';
import { startServer } from '../processes.ts';
import { type Random, randomFrom } from '../random.ts';

const bucket = 'mutated';
/** Every so many requests one goes out unchanged: it has to be accepted, or the refusals say nothing. */
const unchangedEvery = 50;

export const mutatedRequests: Campaign = {
  name: 'mutated-requests',
  about:
    'Requests and bodies in signed chunks, right but for one change to what was signed: method, path, query, a header, the time, the scope, the signature, a chunk, a trailer. One in 50 goes out unchanged and has to be accepted.',
  unit: 'requests',
  least: { full: 50_000, quick: 1000 },
  page: 'security',
  async run({ least, seed, folder, signal, log: say }) {
    const env = { NACRE_LOG_LEVEL: 'info', NACRE_EXISTING_OBJECTS: 'replace' };
    const server = await startServer({ dataFolder: `${folder}/data`, env, signal });
    const client = server.client();
    await client.s3.putBucket({ bucket });
    await client.s3.putObject({ bucket, key: 'kept', body: 'kept' });
    const log = new RequestLog(`${folder}/data.log`);
    const host = new URL(server.endpoint).host;
    const connections = Array.from({ length: 8 }, () => new RawConnection(server.endpoint));
    const wrong: Wrong[] = [];
    let done = 0;
    let accepted = 0;
    await atOnce(numbers(Number(least)), connections.length, signal, async (i, worker) => {
      const random = randomFrom(seed + i);
      const manner = random.pick(manners);
      const isUnchanged = i % unchangedEvery === unchangedEvery - 1;
      const signed = await sign(aRequest(random, manner, i), manner, administrator, {
        host,
        date: new Date(),
        chunkSize: 1 + random.below(400),
      });
      const { what, request } = isUnchanged ? { what: 'nothing', request: signed } : mutate(signed, random);
      const { method, target, headers, body } = request;
      const bytes = requestBytes(`${method} ${target}`, Object.entries(headers), body);
      const answer = await connections[worker]?.send({ bytes, isHead: method === 'HEAD' });
      const number = answer?.headers.get('x-amz-request-id');
      const logged = number === undefined ? undefined : await log.about(Number(number));
      const status = answer?.status ?? 0;
      // A body is compared as it arrives, when its handler has begun: what counts there is how it ended.
      const isAboutBody = what.startsWith('body');
      const isAccepted = isAboutBody ? status < 400 : logged?.caller !== undefined || status < 400;
      const is = `${method} ${manner.scheme} ${manner.payload}, changed: ${what}: ${status} ${logged?.code ?? ''}`;
      if (status === 0 || (status >= 500 && status !== 501)) wrong.push({ seed: seed + i, what: is });
      else if (isUnchanged !== isAccepted) {
        wrong.push({ seed: seed + i, what: `${is}, ${isAccepted ? 'accepted' : 'refused'}` });
      }
      if (isUnchanged) accepted += 1;
      else done += 1;
      if ((done + accepted) % 5000 === 0) say(`${done} changed, ${accepted} unchanged`);
    });
    for (const connection of connections) connection.close();
    log.close();
    const { contents } = await client.s3.getBucket({ bucket, prefix: 'put-', maxKeys: 1000 });
    const written = contents.filter(({ key }) => Number(key.slice(4)) % unchangedEvery !== unchangedEvery - 1);
    for (const { key } of written) wrong.push({ seed: seed + Number(key.slice(4)), what: `${key} was written` });
    await server.stop();
    return { done, wrong };
  },
};

/** Enough of them that, without the unchanged ones, the number asked for is left. */
function* numbers(least: number): Generator<number> {
  const all = Math.ceil((least * unchangedEvery) / (unchangedEvery - 1));
  for (let i = 0; i < all; i++) yield i;
}

function aRequest(random: Random, { payload }: Manner, i: number): Unsigned {
  const put = (body: Buffer): Unsigned => ({ method: 'PUT', target: `/${bucket}/put-${i}`, headers: {}, body });
  // Chunks are of bodies that are kept.
  if (payload !== 'whole' && payload !== 'unsigned') return put(random.bytes(1 + random.below(1500)));
  switch (random.below(6)) {
    case 0:
      return put(random.bytes(random.below(300)));
    case 1: {
      const headers = { 'x-amz-meta-colour': 'green', 'Content-Type': 'text/plain' };
      return { ...put(random.bytes(1 + random.below(300))), headers };
    }
    case 2:
      return { method: 'GET', target: '/_rest_/user', headers: {}, body: Buffer.alloc(0) };
    case 3:
      return { method: 'HEAD', target: `/${bucket}/kept`, headers: {}, body: Buffer.alloc(0) };
    case 4:
      return { method: 'GET', target: `/${bucket}?versions`, headers: {}, body: Buffer.alloc(0) };
    default:
      return { method: 'GET', target: `/${bucket}/kept`, headers: {}, body: Buffer.alloc(0) };
  }
}
