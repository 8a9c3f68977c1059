import { once } from 'node:events';
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { connect as connectPlain } from 'node:net';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { createClient } from '@nacre/client';
import { freshFolder } from '@nacre/store/testing';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ConfigError, readConfig } from '../../src/config.ts';
import { accessKey, secretKey, startTestServer } from '../support/server.ts';
import { aBucket, aPutJob } from '../support/things.ts';

const certificates = fileURLToPath(new URL('../../../../tooling/certificates/', import.meta.url));
const authorities = await readFile(join(certificates, 'authority.pem'), 'utf8');

/** A folder with a certificate and its key, and the settings that name them. */
async function certificateFiles() {
  const folder = await freshFolder();
  const [certificate, key] = [join(folder, 'certificate.pem'), join(folder, 'key.pem')];
  const use = async (name: string) => {
    await copyFile(join(certificates, `${name}.pem`), certificate);
    await copyFile(join(certificates, `${name}-key.pem`), key);
  };
  await use('first');
  const env = {
    NACRE_TLS_LISTEN: '127.0.0.1:0',
    NACRE_TLS_CERTIFICATE: certificate,
    NACRE_TLS_KEY: key,
  };
  return { env, use, certificate };
}

function clientAt(endpoint: string, options: { readonly authorities?: string; readonly verifyCertificate?: boolean }) {
  const client = createClient({ endpoint, accessKey, secretKey, retries: 0, ...options });
  onTestFinished(() => client.close());
  return client;
}

async function shaken(endpoint: string, maxVersion: 'TLSv1.3' | 'TLSv1.1' = 'TLSv1.3'): Promise<TLSSocket> {
  const minVersion = maxVersion === 'TLSv1.1' ? 'TLSv1' : 'TLSv1.2';
  const socket = connect({
    port: Number(new URL(endpoint).port),
    host: '127.0.0.1',
    ca: authorities,
    maxVersion,
    minVersion,
  });
  socket.on('error', () => {});
  onTestFinished(() => {
    socket.destroy();
  });
  await once(socket, 'secureConnect');
  return socket;
}

function nameOf(socket: TLSSocket): string {
  return String(socket.getPeerCertificate().subject.CN);
}

describe('with a certificate', async () => {
  const files = await certificateFiles();
  const server = await startTestServer({ env: files.env });
  const { secureEndpoint = '' } = server;
  const [http, https] = [server.endpoint, secureEndpoint].map((endpoint) => Number(new URL(endpoint).port));

  test('HTTPS is served beside HTTP, and jobs say both ports', async () => {
    expect(server.endpoint).toMatch(/^http:/);
    const secure = clientAt(secureEndpoint, { authorities });
    const bucket = await aBucket(secure);
    const key = 'over TLS';
    await secure.s3.putObject({ bucket, key, body: 'bytes' });
    const { job } = await aPutJob(server.client, [{ name: 'a', size: 1 }], { bucket });
    expect(job.nodes).toMatchObject([{ httpPort: http, httpsPort: https }]);
    const { items } = await secure.ds3.getNodes();
    expect(items).toMatchObject([{ dataPathHttpPort: http, dataPathHttpsPort: https }]);
  });

  test('who does not know the authority does not connect, and who verifies nothing does', async () => {
    await expect(clientAt(secureEndpoint, {}).s3.getService()).rejects.toMatchObject({ code: 'CERTIFICATE' });
    await clientAt(secureEndpoint, { verifyCertificate: false }).s3.getService();
  });

  test('version 1.1 of TLS is refused, and HTTP/2 is not offered', async () => {
    await expect(shaken(secureEndpoint, 'TLSv1.1')).rejects.toThrow();
    const socket = connect({ port: https, host: '127.0.0.1', ca: authorities, ALPNProtocols: ['h2', 'http/1.1'] });
    onTestFinished(() => {
      socket.destroy();
    });
    await once(socket, 'secureConnect');
    expect(socket.alpnProtocol).toBe('http/1.1');
  });

  test('plain HTTP on the port of HTTPS gets no answer', async () => {
    const socket = connectPlain(https ?? 0, '127.0.0.1');
    socket.end('GET / HTTP/1.1\r\nHost: h\r\n\r\n');
    let text = '';
    for await (const piece of socket) text += String(piece);
    expect(text).not.toContain('HTTP/1.1');
  });

  test('another certificate is used once it is read again; connections that stand stay', async () => {
    const before = await shaken(secureEndpoint);
    expect(nameOf(before)).toBe('Nacre test server, first');
    await files.use('second');
    expect(nameOf(await shaken(secureEndpoint))).toBe('Nacre test server, first');
    await server.reload();
    expect(nameOf(await shaken(secureEndpoint))).toBe('Nacre test server, second');
    before.write('GET /_nacre/health/live HTTP/1.1\r\nHost: h\r\n\r\n');
    const [piece] = await once(before, 'data');
    expect(String(piece)).toMatch(/^HTTP\/1\.1 200 OK/);
  });

  test('a certificate that cannot be used leaves the one before in use', async () => {
    await writeFile(files.certificate, 'nonsense');
    await expect(server.reload()).rejects.toThrow(`${files.certificate} and `);
    await copyFile(join(certificates, 'first.pem'), files.certificate);
    await expect(server.reload()).rejects.toThrow(/no certificate and its key/);
    expect(nameOf(await shaken(secureEndpoint))).toBe('Nacre test server, second');
  });
});

test('with --tls-only plain HTTP is not served, and jobs say one port', async () => {
  const { env } = await certificateFiles();
  const server = await startTestServer({ env: { ...env, NACRE_TLS_ONLY: 'true' } });
  expect(server.endpoint).toBe(server.secureEndpoint);
  const client = clientAt(server.endpoint, { authorities });
  const { job } = await aPutJob(client, [{ name: 'a', size: 1 }]);
  expect(job.nodes?.map(({ httpPort, httpsPort }) => [httpPort, httpsPort])).toEqual([
    [undefined, Number(new URL(server.endpoint).port)],
  ]);
});

describe('settings', () => {
  test.each([
    [['--tls-certificate', 'a'], 'go together'],
    [['--tls-key', 'a'], 'go together'],
    [['--tls-only'], '--tls-only needs'],
    [['--tls-only', 'perhaps'], "'perhaps'"],
  ])('%j are refused', (args, why) => {
    expect(() => readConfig(args, {})).toThrow(ConfigError);
    expect(() => readConfig(args, {})).toThrow(why);
  });

  test('a switch may stand alone, between others and at the end', () => {
    const files = ['--tls-certificate', 'a', '--tls-key', 'b'];
    expect(readConfig(['--tls-only', ...files], {}).tlsOnly).toBe(true);
    expect(readConfig([...files, '--tls-only'], {}).tlsOnly).toBe(true);
    expect(readConfig([...files, '--tls-only', 'false'], {}).tlsOnly).toBe(false);
    expect(readConfig([...files, '--tls-only=true'], {}).tlsOnly).toBe(true);
    expect(readConfig(files, { NACRE_TLS_ONLY: 'true' }).tlsOnly).toBe(true);
    expect(readConfig(files, {}).tlsOnly).toBe(false);
  });

  test('a certificate that is not there ends the start with its name', async () => {
    const env = { NACRE_TLS_CERTIFICATE: '/nowhere/c.pem', NACRE_TLS_KEY: '/nowhere/k.pem' };
    await expect(startTestServer({ env })).rejects.toThrow('/nowhere/c.pem cannot be read: ENOENT');
  });
});
