import { mkdir, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import {
  findSealedSecret,
  findSystem,
  listPools,
  lockDataFolder,
  noteStopped,
  type OpenDatabase,
  openDatabase,
  openLookups,
  seedSystem,
} from '@nacre/store';
import type { EmbeddedPostgres } from '@nacre/store/engine';
import { enterFailpointScope } from '@nacre/store/failpoints';
import type { Logger } from 'pino';
import { openAuditLog } from './audit.ts';
import { type Clock, systemClock } from './clock.ts';
import { openElsewhere } from './cluster/elsewhere.ts';
import { listNodeFolders, nodeFolder, openCachesOf } from './cluster/node-folders.ts';
import { createNodeSignature } from './cluster/node-signature.ts';
import { createCacheService } from './cluster/serve-cache.ts';
import { nodeIdOf, nodeName, registerNode, type ThisNode } from './cluster/this-node.ts';
import type { Config } from './config.ts';
import type { ServerContext } from './context.ts';
import { writeNewFile } from './files.ts';
import { handlers } from './handlers/index.ts';
import { createDispatch, type Dispatch } from './http/dispatch.ts';
import { type HttpServers, serveHttp } from './http/listen.ts';
import { readCertificate } from './http/tls.ts';
import { createIdSource, type IdSource } from './ids.ts';
import { createNakedJobs } from './naked-jobs.ts';
import { createAddressGuard } from './notifications/addresses.ts';
import { cacheFolder, openPlaces } from './places.ts';
import { markNewPools, openPools } from './pool-folders.ts';
import { createReadReceipts } from './read-receipts.ts';
import { createReceipts } from './receipts.ts';
import { registerCache, registerPools } from './register.ts';
import { accessKeyOf, createSeal, masterKey, newSecretKey, type SecretSeal } from './secrets.ts';
import { createTurns } from './transfer/turns.ts';
import { closeAggregations } from './workers/close-aggregations.ts';
import { dropNaked } from './workers/drop-naked.ts';
import { expire } from './workers/expire.ts';
import { finishCancels } from './workers/finish-cancels.ts';
import { forgetHistory } from './workers/forget-history.ts';
import { forgetUploads } from './workers/forget-uploads.ts';
import { giveUp } from './workers/give-up.ts';
import { heartbeat } from './workers/heartbeat.ts';
import { notify } from './workers/notify.ts';
import { orphans } from './workers/orphans.ts';
import { openQueue } from './workers/queue.ts';
import { rebuild } from './workers/rebuild.ts';
import { reclaim } from './workers/reclaim.ts';
import { retire } from './workers/retire.ts';
import { startWorkers } from './workers/runner.ts';
import { settleAgain, settleChunks } from './workers/settle.ts';
import { sweep } from './workers/sweep.ts';
import { verifyPools } from './workers/verify-pools.ts';

export interface RunningServer {
  /** `http://host:port`; `https://host:port` when plain HTTP is off. */
  readonly endpoint: string;
  /** `https://host:port`, when there is a certificate. */
  readonly secureEndpoint: string | undefined;
  /** The first user's keys, when this start made the system. */
  readonly made: AdminKeys | undefined;
  /** What handlers and workers use; tests hold its clock. */
  readonly context: ServerContext;
  /** Reads certificate and key again, and opens the audit log again. Errors: a plain Error; what was stays in use. */
  reload(): Promise<void>;
  /** Lets running requests and tasks end, then closes everything; again it does nothing. */
  stop(): Promise<void>;
}

export interface AdminKeys {
  readonly accessKey: string;
  readonly secretKey: string;
}

export interface StartOptions {
  readonly config: Config;
  readonly log: Logger;
  readonly clock?: Clock;
  /** The embedded database, when its start was begun before: it ends with the server, and is the caller's if that cannot start. */
  readonly engine?: Promise<EmbeddedPostgres> | undefined;
  /** Called when the database is lost while the server runs. */
  readonly onFailure?: (why: Error) => void;
  /** Its number among the servers on this data folder, from 1. */
  readonly worker?: number;
}

/**
 * Opens the data folder and the database, makes the system when there is none, and serves.
 * Errors: a plain Error that says what is wrong with the folder, the database or the address.
 */
export async function startServer({
  config,
  log,
  clock = systemClock,
  engine,
  onFailure,
  worker = 1,
}: StartOptions): Promise<RunningServer> {
  enterFailpointScope('start');
  const dataFolder = resolve(config.data);
  await mkdir(dataFolder, { recursive: true, mode: 0o700 });
  const ids = createIdSource(clock);
  const certificate = await readCertificate(config);
  const key = await masterKey(config.masterKey, dataFolder);
  const seal = createSeal(key);
  const folder = nodeFolder(dataFolder, worker);
  const closing: (() => Promise<void>)[] = [];
  try {
    const lock = await lockDataFolder(folder);
    closing.unshift(() => lock.release());
    const audit = await openAuditLog(config.auditLog || join(dataFolder, 'audit.log'));
    closing.unshift(() => audit.close());
    const nodeId = await nodeIdOf(folder, ids);
    const store = await openDatabase({
      dataDir: dataFolder,
      ...(config.databaseUrl ? { url: config.databaseUrl } : { engine }),
    });
    closing.unshift(() => store.close());
    const lookups = openLookups(store);
    closing.unshift(() => lookups.close());
    const made = await makeSystem({ config, dataFolder, store, clock, ids, seal });
    if (!made) await needSameKey(store, seal);
    await registerPools(store, config.pools, ids);
    const signature = createNodeSignature(key);
    const beside = (await listNodeFolders(dataFolder)).filter((node) => node.nodeId !== nodeId);
    const near = await openCachesOf(beside);
    const silentSeconds = config.nodeSilentSeconds;
    const elsewhere = openElsewhere({ store, clock, signature, silentSeconds, near });
    closing.unshift(async () => elsewhere.close());
    const retired = worker === 1 ? beside.filter((node) => node.worker > config.workers) : [];
    const poolRows = await listPools(store.db);
    await markNewPools(store, dataFolder, poolRows);
    const { pools, away } = await openPools(dataFolder, poolRows);
    for (const { pool, reason } of away) log.error({ pool: pool.id, msg: `the pool ${pool.name} is away: ${reason}` });
    const places = await openPlaces({
      cache: { folder: cacheFolder(folder), size: config.cacheSize },
      eviction: { store, nodeId, retryAfterSeconds: config.retryAfterSeconds },
      elsewhere,
      retired: await openCachesOf(retired),
      pools,
    });
    const queue = await openQueue(store, log, config.persistDelaySeconds);
    closing.unshift(() => queue.stop());
    const receipts = createReceipts(store, clock, {
      chunkFull: (tx, chunkIds) => queue.settle(tx, chunkIds),
      committed: (chunkIds) => {
        if (chunkIds.length > 0) queue.wake();
      },
    });
    const caches = new Map([...near, [nodeId, places.cache]]);
    const answers = {
      notReady: () => whyNotReady(store, places.cache.state()),
      sendCached: createCacheService({ clock, log, signature, caches }),
    };
    // The node's port is known once it listens; requests wait until then.
    let dispatch: Dispatch = (_request, response) => response.writeHead(503).end();
    const http = await serveHttp({ config, dispatch: (...exchange) => dispatch(...exchange), answers, certificate });
    closing.unshift(() => http.close(config.shutdownSeconds));
    const node = thisNode(config, nodeId, http);
    await registerNode(store, clock, node, (await findSystem(store.db))?.serialNumber ?? '');
    await registerCache(store, { nodeId, path: cacheFolder(folder), size: config.cacheSize }, ids);
    const context: ServerContext = {
      config: { ...config, data: dataFolder },
      clock,
      ids,
      log,
      audit,
      store,
      lookups,
      places,
      receipts,
      readReceipts: createReadReceipts({ store, clock, queue, places }),
      uploads: createTurns(),
      nakedJobs: createNakedJobs({ store, clock, ids, node }, () => runner.runNow(dropNaked)),
      queue,
      seal,
      node,
      addresses: createAddressGuard(config.notificationNetworks),
    };
    // Before the first client tries again what a crash interrupted.
    await dropNaked.work(context, new AbortController().signal);
    dispatch = createDispatch(context, handlers);
    const runner = startWorkers(context, [
      closeAggregations,
      dropNaked,
      expire,
      finishCancels,
      giveUp,
      heartbeat,
      notify,
      forgetHistory,
      forgetUploads,
      orphans,
      rebuild,
      reclaim,
      retire,
      settleAgain,
      sweep,
      verifyPools,
    ]);
    closing.splice(1, 0, () => runner.stop());
    await queue.start(
      (chunkIds) => settleChunks(context, chunkIds),
      () => runner.runNow(settleAgain),
    );
    // Others find out by its silence when this cannot be said.
    closing.unshift(() => noteStopped(store.db, nodeId).catch(() => {}));
    if (onFailure) store.onEngineExit(onFailure);
    const secureEndpoint = http.httpsPort && `https://${hostForUrl(node.endPoint)}:${http.httpsPort}`;
    return {
      endpoint: http.httpPort ? `http://${hostForUrl(node.endPoint)}:${http.httpPort}` : secureEndpoint || '',
      secureEndpoint: secureEndpoint || undefined,
      made,
      context,
      async reload() {
        await audit.reopen();
        const next = await readCertificate(config);
        if (next) http.useCertificate(next);
      },
      async stop() {
        for (const close of closing.splice(0)) await close();
      },
    };
  } catch (error) {
    for (const close of closing) await close().catch(() => {});
    throw error;
  }
}

interface Making {
  readonly config: Config;
  readonly dataFolder: string;
  readonly store: OpenDatabase;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly seal: SecretSeal;
}

const firstUser = 'Administrator';

/** Makes the system with its first user; the keys go to `admin.json`, which only the owner of the folder reads. */
async function makeSystem({ config, dataFolder, store, clock, ids, seal }: Making): Promise<AdminKeys | undefined> {
  if (await findSystem(store.db)) return undefined;
  const accessKey = config.adminAccessKey || accessKeyOf(firstUser);
  const secretKey = config.adminSecretKey || newSecretKey();
  const serialNumber = `NACRE-${ids.next().slice(-12).toUpperCase()}`;
  const administrator = { name: firstUser, authId: accessKey, sealedSecretKey: seal.seal(secretKey) };
  const system = await store.tx(
    (tx) => seedSystem(tx, { serialNumber, administrator, now: clock.now(), newId: ids.next }),
    { idempotent: true },
  );
  if (system.serialNumber !== serialNumber) return undefined;
  const path = join(dataFolder, 'admin.json');
  const text = `${JSON.stringify({ accessKey, secretKey }, undefined, 2)}\n`;
  if (!(await writeNewFile(path, text))) await writeFile(path, text, { mode: 0o600 });
  return { accessKey, secretKey };
}

/** Errors: a plain Error when the secrets of the system are sealed with another key: nobody could sign in here. */
async function needSameKey(store: OpenDatabase, seal: SecretSeal): Promise<void> {
  const sealed = await findSealedSecret(store.db);
  try {
    if (sealed !== undefined) seal.unseal(sealed);
  } catch (cause) {
    const where = 'NACRE_MASTER_KEY, or master.key in the data folder';
    throw new Error(
      `The master key is not that of the system in the database: ${where}, must be the same on every node.`,
      {
        cause,
      },
    );
  }
}

async function whyNotReady(
  store: OpenDatabase,
  cache: { readonly writable: boolean; readonly reason: string | undefined },
): Promise<string | undefined> {
  if (!cache.writable) return `the cache takes no writes: ${cache.reason ?? 'unknown'}`;
  try {
    await store.ping();
    return undefined;
  } catch {
    return 'the database does not answer';
  }
}

function thisNode(config: Config, id: string, ports: Pick<HttpServers, 'httpPort' | 'httpsPort'>): ThisNode {
  const { host } = ports.httpPort === undefined ? config.tlsListen : config.listen;
  const everywhere = host === '0.0.0.0' || host === '::';
  const endPoint = config.endpoint || (everywhere ? hostname() : host);
  return { id, name: nodeName(id), endPoint, httpPort: ports.httpPort ?? null, httpsPort: ports.httpsPort ?? null };
}

function hostForUrl(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
