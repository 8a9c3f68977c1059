import { createHmac, createSecretKey, hkdfSync, type KeyObject, timingSafeEqual } from 'node:crypto';

/** Nodes of one system know each other by a key that follows from the master key, which all of them have. */
export interface NodeSignature {
  /** The value of `signatureHeader` for a request. */
  sign(method: string, target: string, now: Date): string;
  /** Whether another node of this system made the request, within the last minutes. */
  isGood(method: string, target: string, value: string | undefined, now: Date): boolean;
}

export const signatureHeader = 'x-nacre-node';

/** As much as clocks of nodes may differ, and as long as a request may be on its way. */
const validMilliseconds = 300_000;

/** `<milliseconds>.<HMAC-SHA-256 in hexadecimal>`, over the method, the target and the time. */
export function createNodeSignature(masterKey: Buffer): NodeSignature {
  const key = createSecretKey(Buffer.from(hkdfSync('sha256', masterKey, '', 'nacre requests between nodes', 32)));
  return {
    sign(method, target, now) {
      const time = String(now.getTime());
      return `${time}.${digest(key, method, target, time).toString('hex')}`;
    },
    isGood(method, target, value, now) {
      const [, time, mac] = /^(\d{1,15})\.([0-9a-f]{64})$/.exec(value ?? '') ?? [];
      if (time === undefined || mac === undefined) return false;
      if (Math.abs(now.getTime() - Number(time)) > validMilliseconds) return false;
      return timingSafeEqual(Buffer.from(mac, 'hex'), digest(key, method, target, time));
    },
  };
}

function digest(key: KeyObject, method: string, target: string, time: string): Buffer {
  return createHmac('sha256', key).update(`${method}\n${target}\n${time}`).digest();
}
