import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'electron-vite'
import { aliases } from './build/aliases'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/**
 * One build for all hosts: Electron's main process, the served workbench, the command line and their workers are entries
 * of `main`; the windows (the workbench and the hidden compute window) are entries of `renderer`.
 */
export default defineConfig({
  main: {
    resolve: { alias: aliases },
    build: {
      outDir: 'out/main',
      // GPU.js reads the source of its kernels: never minify.
      minify: false,
      externalizeDeps: { exclude: ['zod', 'birpc', 'msgpackr', 'csv-parse', 'commander', 'cli-progress', 'ws'] },
      rollupOptions: {
        input: {
          index: here('src-main/hosts/electron/index.ts'),
          cli: here('src-main/hosts/cli/index.ts'),
          'cpu-worker': here('src-main/hosts/workers/cpu-worker.ts'),
          'gpu-worker': here('src-main/hosts/workers/gpu-worker.ts'),
          'data-worker': here('src-main/hosts/workers/data-worker.ts'),
        },
        output: { format: 'es' },
      },
    },
  },
  preload: {
    resolve: { alias: aliases },
    build: {
      outDir: 'out/preload',
      minify: false,
      externalizeDeps: false,
      rollupOptions: {
        input: { workbench: here('src-main/hosts/electron/preload/workbench.ts'), compute: here('src-main/hosts/electron/preload/compute.ts') },
        // Sandboxed preloads are CommonJS, one file each.
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: here('src-renderer'),
    plugins: [vue()],
    resolve: { alias: aliases },
    worker: { format: 'es' },
    build: {
      outDir: here('out/renderer'),
      minify: false,
      rollupOptions: { input: { index: here('src-renderer/index.html'), compute: here('src-renderer/compute.html') } },
    },
  },
})
