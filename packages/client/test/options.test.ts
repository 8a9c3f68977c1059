import { describe, expect, test } from 'vitest';
import { type ClientOptions, createClient, optionsFromEnvironment, parseEndpoint } from '../src/index.ts';
import { settingsOf } from '../src/options.ts';

const user = { accessKey: 'YWxpY2U=', secretKey: 'secret' };

test.each([
  ['blackpearl', { secure: false, hostname: 'blackpearl', port: 80, host: 'blackpearl' }],
  ['blackpearl:8080', { secure: false, hostname: 'blackpearl', port: 8080, host: 'blackpearl:8080' }],
  ['http://10.1.2.3', { secure: false, hostname: '10.1.2.3', port: 80, host: '10.1.2.3' }],
  ['https://blackpearl/', { secure: true, hostname: 'blackpearl', port: 443, host: 'blackpearl' }],
  ['HTTPS://BlackPearl:8443', { secure: true, hostname: 'blackpearl', port: 8443, host: 'blackpearl:8443' }],
  ['http://[::1]:80', { secure: false, hostname: '::1', port: 80, host: '[::1]' }],
])('the endpoint %s', (written, expected) => {
  expect(parseEndpoint(written)).toEqual(expected);
});

test.each([
  '',
  ' ',
  'ftp://host',
  'http://host/path',
  'host/path',
  'http://me:pw@host',
  'http://host?x',
  'http://',
  'a b',
])('the endpoint %j is refused', (written) => {
  expect(() => parseEndpoint(written)).toThrow(TypeError);
});

test.each<[string, Partial<ClientOptions>]>([
  ['accessKey', { accessKey: '' }],
  ['secretKey', { secretKey: '' }],
  ['maxConnections', { maxConnections: 0 }],
  ['connectSeconds', { timeouts: { connectSeconds: -1 } }],
  ['maxDocumentSize', { maxDocumentSize: Number.NaN }],
])('a client without a sensible %s is refused', (name, options) => {
  expect(() => createClient({ endpoint: 'host', ...user, ...options })).toThrow(name);
});

test('an https endpoint behind a proxy is refused before anything is sent', () => {
  expect(() => createClient({ endpoint: 'https://host', ...user, proxy: 'http://proxy' })).toThrow('https');
});

describe('no_proxy', () => {
  const proxyFor = (endpoint: string, noProxy: string) =>
    settingsOf({ endpoint, ...user, proxy: 'proxy.example.test:3128', noProxy }).proxy?.hostname;

  test.each([
    ['host.example.test', '', 'proxy.example.test'],
    ['host.example.test', '*', undefined],
    ['host.example.test', 'host.example.test', undefined],
    ['host.example.test', 'example.test', undefined],
    ['host.example.test', '.example.test', undefined],
    ['host.example.test', '*.example.test', undefined],
    ['host.example.test', 'other.test, Example.Test', undefined],
    ['host.example.test', 'ample.test', 'proxy.example.test'],
    ['host.example.test:8080', 'example.test:8080', undefined],
    ['host.example.test:8080', 'example.test:80', 'proxy.example.test'],
  ])('%s with %j', (endpoint, noProxy, expected) => {
    expect(proxyFor(endpoint, noProxy)).toBe(expected);
  });
});

test('the environment is read under the names of the official SDKs', () => {
  expect(
    optionsFromEnvironment({
      DS3_ENDPOINT: 'blackpearl',
      DS3_ACCESS_KEY: 'a',
      DS3_SECRET_KEY: 'b',
      http_proxy: 'http://proxy',
      NO_PROXY: 'localhost',
    }),
  ).toEqual({ endpoint: 'blackpearl', accessKey: 'a', secretKey: 'b', proxy: 'http://proxy', noProxy: 'localhost' });
  expect(optionsFromEnvironment({ DS3_ENDPOINT: '', HOME: '/home/alice' })).toEqual({});
});
