import { createHash } from 'node:crypto';
import { type Agent, request } from 'node:http';
import { signV2, signV4 } from '@nacre/model/signing';
import { keysFor } from './server.ts';

export interface Asked {
  readonly method?: string;
  /** Path and query, percent-encoded. */
  readonly target: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** 4 unless said otherwise; version 2 signs any target, also one that cannot be read. */
  readonly version?: 2 | 4;
  /** Of the administrator unless said otherwise; null leaves the request unsigned. */
  readonly keys?: { readonly accessKey: string; readonly secretKey: string } | null;
  /** Whose connections are used; else the request has one of its own. */
  readonly agent?: Agent;
}

export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** A signed request with whatever headers and target: for what our own client never sends. */
export function signedRequest(endpoint: string, asked: Asked): Promise<Answered> {
  const { method = 'GET', target, headers = {}, body = '', version = 4, agent = false } = asked;
  const url = new URL(endpoint);
  const own: Record<string, string> = { Host: url.host, ...headers };
  const payloadHash = headers['x-amz-content-sha256'] ?? createHash('sha256').update(body).digest('hex');
  const signing = { method, rawTarget: target, headers: own };
  const { keys = keysFor(endpoint) } = asked;
  const sign = version === 2 ? signV2 : signV4;
  const signed = keys === null ? {} : sign(signing, keys, new Date(), { payloadHash });
  const options = { method, host: url.hostname, port: url.port, path: target, agent };
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
