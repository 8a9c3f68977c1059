import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { expect, test, vi } from 'vitest';
import { root } from '../setup/workspace.mjs';
import { commandLine, startServerProcess, temporaryFolder } from './system.ts';

const certificates = join(root, 'tooling', 'certificates');
const authority = join(certificates, 'authority.pem');

async function servedName(endpoint: string): Promise<string> {
  const { hostname, port } = new URL(endpoint);
  const socket = connect({ host: hostname, port: Number(port), ca: readFileSync(authority) });
  await once(socket, 'secureConnect');
  const { CN } = socket.getPeerCertificate().subject;
  socket.destroy();
  return String(CN);
}

test('a server of HTTPS alone serves the command line, and takes a new certificate on SIGHUP', async () => {
  const folder = await temporaryFolder();
  const [certificate, key] = [join(folder, 'certificate.pem'), join(folder, 'key.pem')];
  const use = async (name: string) => {
    await copyFile(join(certificates, `${name}.pem`), certificate);
    await copyFile(join(certificates, `${name}-key.pem`), key);
  };
  await use('first');
  const server = await startServerProcess(join(folder, 'data'), {
    NACRE_TLS_LISTEN: '127.0.0.1:0',
    NACRE_TLS_CERTIFICATE: certificate,
    NACRE_TLS_KEY: key,
    NACRE_TLS_ONLY: 'true',
  });
  expect(server.endpoint).toMatch(/^https:/);
  const nacre = commandLine(join(folder, 'config'));
  const { endpoint, accessKey, secretKey } = server;
  const given = ['--endpoint', endpoint, '--access-key', accessKey, '--secret-key', secretKey];
  const untrusted = await nacre(...given, 'mb', 'secret');
  expect(untrusted.stderr).toContain('is not accepted');
  expect(untrusted.stderr).toContain('--ca-file');
  expect(await nacre(...given, '--ca-file', authority, 'mb', 'secret')).toMatchObject({ code: 0 });

  await use('second');
  process.kill(server.pid, 'SIGHUP');
  await vi.waitFor(async () => expect(await servedName(server.endpoint)).toBe('Nacre test server, second'), {
    timeout: 10_000,
  });
  expect((await nacre(...given, '--ca-file', authority, 'ls')).stdout).toContain('secret');
  expect(await server.stop()).toBeUndefined();
}, 120_000);
