import { request } from 'node:http';
import { signV2 } from '@nacre/model/signing';
import type { ServerProcess } from '../../processes/server.ts';

export interface Exchanged {
  /** From the first byte sent to the last received. */
  readonly milliseconds: number;
  /** The first 4 KiB of the answer. */
  readonly start: string;
  readonly bytes: number;
}

/**
 * One signed request whose answer is received whole and not decoded, so that the client's work is not measured.
 * Errors: when the answer is no success.
 */
export function exchange(
  { endpoint, accessKey, secretKey }: ServerProcess,
  method: 'GET' | 'PUT' | 'DELETE',
  target: string,
  body = '',
): Promise<Exchanged> {
  const { hostname, port, host } = new URL(endpoint);
  const own = { Host: host };
  const signed = signV2({ method, rawTarget: target, headers: own }, { accessKey, secretKey }, new Date());
  const bytes = Buffer.from(body);
  const began = performance.now();
  return new Promise((resolve, reject) => {
    const headers = { ...own, ...signed, 'Content-Length': String(bytes.length) };
    const sent = request({ method, host: hostname, port, path: target, headers, agent: false }, (answer) => {
      let start = '';
      let received = 0;
      answer.on('data', (piece: Buffer) => {
        if (start.length < 4096) start += piece.toString('latin1');
        received += piece.length;
      });
      answer.on('error', reject);
      answer.on('end', () => {
        const milliseconds = performance.now() - began;
        const status = answer.statusCode ?? 0;
        if (status < 300) resolve({ milliseconds, start, bytes: received });
        else reject(new Error(`${method} ${target} answered ${status}: ${start}`));
      });
    });
    sent.on('error', reject);
    sent.end(bytes);
  });
}
