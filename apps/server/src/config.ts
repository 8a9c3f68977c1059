import { z } from 'zod';
import { createAddressGuard } from './notifications/addresses.ts';

/**
 * The settings table: each setting once, with its environment name, its flag, and what it is for.
 * `docs/configuration.md` is derived from it.
 */
export const settings = {
  listen: setting({
    env: 'NACRE_LISTEN',
    parse: z.string().transform(parseListen),
    fallback: '127.0.0.1:8080',
    about: 'Host and port of the data path, `HOST:PORT`. Port 0 picks a free one.',
  }),
  tlsListen: setting({
    env: 'NACRE_TLS_LISTEN',
    parse: z.string().transform(parseListen),
    fallback: '127.0.0.1:8443',
    about: 'Host and port of the data path over TLS, `HOST:PORT`; served when there is a certificate.',
  }),
  tlsCertificate: setting({
    env: 'NACRE_TLS_CERTIFICATE',
    parse: z.string(),
    fallback: '',
    about:
      'A PEM file: the certificate of this server, and those that lead to its authority. With it and its key, HTTPS is ' +
      'served beside HTTP. Read again on SIGHUP.',
  }),
  tlsKey: setting({
    env: 'NACRE_TLS_KEY',
    parse: z.string(),
    fallback: '',
    about: 'A PEM file: the private key of the certificate. Read again on SIGHUP.',
  }),
  tlsOnly: setting({
    env: 'NACRE_TLS_ONLY',
    parse: yesOrNo(),
    fallback: 'false',
    isSwitch: true,
    about: 'Serves HTTPS alone; `--listen` is not used then.',
  }),
  data: setting({
    env: 'NACRE_DATA',
    parse: z.string().min(1),
    fallback: '.nacre',
    about: 'The data folder: cache, pools, the embedded database, the master key.',
  }),
  databaseUrl: setting({
    env: 'NACRE_DATABASE_URL',
    parse: z.string(),
    fallback: '',
    about: 'A PostgreSQL to use instead of the embedded one, `postgres://…`.',
  }),
  adminAccessKey: setting({
    env: 'NACRE_ADMIN_ACCESS_KEY',
    parse: z.string(),
    fallback: '',
    about: 'Access key of the first user, used when the data folder is first made; generated when empty.',
  }),
  adminSecretKey: setting({
    env: 'NACRE_ADMIN_SECRET_KEY',
    parse: z.string(),
    fallback: '',
    about: 'Secret key of the first user, used when the data folder is first made; generated when empty.',
  }),
  masterKey: setting({
    env: 'NACRE_MASTER_KEY',
    parse: z.string().refine((key) => key === '' || /^[0-9a-f]{64}$/i.test(key), 'must be 64 hexadecimal digits'),
    fallback: '',
    about: 'Encrypts users’ secret keys at rest: 64 hexadecimal digits. When empty, a file in the data folder has it.',
  }),
  endpoint: setting({
    env: 'NACRE_ENDPOINT',
    parse: z.string(),
    fallback: '',
    about: 'The host that clients reach this node at, told in job answers; the listening host when empty.',
  }),
  workers: setting({
    env: 'NACRE_WORKERS',
    parse: count(1),
    fallback: '1',
    about:
      'Processes that serve together, each a node of its own with a share of the cache, the connections and the requests. ' +
      'They listen on one address.',
  }),
  nodeSilentSeconds: setting({
    env: 'NACRE_NODE_SILENT_SECONDS',
    parse: count(5),
    fallback: '15',
    about: 'Seconds without a sign of life after which other nodes take a node for gone.',
  }),
  logLevel: setting({
    env: 'NACRE_LOG_LEVEL',
    parse: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']),
    fallback: 'info',
    about: 'Least level that is logged: fatal, error, warn, info, debug, trace, or silent.',
  }),
  auditLog: setting({
    env: 'NACRE_AUDIT_LOG',
    parse: z.string(),
    fallback: '',
    about:
      'The file that tells what administrators did, one JSON object in a line; `audit.log` in the data folder when empty. ' +
      'Opened again on SIGHUP.',
  }),
  minUploadSize: setting({
    env: 'NACRE_MIN_UPLOAD_SIZE',
    parse: bytes(1),
    fallback: '10MiB',
    about: 'Least `max_upload_size` that a PUT job may ask for. Tests with small blobs lower it.',
  }),
  maxUploadSize: setting({
    env: 'NACRE_MAX_UPLOAD_SIZE',
    parse: bytes(1),
    fallback: '100GB',
    about: 'Most `max_upload_size` that a PUT job may ask for.',
  }),
  minPartSize: setting({
    env: 'NACRE_MIN_PART_SIZE',
    parse: bytes(1),
    fallback: '5MiB',
    about: 'Least bytes of a part of a multipart upload, the last excepted. Tests with small parts lower it.',
  }),
  blobSize: setting({
    env: 'NACRE_BLOB_SIZE',
    parse: bytes(1),
    fallback: '64GiB',
    about: 'Length of a blob when neither the job nor the data policy says one.',
  }),
  chunkSize: setting({
    env: 'NACRE_CHUNK_SIZE',
    parse: bytes(1),
    fallback: '64GiB',
    about: 'Bytes of blobs after which a chunk is closed.',
  }),
  maxBlobsPerChunk: setting({
    env: 'NACRE_MAX_BLOBS_PER_CHUNK',
    parse: count(1),
    fallback: '20000',
    about: 'Blobs after which a chunk is closed.',
  }),
  maxObjectsPerJob: setting({
    env: 'NACRE_MAX_OBJECTS_PER_JOB',
    parse: count(1),
    fallback: '500000',
    about: 'Objects that one job may list.',
  }),
  maxActiveJobs: setting({
    env: 'NACRE_MAX_ACTIVE_JOBS',
    parse: count(1),
    fallback: '40000',
    about: 'Jobs that may run at once; a further one is refused with 503.',
  }),
  maxDocumentSize: setting({
    env: 'NACRE_MAX_DOCUMENT_SIZE',
    parse: bytes(1024),
    fallback: '128MiB',
    about: 'Bytes of a request body that lists the objects of a job, or is a job to replicate.',
  }),
  maxSmallDocumentSize: setting({
    env: 'NACRE_MAX_SMALL_DOCUMENT_SIZE',
    parse: bytes(1024),
    fallback: '8MiB',
    about:
      'Bytes of every other document, which names at most a few thousand things: objects to delete, parts to complete.',
  }),
  maxHeaderSize: setting({
    env: 'NACRE_MAX_HEADER_SIZE',
    parse: bytes(4096),
    fallback: '16KiB',
    about: 'Bytes of the request line and the headers of a request; more is refused with 431.',
  }),
  maxConnections: setting({
    env: 'NACRE_MAX_CONNECTIONS',
    parse: count(1),
    fallback: '10000',
    about: 'Connections at a time; a further one is told 503 and closed.',
  }),
  maxRequests: setting({
    env: 'NACRE_MAX_REQUESTS',
    parse: count(1),
    fallback: '4096',
    about: 'Requests at a time; a further one is refused with 503 before anything is done for it.',
  }),
  existingObjects: setting({
    env: 'NACRE_EXISTING_OBJECTS',
    parse: z.enum(['refuse', 'replace']),
    fallback: 'refuse',
    about:
      'What a PUT without a job, a copy or a multipart upload does with an object of the same name where its bucket ' +
      'keeps no versions: refuse it with 409, as DS3 does, or replace the object, as S3 clients expect.',
  }),
  cacheSize: setting({
    env: 'NACRE_CACHE_SIZE',
    parse: bytes(0),
    fallback: '0',
    about: 'Bytes the cache may hold; 0 for as much as its file system has.',
  }),
  pools: setting({
    env: 'NACRE_POOLS',
    parse: z.string().transform(parsePools),
    fallback: '',
    about:
      'Pools beside the built-in ones: `NAME=FOLDER` or `NAME@PARTITION=FOLDER`, with commas between. The folder is made when it is not there.',
  }),
  persistDelaySeconds: setting({
    env: 'NACRE_PERSIST_DELAY_SECONDS',
    parse: count(0),
    fallback: '0',
    about: 'Seconds between a chunk being received and its permanent copies being written.',
  }),
  verifyPoolDays: setting({
    env: 'NACRE_VERIFY_POOL_DAYS',
    parse: count(0),
    fallback: '30',
    about:
      'Days after which every copy on a pool is compared with its checksum again; 0 for only when it is asked for.',
  }),
  verifyBytesPerSecond: setting({
    env: 'NACRE_VERIFY_BYTES_PER_SECOND',
    parse: bytes(0),
    fallback: '64MiB',
    about: 'Bytes a second that are read at most to verify pools; 0 for no limit.',
  }),
  suspectCopies: setting({
    env: 'NACRE_SUSPECT_COPIES',
    parse: z.enum(['keep', 'rebuild']),
    fallback: 'keep',
    about:
      'What becomes of a copy that verification finds damaged: keep it for somebody to decide about, or give it up and ' +
      'write it anew where another copy or the cache has its bytes.',
  }),
  retryAfterSeconds: setting({
    env: 'NACRE_RETRY_AFTER_SECONDS',
    parse: count(1),
    fallback: '1',
    about: 'Seconds after which a client is told to ask again for chunks.',
  }),
  keepFinishedJobsDays: setting({
    env: 'NACRE_KEEP_FINISHED_JOBS_DAYS',
    parse: count(0),
    fallback: '30',
    about: 'Days after which completed and cancelled jobs are forgotten.',
  }),
  keepBucketHistoryDays: setting({
    env: 'NACRE_KEEP_BUCKET_HISTORY_DAYS',
    parse: count(0),
    fallback: '30',
    about: 'Days after which what happened to objects is forgotten: the events of the bucket history.',
  }),
  jobIdleHours: setting({
    env: 'NACRE_JOB_IDLE_HOURS',
    parse: count(1),
    fallback: '24',
    about: 'Hours without I/O or modification after which a job is given up.',
  }),
  notificationNetworks: setting({
    env: 'NACRE_NOTIFICATION_NETWORKS',
    parse: z.string().transform(parseNetworks),
    fallback: '',
    about:
      'Networks beside the public Internet that notifications may go to, `ADDRESS/PREFIX` separated by commas: 10.0.0.0/8.',
  }),
  uploadIdleDays: setting({
    env: 'NACRE_UPLOAD_IDLE_DAYS',
    parse: count(1),
    fallback: '7',
    about: 'Days after which a multipart upload that got no part is given up, and its parts with it.',
  }),
  idleConnectionSeconds: setting({
    env: 'NACRE_IDLE_CONNECTION_SECONDS',
    parse: count(1),
    fallback: '300',
    about: 'Seconds of silence after which a connection is closed.',
  }),
  headerSeconds: setting({
    env: 'NACRE_HEADER_SECONDS',
    parse: count(1),
    fallback: '60',
    about: 'Seconds in which the headers of a request have to arrive, and a TLS handshake has to end.',
  }),
  documentSeconds: setting({
    env: 'NACRE_DOCUMENT_SECONDS',
    parse: count(1),
    fallback: '600',
    about:
      'Seconds in which a request body that is a document has to arrive. Object data may take as long as it flows.',
  }),
  shutdownSeconds: setting({
    env: 'NACRE_SHUTDOWN_SECONDS',
    parse: count(1),
    fallback: '25',
    about: 'Seconds that running requests have to end after SIGTERM.',
  }),
} as const;

