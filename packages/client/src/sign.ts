import { signV2, signV4 } from '@nacre/model/signing';
import type { WireRequest } from './exchange.ts';
import type { Settings } from './options.ts';
import type { OperationRequest } from './send.ts';

/** A request with the headers of this attempt: length, date and signature. */
export function signed(request: OperationRequest, settings: Settings): WireRequest {
  const { method, target: rawTarget, body, idleSeconds, repeatable } = request;
  const { endpoint, accessKey, secretKey, signature, region, userAgent, clock } = settings;
  const headers: Record<string, string> = { Host: endpoint.host, ...request.headers };
  if (body || method === 'PUT' || method === 'POST') headers['Content-Length'] = String(body?.length ?? 0);
  const toSign = { method, rawTarget, headers };
  const credentials = { accessKey, secretKey };
  const added =
    signature === 'v4'
      ? signV4(toSign, credentials, clock.now(), { region })
      : signV2(toSign, credentials, clock.now());
  return {
    method,
    target: rawTarget,
    headers: { ...headers, ...added, 'User-Agent': userAgent },
    body,
    idleSeconds,
    alone: !repeatable,
  };
}
