import { existsSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const top = fileURLToPath(new URL('..', import.meta.url))
const aliases = { '@shared': 'shared', '@main': 'src-main', '@renderer': 'src-renderer', '@generated': 'build/generated' }
const endings = ['', '.ts', '.vue', '.d.ts', '.js', '/index.ts']

/** Resolves the rooms' names and extensionless imports for lint; packages are left to Node. */
export const resolver = {
  interfaceVersion: 3,
  name: 'unroll-rooms',
  resolve(specifier, file) {
    const room = Object.keys(aliases).find((name) => specifier.startsWith(`${name}/`))
    let base
    if (room) base = resolve(top, aliases[room], specifier.slice(room.length + 1))
    else if (specifier.startsWith('.')) base = resolve(dirname(file), specifier)
    else return { found: true, path: null }
    const hit = endings.map((ending) => base + ending).find((path) => existsSync(path) && statSync(path).isFile())
    return hit ? { found: true, path: hit } : { found: false }
  },
}
