import { fileURLToPath } from 'node:url'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** The rooms' names in imports; build/tsconfig/base.json has the same. */
export const aliases = {
  '@shared': here('../shared'),
  '@main': here('../src-main'),
  '@renderer': here('../src-renderer'),
  '@generated': here('./generated'),
}
