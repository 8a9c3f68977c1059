import { defineConfig } from 'vitest/config';
import { project } from '../../tooling/vitest/config.ts';

export default defineConfig(project('cli'));
