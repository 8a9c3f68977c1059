import { defineConfig } from 'vitest/config';
import { project } from '../../tooling/vitest/config.ts';

const { test } = project('store');

export default defineConfig({ test: { ...test, globalSetup: ['./src/testing/global-setup.ts'] } });