type Settings = typeof settings;
export type Config = { readonly [K in keyof Settings]: z.output<Settings[K]['parse']> };

/** A setting that cannot be read; its message names the setting and what is wrong. */
export class ConfigError extends Error {
  constructor(problem: string) {
    super(problem);
    this.name = 'ConfigError';
  }
}

interface Setting<P> {
  /** Environment name. */
  readonly env: string;
  /** Command-line flag, with `--`. */
  readonly flag: string;
  readonly parse: P;
  /** As it would be written in the environment. */
  readonly fallback: string;
  readonly about: string;
  /** Whether the flag may stand alone, which is `true`. */
  readonly isSwitch: boolean;
}

function setting<P extends z.ZodType<unknown, string>>(
  of: Omit<Setting<P>, 'flag' | 'isSwitch'> & { readonly isSwitch?: true },
): Setting<P> {
  return {
    isSwitch: false,
    ...of,
    flag: `--${of.env
      .replace(/^NACRE_/, '')
      .toLowerCase()
      .replaceAll('_', '-')}`,
  };
}

/**
 * Reads the configuration: flags over environment over fallbacks. Flags are `--name value` or `--name=value`.
 * Errors: `ConfigError` for an unknown flag, a flag without a value, a value that does not fit.
 */
export function readConfig(args: readonly string[], env: Readonly<Record<string, string | undefined>>): Config {
  const given = readFlags(args);
  const entries = Object.entries(settings).map(([key, { env: name, flag, parse, fallback }]) => {
    const written = given.get(flag) ?? env[name] ?? fallback;
    const parsed = parse.safeParse(written);
    if (parsed.success) return [key, parsed.data];
    const [issue] = parsed.error.issues;
    throw new ConfigError(`${flag} (${name}) is '${written}': ${issue?.message ?? 'not valid'}`);
  });
  const config = Object.fromEntries(entries) as Config;
  checkTls(config);
  return config;
}

