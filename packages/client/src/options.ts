import { type Clock, systemClock } from './clock.ts';

/** How to reach a system, and as whom. */
export interface ClientOptions {
  /** `host`, `host:port` or with a scheme; `http` when it has none. Never a path. */
  readonly endpoint: string;
  readonly accessKey: string;
  readonly secretKey: string;
  /** How requests are signed. Every DS3 system knows version 2; version 4 is for newer S3 systems. Default `v2`. */
  readonly signature?: 'v2' | 'v4' | undefined;
  /** The region that version 4 signatures name. Default `us-east-1`. */
  readonly region?: string | undefined;
  /** An HTTP proxy for `http` endpoints: `http://[user:password@]host:port`. */
  readonly proxy?: string | undefined;
  /** Hosts that are reached without the proxy, as in the environment: `localhost,.example.test`; `*` is all. */
  readonly noProxy?: string | undefined;
  readonly timeouts?: Timeouts | undefined;
  /** Connections to the system at a time; further requests queue. Default 32. */
  readonly maxConnections?: number | undefined;
  /** Repeats of a request after a lost connection or a 503 that says when to come back. Default 4; 0 is none. */
  readonly retries?: number | undefined;
  /** Largest document that is read, in bytes. Default 128 MiB. */
  readonly maxDocumentSize?: number | undefined;
  /** `false` accepts any certificate: appliances are delivered with self-signed ones. Default `true`. */
  readonly verifyCertificate?: boolean | undefined;
  /**
   * Authorities whose certificates are accepted, as PEM text, in place of the public ones. A system's own self-signed
   * certificate is its authority.
   */
  readonly authorities?: string | undefined;
  readonly userAgent?: string | undefined;
  readonly clock?: Clock | undefined;
}

/** All in seconds. */
export interface Timeouts {
  /** Until the connection stands. Default 10. */
  readonly connectSeconds?: number | undefined;
  /** Without a sign of life from the system, while it is its turn. Default 120. */
  readonly idleSeconds?: number | undefined;
  /** The same for GET object, whose data may have to come from tape. Default 3600. */
  readonly objectIdleSeconds?: number | undefined;
  /** For a whole document, once its headers are there. Default 900. */
  readonly documentSeconds?: number | undefined;
}

/** Options with every default in place. */
export interface Settings {
  readonly endpoint: Endpoint;
  readonly accessKey: string;
  readonly secretKey: string;
  readonly signature: 'v2' | 'v4';
  readonly region: string;
  readonly proxy: Proxy | undefined;
  readonly connectSeconds: number;
  readonly idleSeconds: number;
  readonly objectIdleSeconds: number;
  readonly documentSeconds: number;
  readonly maxConnections: number;
  readonly retries: number;
  readonly maxDocumentSize: number;
  readonly verifyCertificate: boolean;
  readonly authorities: string | undefined;
  readonly userAgent: string;
  readonly clock: Clock;
}

export interface Endpoint {
  readonly secure: boolean;
  /** Name or address; an IPv6 address without brackets. */
  readonly hostname: string;
  readonly port: number;
  /** What the `Host` header says: the port only when it is not the scheme's. */
  readonly host: string;
}

export interface Proxy {
  readonly hostname: string;
  readonly port: number;
  /** Value of `Proxy-Authorization`. */
  readonly authorization: string | undefined;
}

const mebibyte = 1024 * 1024;

/** Errors: `TypeError` for an endpoint, proxy or number that cannot be meant. */
export function settingsOf(options: ClientOptions): Settings {
  const endpoint = parseEndpoint(options.endpoint);
  for (const key of ['accessKey', 'secretKey'] as const) {
    if (!options[key]) throw new TypeError(`${key} is missing`);
  }
  return {
    endpoint,
    accessKey: options.accessKey,
    secretKey: options.secretKey,
    signature: options.signature ?? 'v2',
    region: options.region ?? 'us-east-1',
    proxy: proxyFor(endpoint, options.proxy, options.noProxy),
    connectSeconds: positive('connectSeconds', options.timeouts?.connectSeconds ?? 10),
    idleSeconds: positive('idleSeconds', options.timeouts?.idleSeconds ?? 120),
    objectIdleSeconds: positive('objectIdleSeconds', options.timeouts?.objectIdleSeconds ?? 3600),
    documentSeconds: positive('documentSeconds', options.timeouts?.documentSeconds ?? 900),
    maxConnections: positive('maxConnections', options.maxConnections ?? 32),
    retries: options.retries ?? 4,
    maxDocumentSize: positive('maxDocumentSize', options.maxDocumentSize ?? 128 * mebibyte),
    verifyCertificate: options.verifyCertificate ?? true,
    authorities: options.authorities,
    userAgent: options.userAgent ?? 'nacre',
    clock: options.clock ?? systemClock,
  };
}

