import * as http from 'node:http';
import * as https from 'node:https';
import { Ds3Error } from '@nacre/model';
import { type Database, findNode, type NodeRow } from '@nacre/store';
import type { BlobReading, BlobSource, ByteRange } from '@nacre/store/blobs';
import type { Clock } from '../clock.ts';
import { isLiving } from '../domain/living-nodes.ts';
import { cacheTarget } from './cache-target.ts';
import { type NodeSignature, signatureHeader } from './node-signature.ts';

/** The caches of other nodes, to be read. */
export interface Elsewhere {
  /** Errors of `read`: `NotFound`, `InvalidRange`, and `ServiceUnavailable` when the node does not answer. */
  cacheOf(nodeId: string): BlobSource;
  close(): void;
}

export interface Surroundings {
  readonly store: Database;
  readonly clock: Clock;
  readonly signature: NodeSignature;
  /** Seconds without a heartbeat after which a node is not asked. */
  readonly silentSeconds: number;
  /** Caches of other nodes that are folders within reach, by node. */
  readonly near: ReadonlyMap<string, BlobSource>;
}

/** Reads a cache where its folder is within reach, and else asks its node for the bytes. */
export function openElsewhere({ store, clock, signature, silentSeconds, near }: Surroundings): Elsewhere {
  const options = { keepAlive: true, maxSockets: 64, timeout: silentSeconds * 1000 };
  const agents = { plain: new http.Agent(options), secure: new https.Agent(options) };

  async function ask(nodeId: string, blobId: string, range: ByteRange | undefined): Promise<BlobReading> {
    const node = await findNode(store.db, nodeId);
    const now = clock.now();
    if (!node || !isLiving(node, { now, silentSeconds })) throw silent(node?.name ?? nodeId);
    const path = cacheTarget({ nodeId, blobId, range });
    const headers = { [signatureHeader]: signature.sign('GET', path, now) };
    const answer = await answerOf(node, { path, headers }, agents);
    if (answer.statusCode === 200) return readingOf(answer, node);
    answer.resume();
    switch (answer.statusCode) {
      case 404:
        throw new Ds3Error('NotFound', {
          resource: blobId,
          message: `Blob ${blobId} is not in the cache of ${node.name}.`,
        });
      case 416:
        throw new Ds3Error('InvalidRange', { resource: blobId });
      default:
        throw silent(node.name, new Error(`it answered ${answer.statusCode}`));
    }
  }

  return {
    cacheOf: (nodeId) =>
      near.get(nodeId) ?? { read: (id, range) => ask(nodeId, id, range), localPath: () => undefined },
    close() {
      agents.plain.destroy();
      agents.secure.destroy();
    },
  };
}

interface Agents {
  readonly plain: http.Agent;
  readonly secure: https.Agent;
}

function answerOf(
  { name, endPoint: host, httpPort, httpsPort }: NodeRow,
  asked: { readonly path: string; readonly headers: Readonly<Record<string, string>> },
  { plain, secure }: Agents,
): Promise<http.IncomingMessage> {
  return new Promise((resolve, reject) => {
    const request =
      httpPort === null
        ? https.get({ ...asked, host, port: httpsPort, agent: secure })
        : http.get({ ...asked, host, port: httpPort, agent: plain });
    request.on('timeout', () => request.destroy(new Error('it has been silent for too long')));
    request.on('error', (error) => reject(silent(name, error)));
    request.on('response', resolve);
  });
}

function readingOf(answer: http.IncomingMessage, { name }: NodeRow): BlobReading {
  async function* bytes(): AsyncGenerator<Uint8Array, void> {
    try {
      for await (const piece of answer) yield piece as Buffer;
    } catch (error) {
      throw silent(name, error);
    }
  }
  return {
    length: Number(answer.headers['content-length']),
    bytes: bytes(),
    close: async () => void answer.destroy(),
  };
}

function silent(name: string, cause?: unknown): Ds3Error {
  return new Ds3Error('ServiceUnavailable', {
    message: `The node ${name}, whose cache has the blob, does not answer.`,
    cause,
  });
}
