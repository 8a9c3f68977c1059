import { defineConfig } from 'vitest/config';
import { project } from './vitest/config.ts';

export default defineConfig(project('tooling', ['**/*.test.ts']));