function positive(name: string, value: number): number {
  if (!(value > 0)) throw new TypeError(`${name} must be above 0, not ${value}`);
  return value;
}

/** Reads an endpoint with or without a scheme. Errors: `TypeError`. */
export function parseEndpoint(written: string): Endpoint {
  const url = readUrl(written, 'endpoint');
  if (url.username || url.password) throw new TypeError('the endpoint must not hold credentials');
  if (url.pathname !== '/' || url.search || url.hash)
    throw new TypeError(`the endpoint '${written}' must not have a path`);
  const secure = url.protocol === 'https:';
  return { secure, hostname: bareHost(url), port: Number(url.port || (secure ? 443 : 80)), host: url.host };
}

function readUrl(written: string, what: string): URL {
  const trimmed = written.trim();
  if (trimmed === '') throw new TypeError(`the ${what} is empty`);
  const withScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(trimmed) ? trimmed : `http://${trimmed}`;
  const url = URL.canParse(withScheme) ? new URL(withScheme) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    throw new TypeError(`the ${what} '${written}' is not an http or https address`);
  }
  return url;
}

/** `[::1]` → `::1`. */
function bareHost(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '');
}

function proxyFor(endpoint: Endpoint, written: string | undefined, noProxy: string | undefined): Proxy | undefined {
  if (!written || isExempt(endpoint, noProxy)) return undefined;
  const url = readUrl(written, 'proxy');
  if (url.protocol !== 'http:') throw new TypeError('the proxy must be reached by http');
  if (endpoint.secure) throw new TypeError('an https endpoint cannot be reached through a proxy');
  const { username, password } = url;
  const credentials = username ? `${decodeURIComponent(username)}:${decodeURIComponent(password)}` : undefined;
  const authorization = credentials === undefined ? undefined : `Basic ${Buffer.from(credentials).toString('base64')}`;
  return { hostname: bareHost(url), port: Number(url.port || 80), authorization };
}

/** Whether `no_proxy` names the host: itself, a domain it is in, with or without a port, or `*`. */
function isExempt({ hostname, port }: Endpoint, noProxy: string | undefined): boolean {
  const host = hostname.toLowerCase();
  return (noProxy ?? '').split(',').some((entry) => {
    const [, name = '', only] = /^\s*(?:\*?\.)?(.*?)(?::(\d+))?\s*$/.exec(entry.toLowerCase()) ?? [];
    if (name === '' || (only !== undefined && Number(only) !== port)) return false;
    return name === '*' || host === name || host.endsWith(`.${name}`);
  });
}

/** What the environment says, under the names that every official SDK reads. Absent when not set or empty. */
export interface EnvironmentOptions {
  readonly endpoint?: string;
  readonly accessKey?: string;
  readonly secretKey?: string;
  readonly proxy?: string;
  readonly noProxy?: string;
}

/**
 * Reads `DS3_ENDPOINT`, `DS3_ACCESS_KEY`, `DS3_SECRET_KEY`, `http_proxy` and `no_proxy` (or `NO_PROXY`).
 * `http_proxy` speaks for http endpoints alone, so an https endpoint is reached without it.
 */
export function optionsFromEnvironment(env: Readonly<Record<string, string | undefined>>): EnvironmentOptions {
  const endpoint = env.DS3_ENDPOINT || undefined;
  const accessKey = env.DS3_ACCESS_KEY || undefined;
  const secretKey = env.DS3_SECRET_KEY || undefined;
  const proxy = env.http_proxy || undefined;
  const noProxy = env.no_proxy || env.NO_PROXY || undefined;
  return {
    ...(endpoint && { endpoint }),
    ...(accessKey && { accessKey }),
    ...(secretKey && { secretKey }),
    ...(proxy && { proxy }),
    ...(noProxy && { noProxy }),
  };
}