function checkTls({ tlsCertificate, tlsKey, tlsOnly }: Config): void {
  if ((tlsCertificate === '') !== (tlsKey === '')) {
    throw new ConfigError('--tls-certificate and --tls-key go together: one of them is empty');
  }
  if (tlsOnly && tlsCertificate === '') throw new ConfigError('--tls-only needs --tls-certificate and --tls-key');
}

function readFlags(args: readonly string[]): ReadonlyMap<string, string> {
  const known = new Map<string, boolean>(Object.values(settings).map(({ flag, isSwitch }) => [flag, isSwitch]));
  const given = new Map<string, string>();
  for (let i = 0; i < args.length; i++) {
    const [flag = '', ...rest] = (args[i] ?? '').split('=');
    const isSwitch = known.get(flag);
    if (isSwitch === undefined) throw new ConfigError(`unknown argument '${args[i]}'; --help lists the flags`);
    const alone = isSwitch && (args[i + 1] ?? '--').startsWith('--');
    const value = rest.length > 0 ? rest.join('=') : alone ? 'true' : args[++i];
    if (value === undefined) throw new ConfigError(`${flag} needs a value`);
    given.set(flag, value);
  }
  return given;
}

/** What `--help` prints. */
export function helpText(): string {
  const rows = Object.values(settings).map(
    ({ env, flag, fallback, about, isSwitch }) =>
      `  ${flag}${isSwitch ? '' : ' VALUE'}\n      ${about}\n      ${env}; ${fallback === '' ? 'empty' : fallback} unless given.`,
  );
  return [
    'nacre-server: an open server for Spectra S3 (DS3)',
    '',
    'Usage: nacre-server [--flag VALUE …]                            serve',
    '       nacre-server check [--read] [--repair] [--flag VALUE …]   compare a stopped server’s rows and files',
    '       nacre-server backup FOLDER [--flag VALUE …]               copy the data folder of a running server',
    '',
    'check looks for files that are missing or of a wrong length, and for rows that contradict each other; with --read',
    'it reads every byte and compares checksums. --repair mends what it can without losing anything.',
    '',
    'Every flag has an environment name; a flag wins over the environment.',
    '',
    ...rows,
    '',
    'Exit codes: 0 ended as asked, 1 failed while starting or running, 2 a flag or setting is wrong, 3 check found',
    'problems that it did not repair.',
    '',
  ].join('\n');
}

