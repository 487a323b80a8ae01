import { fileURLToPath } from 'node:url'

/** A built preload; out/preload is beside out/main, which this is bundled into. */
export const preloadFile = (name: 'workbench' | 'compute'): string => fileURLToPath(new URL(`../preload/${name}.cjs`, import.meta.url))
