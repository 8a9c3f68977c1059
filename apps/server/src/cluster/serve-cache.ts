import type { IncomingMessage, ServerResponse } from 'node:http';
import { isDs3Error } from '@nacre/model';
import type { BlobReading, BlobSource } from '@nacre/store/blobs';
import type { Logger } from 'pino';
import type { Clock } from '../clock.ts';
import { sendAll } from '../http/send-all.ts';
import { readCacheTarget } from './cache-target.ts';
import { type NodeSignature, signatureHeader } from './node-signature.ts';

export interface CacheService {
  readonly clock: Clock;
  readonly log: Logger;
  readonly signature: NodeSignature;
  /** The caches within reach of this process, by node: its own, and those beside it. */
  readonly caches: ReadonlyMap<string, BlobSource>;
}

/** Gives other nodes of the system the bytes of caches within reach; to anybody else there is nothing here. */
export function createCacheService(service: CacheService) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    request.resume();
    let reading: BlobReading | undefined;
    try {
      reading = await openAsked(service, request);
      response.writeHead(200, { 'Content-Type': 'application/octet-stream', 'Content-Length': reading.length });
      await sendAll(response, reading.bytes);
      response.end();
    } catch (error) {
      refuse(service, response, error);
    } finally {
      await reading?.close();
    }
  };
}

async function openAsked({ clock, signature, caches }: CacheService, request: IncomingMessage): Promise<BlobReading> {
  const { method = '', url = '', headers } = request;
  const value = headers[signatureHeader];
  const asked = readCacheTarget(url);
  const isGood = signature.isGood(method, url, Array.isArray(value) ? undefined : value, clock.now());
  const cache = asked && isGood ? caches.get(asked.nodeId) : undefined;
  if (!asked || !cache) throw new NotHere();
  return cache.read(asked.blobId, asked.range);
}

class NotHere extends Error {}

function refuse({ log }: CacheService, response: ServerResponse, error: unknown): void {
  // Some of the bytes are gone already: the only honest end is a broken connection.
  if (response.headersSent) return void response.destroy();
  const status = isDs3Error(error, 'InvalidRange')
    ? 416
    : error instanceof NotHere || isDs3Error(error, 'NotFound')
      ? 404
      : 503;
  if (status === 503) log.warn({ err: error, msg: 'a blob could not be read for another node' });
  response.writeHead(status, { 'Content-Length': 0 }).end();
}
