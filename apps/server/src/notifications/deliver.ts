import { type RequestOptions, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP } from 'node:net';
import type { AddressGuard } from './addresses.ts';
import type { Payload } from './payload.ts';

const timeoutMilliseconds = 30_000;

/** What came of one try. `httpStatus` is that of the answer; `failure` says why it does not count as delivered. */
export interface Try {
  readonly httpStatus: number | null;
  readonly failure: string | undefined;
}

/**
 * Sends a payload to an end point: a URL, `http://` when it has no scheme. An answer of 2xx is success; redirects are
 * not followed. Never throws: what went wrong is the answer.
 */
export function deliver(endPoint: string, method: string, payload: Payload, guard: AddressGuard): Promise<Try> {
  const written = /^[a-z][a-z0-9+.-]*:\/\//i.test(endPoint) ? endPoint : `http://${endPoint}`;
  const url = URL.canParse(written) ? new URL(written) : undefined;
  if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    return Promise.resolve({ httpStatus: null, failure: 'the end point is not an http or https address' });
  }
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) !== 0 && !guard.isAllowed(host)) {
    return Promise.resolve({ httpStatus: null, failure: `notifications may not go to ${host}` });
  }
  return send(url, method, payload, guard);
}

function send(url: URL, method: string, { contentType, body }: Payload, guard: AddressGuard): Promise<Try> {
  const bytes = Buffer.from(body, 'utf8');
  const options: RequestOptions = {
    method,
    headers: { 'Content-Type': contentType, 'Content-Length': bytes.length, 'User-Agent': 'Nacre' },
    lookup: guard.lookup,
    agent: false,
    signal: AbortSignal.timeout(timeoutMilliseconds),
  };
  return new Promise((resolve) => {
    const outgoing = (url.protocol === 'https:' ? requestHttps : requestHttp)(url, options, (answer) => {
      const httpStatus = answer.statusCode ?? 0;
      // What it says beside its status is nobody's business, however long it is.
      answer.destroy();
      const ok = httpStatus >= 200 && httpStatus < 300;
      resolve({ httpStatus, failure: ok ? undefined : `the end point answered ${httpStatus}` });
    });
    outgoing.on('error', (error) => resolve({ httpStatus: null, failure: error.message }));
    outgoing.end(bytes);
  });
}
