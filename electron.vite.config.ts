import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'electron-vite'
import { aliases } from './build/aliases.ts'
import { preloadFirstScreen } from './build/prepare/preload-first-screen.ts'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const entries = (paths: Record<string, string>) =>
  Object.fromEntries(Object.entries(paths).map(([name, path]) => [name, here(path)]))

/**
 * One build for all hosts: Electron's main process, the served workbench, the command line and their workers are entries
 * of `main`; the windows (the workbench and the hidden compute window) are entries of `renderer`.
 * Nothing is minified: GPU.js reads the source of its kernels, and a stack trace of a user's is readable.
 */
export default defineConfig({
  main: {
    resolve: { alias: aliases },
    build: {
      outDir: 'out/main',
      // The same bundle runs in Electron's Node and, served or on the command line, in the user's.
      target: 'node20.19',
      minify: false,
      // gpu.js and webgpu stay packages: the one reads its own source, the other is a native addon.
      externalizeDeps: { exclude: ['zod', 'birpc', 'msgpackr', 'csv-parse', 'commander', 'cli-progress', 'ws'] },
      rolldownOptions: {
        input: entries({
          index: 'src-main/hosts/electron/index.ts',
          cli: 'src-main/hosts/cli/index.ts',
          'cpu-worker': 'src-main/hosts/workers/cpu-worker.ts',
          'cpu-helper': 'src-main/hosts/workers/cpu-helper.ts',
          'gpu-worker': 'src-main/hosts/workers/gpu-worker.ts',
          'data-worker': 'src-main/hosts/workers/data-worker.ts',
        }),
        // All in one folder, so that `new URL('../renderer/', import.meta.url)` holds in every file.
        output: { format: 'es', chunkFileNames: '[name]-[hash].js' },
      },
    },
  },
  preload: {
    resolve: { alias: aliases },
    build: {
      outDir: 'out/preload',
      target: 'node20.19',
      minify: false,
      externalizeDeps: false,
      // Sandboxed preloads are CommonJS and can require nothing of ours: one whole file each.
      isolatedEntries: true,
      rolldownOptions: {
        input: entries({ workbench: 'src-main/hosts/electron/preload/workbench.ts', compute: 'src-main/hosts/electron/preload/compute.ts' }),
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: here('src-renderer'),
    plugins: [vue(), preloadFirstScreen('features/start/StartScreen.vue')],
    resolve: { alias: aliases },
    worker: { format: 'es' },
    build: {
      outDir: here('out/renderer'),
      // Served, it runs in whichever browser the user has.
      target: 'es2022',
      minify: false,
      // Data URLs for fonts would need font-src data:.
      assetsInlineLimit: 0,
      rolldownOptions: { input: entries({ index: 'src-renderer/index.html', compute: 'src-renderer/compute.html' }) },
    },
  },
})
