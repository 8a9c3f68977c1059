import { readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { contract, type Operation, paramWireName } from '@nacre/model';
import { freshFolder } from '@nacre/store/testing';
import { describe, expect, test } from 'vitest';
import { isAdministrative, withoutSecrets } from '../../src/http/administrative.ts';
import { aUser } from '../support/people.ts';
import { startTestServer } from '../support/server.ts';
import { aBucket, withCode } from '../support/things.ts';

const file = join(await freshFolder(), 'acts.log');
const server = await startTestServer({ env: { NACRE_AUDIT_LOG: file } });
const { client } = server;

async function acts(path = file) {
  const lines = (await readFile(path, 'utf8')).split('\n').filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line));
}

describe('the audit log', () => {
  test('says who did what to what, when, from where, and how it ended', async () => {
    const user = await client.ds3.delegateCreateUser({ name: 'watched', secretKey: 'canary-of-the-audit-log' });
    expect(await acts()).toEqual([
      {
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        user: 'Administrator',
        userId: expect.any(String),
        from: '127.0.0.1',
        operation: 'ds3.delegateCreateUser',
        parameters: { name: 'watched', secretkey: '(hidden)' },
        request: expect.any(Number),
        status: 201,
      },
    ]);
    await client.ds3.regenerateUserSecretKey({ id: user.id });
    expect((await acts()).at(-1)).toMatchObject({
      operation: 'ds3.regenerateUserSecretKey',
      target: user.id,
      status: 200,
    });
    expect(await readFile(file, 'utf8')).not.toContain('canary');
  });

  test('has what was refused, and who tried', async () => {
    const { user, client: other } = await aUser(client);
    await expect(other.ds3.delegateDeleteUser({ id: 'Administrator' })).rejects.toEqual(withCode('AccessDenied'));
    expect((await acts()).at(-1)).toMatchObject({
      user: user.name,
      userId: user.id,
      operation: 'ds3.delegateDeleteUser',
      target: 'Administrator',
      status: 403,
      code: 'AccessDenied',
    });
  });

  test('has the making and deleting of buckets, and nothing of objects and jobs', async () => {
    const bucket = await aBucket(client);
    const before = (await acts()).length;
    await client.s3.putObject({ bucket, key: 'a', body: 'x' });
    await client.ds3.getBulkJob({ id: bucket, body: { objects: [{ name: 'a' }] } });
    await client.ds3.getUsers();
    await client.s3.deleteObject({ bucket, key: 'a' });
    expect((await acts()).length).toBe(before);
    await client.s3.deleteBucket({ bucket });
    expect((await acts()).at(-1)).toMatchObject({ operation: 's3.deleteBucket', target: bucket, status: 204 });
  });

  test('goes on in a new file when it is opened again', async () => {
    const before = (await acts()).length;
    await rename(file, `${file}.1`);
    await aUser(client);
    expect((await acts(`${file}.1`)).length).toBe(before + 1);
    await server.reload();
    await aUser(client);
    expect((await acts(`${file}.1`)).length).toBe(before + 1);
    expect(await acts()).toMatchObject([{ operation: 'ds3.delegateCreateUser' }]);
  });
});

describe('of all operations of the contract', () => {
  const rows = (['s3', 'ds3'] as const).flatMap((plane) =>
    Object.entries<Operation>(contract[plane]).map(([name, operation]) => ({ plane, name, operation })),
  );

  test('none that only reads is administrative, and all of these are', () => {
    const names = rows.filter(isAdministrative).map(({ name }) => name);
    expect(rows.filter(isAdministrative).map(({ operation }) => operation.verb)).not.toContain('GET');
    expect(names).toEqual(
      expect.arrayContaining(
        [
          'delegateCreateUser',
          'modifyUser',
          'delegateDeleteUser',
          'putGroup',
          'putBucketAclForUser',
          'putDataPolicy',
          'modifyNode',
          'putBucket',
          'deleteBucket',
          'putDs3Target',
          'registerS3Target',
          'putJobCompletedNotificationRegistration',
        ].filter((name) => rows.some((row) => row.name === name)),
      ),
    );
    expect(names).not.toContain('putBulkJob');
    expect(names).not.toContain('putObject');
  });

  test('no parameter that holds a secret is written down', () => {
    const names = rows.flatMap(({ operation }) =>
      Object.entries(operation.query).map(([key, param]) => paramWireName(key, param)),
    );
    const secrets = [...new Set(names)].filter((name) => /secret|account_?key|password|private/.test(name));
    expect(secrets.sort()).toEqual(['account_key', 'admin_secret_key', 'proxy_password', 'secret_key']);
    const parameters = new Map(secrets.map((name) => [name.replaceAll('_', ''), 'canary']));
    expect(JSON.stringify(withoutSecrets({ parameters }))).not.toContain('canary');
  });
});
