import { createHash } from 'node:crypto';
import { request } from 'node:http';
import { signV4 } from '@nacre/model/signing';
import { accessKey, secretKey } from './server.ts';

export interface Asked {
  readonly method?: string;
  /** Path and query, percent-encoded. */
  readonly target: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** A request signed in version 4, with whatever headers: for what our own client never sends. */
export function signedRequest(endpoint: string, { method = 'GET', target, headers = {}, body = '' }: Asked) {
  const url = new URL(endpoint);
  const own: Record<string, string> = { Host: url.host, ...headers };
  const payloadHash = headers['x-amz-content-sha256'] ?? createHash('sha256').update(body).digest('hex');
  const signing = { method, rawTarget: target, headers: own };
  const signed = signV4(signing, { accessKey, secretKey }, new Date(), { payloadHash });
  const options = { method, host: url.hostname, port: url.port, path: target, agent: false };
  return new Promise<Answered>((resolve, reject) => {
    const length = { 'Content-Length': String(Buffer.byteLength(body)) };
    const sent = request({ ...options, headers: { ...own, ...signed, ...length } }, async (answer) => {
      const pieces: Buffer[] = [];
      try {
        for await (const piece of answer) pieces.push(piece as Buffer);
      } catch (error) {
        return reject(error);
      }
      resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(pieces).toString() });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
