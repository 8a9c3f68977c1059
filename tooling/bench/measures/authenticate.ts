import {
  type Credentials,
  readClaim,
  requestHeaders,
  type SignedRequest,
  signV2,
  signV4,
  verifyClaim,
} from '@nacre/model/signing';
import type { Bench, Finding, Measure } from '../measure.ts';

export const authenticate: Measure = {
  name: 'authenticate',
  number: 16,
  about:
    'Reading and verifying the signature of one PUT of a blob, its headers as they come from the socket; versions 2 and 4. ' +
    'Who the access key belongs to is not looked up.',
  run: measureAuthentication,
};

const credentials: Credentials = { accessKey: 'QUtJRA==', secretKey: 'c2VjcmV0IGtleQ' };
const method = 'PUT';
const rawTarget = '/library/project/reel-7/frame-0007321.dpx?job=0af19c5d-0000-4fff-8aaa-012345678900&offset=0';
const ownHeaders = { Host: '127.0.0.1:8080', 'Content-Length': '4096', 'Content-Type': 'application/octet-stream' };

async function* measureAuthentication(bench: Bench): AsyncGenerator<Finding> {
  const now = new Date();
  const request = { method, rawTarget, headers: ownHeaders };
  const signed = { V2: signV2(request, credentials, now), V4: signV4(request, credentials, now) };
  for (const [version, atMost] of [['V2', 6] as const, ['V4', 12] as const]) {
    const rawHeaders = Object.entries({ ...ownHeaders, ...signed[version] }).flat();
    const count = bench.size(50_000);
    verifyEach(rawHeaders, count, now);
    const ours = Array.from({ length: bench.repeats }, () => {
      bench.signal.throwIfAborted();
      const began = performance.now();
      verifyEach(rawHeaders, count, now);
      return ((performance.now() - began) / count) * 1000;
    });
    yield { name: `a request signed with ${version}`, unit: 'µs', ours, goal: { atMost } };
  }
}

/** Errors: that of a wrong signature. */
function verifyEach(rawHeaders: readonly string[], count: number, now: Date): void {
  for (let i = 0; i < count; i += 1) {
    const request: SignedRequest = { method, rawTarget, headers: requestHeaders(rawHeaders), hasBody: true };
    const claim = readClaim(request);
    if (claim === undefined) throw new Error('the request is not signed');
    verifyClaim(claim, request, credentials.secretKey, now);
  }
}
