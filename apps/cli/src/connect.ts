import { readFileSync } from 'node:fs';
import { type ClientOptions, optionsFromEnvironment } from '@nacre/client';
import { type Config, type Profile, profileNamed } from './config.ts';
import { UsageError } from './exit-codes.ts';
import type { Io } from './io.ts';
import { maxConcurrency } from './options.ts';

/** Flags that every command takes. */
export interface ConnectionFlags {
  readonly endpoint?: string | undefined;
  readonly accessKey?: string | undefined;
  readonly secretKey?: string | undefined;
  readonly signature?: 'v2' | 'v4' | undefined;
  readonly profile?: string | undefined;
  readonly caFile?: string | undefined;
  readonly insecure?: boolean | undefined;
}

/**
 * Flags over environment over profile, each for itself. A profile that is named by a flag counts as a flag: whoever
 * names it does not want to reach the system that the environment happens to hold.
 * Errors: `UsageError` when something is missing.
 */
export function clientOptions(flags: ConnectionFlags, config: Config, io: Io): ClientOptions {
  const { endpoint, accessKey, secretKey } = optionsFromEnvironment(io.env);
  const named = flags.profile === undefined ? {} : profileNamed(config, flags.profile);
  const fallback = flags.profile === undefined ? profileNamed(config, undefined) : {};
  const environment = defined({ endpoint, accessKey, secretKey });
  return complete({ ...fallback, ...environment, ...named, ...defined(flags) }, flags, io);
}

/** What a profile says, and nothing else: for the other side of a replication. */
export function profileOptions(name: string, flags: ConnectionFlags, config: Config, io: Io): ClientOptions {
  return complete(profileNamed(config, name), flags, io);
}

function complete(profile: Profile, { insecure }: ConnectionFlags, { env, clock }: Io): ClientOptions {
  const { endpoint, accessKey, secretKey, signature, caFile } = profile;
  if (!endpoint)
    throw new UsageError('no endpoint: give --endpoint, set DS3_ENDPOINT, or `nacre config set endpoint HOST`');
  if (!accessKey)
    throw new UsageError('no access key: give --access-key, set DS3_ACCESS_KEY, or `nacre config set access-key KEY`');
  if (!secretKey)
    throw new UsageError('no secret key: give --secret-key, set DS3_SECRET_KEY, or `nacre config set secret-key -`');
  const { proxy, noProxy } = optionsFromEnvironment(env);
  // The environment's proxy speaks for http alone.
  const usable = profile.proxy ?? (endpoint.toLowerCase().startsWith('https://') ? undefined : proxy);
  return {
    endpoint,
    accessKey,
    secretKey,
    signature,
    proxy: usable,
    noProxy,
    verifyCertificate: !insecure,
    authorities: caFile === undefined ? undefined : readAuthorities(caFile),
    // How many are used at a time is up to --concurrency.
    maxConnections: maxConcurrency,
    userAgent: 'nacre-cli',
    clock,
  };
}

function readAuthorities(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new UsageError(`the certificates in ${path} cannot be read: ${(error as NodeJS.ErrnoException).code}`);
  }
}

function defined<T extends object>(values: T): Partial<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<T>;
}
