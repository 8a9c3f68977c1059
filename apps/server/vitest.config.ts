import { defineConfig } from 'vitest/config';
import { project } from '../../tooling/vitest/config.ts';

const { test } = project('server');

export default defineConfig({ test: { ...test, globalSetup: ['../../packages/store/src/testing/global-setup.ts'] } });