export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

function parseListen(written: string, ctx: z.RefinementCtx): ListenAddress {
  const match = /^(\[[0-9a-f:.]+\]|[^:[\]]+):(\d{1,5})$/i.exec(written);
  const port = Number(match?.[2]);
  if (!match || port > 65535) {
    ctx.addIssue({ code: 'custom', message: 'is not HOST:PORT' });
    return z.NEVER;
  }
  return { host: (match[1] ?? '').replace(/^\[|\]$/g, ''), port };
}

function parseNetworks(written: string, ctx: z.RefinementCtx): string[] {
  const networks = written.split(',').flatMap((part) => part.trim() || []);
  try {
    createAddressGuard(networks);
  } catch (error) {
    ctx.addIssue({ code: 'custom', message: error instanceof Error ? error.message : 'is not a list of networks' });
  }
  return networks;
}

/** A pool as it is configured. */
export interface ConfiguredPool {
  readonly name: string;
  /** The name of its partition; it stays in the one it is in when absent. */
  readonly partition: string | undefined;
  readonly folder: string;
}

function parsePools(written: string, ctx: z.RefinementCtx): ConfiguredPool[] {
  if (written.trim() === '') return [];
  return written.split(',').map((one) => {
    const [, name, partition, folder] = /^([^@=]+)(?:@([^=]+))?=(.+)$/.exec(one.trim()) ?? [];
    if (name !== undefined && folder !== undefined) return { name, partition, folder };
    ctx.addIssue({ code: 'custom', message: `'${one}' is neither NAME=FOLDER nor NAME@PARTITION=FOLDER` });
    return z.NEVER;
  });
}

function yesOrNo() {
  return z.enum(['true', 'false']).transform((written) => written === 'true');
}

function count(least: number) {
  return z.string().transform((written, ctx) => {
    const value = Number(written);
    if (/^\d+$/.test(written) && Number.isSafeInteger(value) && value >= least) return value;
    ctx.addIssue({ code: 'custom', message: `is not a whole number of at least ${least}` });
    return z.NEVER;
  });
}

const units: Readonly<Record<string, number>> = {
  '': 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
};

function bytes(least: number) {
  return z.string().transform((written, ctx) => {
    const match = /^(\d+) ?([kmgt]i?b)?$/i.exec(written);
    const value = Number(match?.[1]) * (units[(match?.[2] ?? '').toLowerCase()] ?? Number.NaN);
    if (match && Number.isSafeInteger(value) && value >= least) return value;
    ctx.addIssue({
      code: 'custom',
      message: `is not a size of at least ${least} bytes, such as 10485760, 10MiB or 100GB`,
    });
    return z.NEVER;
  });
}
