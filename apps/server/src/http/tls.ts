import { readFile } from 'node:fs/promises';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import type { Config } from '../config.ts';

/**
 * The certificate and key that the settings name; `undefined` when they name none.
 * Errors: a plain Error that says which file cannot be read, or that they do not fit together.
 */
export async function readCertificate({
  tlsCertificate,
  tlsKey,
}: Pick<Config, 'tlsCertificate' | 'tlsKey'>): Promise<SecureContextOptions | undefined> {
  if (tlsCertificate === '') return undefined;
  const options = {
    cert: await readPem(tlsCertificate),
    key: await readPem(tlsKey),
    minVersion: 'TLSv1.2',
  } as const satisfies SecureContextOptions;
  try {
    createSecureContext(options);
  } catch (cause) {
    // OpenSSL's words say nothing of the key itself.
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`${tlsCertificate} and ${tlsKey} are no certificate and its key: ${why}`, { cause });
  }
  return options;
}

async function readPem(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new Error(`${path} cannot be read: ${(cause as NodeJS.ErrnoException).code ?? String(cause)}`, { cause });
  }
}
