// Compiles the AssemblyScript kernels into build/generated, as base64: those of training in three builds (plain SIMD, SIMD with
// relaxed multiply-add, and the latter for several threads on one memory), those that read text in one. Skips a file when the
// sources and the compiler are those it was made of; a file appears whole or not at all, since several processes may ask at once.
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const top = fileURLToPath(new URL('../..', import.meta.url))
const modules = {
  'kernels.ts': {
    sources: join(top, 'src-main/engine/backends/wasm/assembly'),
    builds: {
      simd: enabled('simd'),
      relaxedSimd: enabled('simd', 'relaxed-simd'),
      sharedRelaxedSimd: [...enabled('simd', 'relaxed-simd', 'threads'), '--importMemory', '--sharedMemory', '--initialMemory', '1', '--maximumMemory', '65536'],
    },
  },
  'text-kernels.ts': { sources: join(top, 'src-main/data/text/assembly'), builds: { textKernels: enabled('simd') } },
}

export async function prepareKernels() {
  for (const [file, { sources, builds }] of Object.entries(modules)) await prepareModule(join(top, 'build/generated', file), sources, builds)
}

async function prepareModule(target, sources, builds) {
  const hash = hashOf(sources)
  if (textOf(target)?.startsWith(firstLine(hash))) return
  const { default: asc } = await import('assemblyscript/asc')
  const exports = []
  for (const [name, options] of Object.entries(builds)) {
    const bytes = await compile(asc, sources, options)
    exports.push(`export const ${name} = '${Buffer.from(bytes).toString('base64')}'\n`)
  }
  mkdirSync(join(top, 'build/generated'), { recursive: true })
  writeFileSync(`${target}.${process.pid}`, firstLine(hash) + exports.join(''))
  renameSync(`${target}.${process.pid}`, target)
}

function enabled(...features) {
  return features.flatMap((feature) => ['--enable', feature])
}

async function compile(asc, sources, options) {
  const output = new Map()
  const messages = []
  const { error } = await asc.main([
    'index.ts', '--outFile', 'kernels.wasm', '--baseDir', sources,
    '--optimizeLevel', '3', '--shrinkLevel', '0', '--converge', '--noAssert', '--runtime', 'stub', '--use', 'abort=',
    ...options,
  ], {
    writeFile: (name, contents) => { output.set(name, contents) },
    stderr: { write: (text) => { messages.push(String(text)); return true } },
  })
  if (error) throw new Error(`The WebAssembly kernels don't compile:\n${messages.join('')}${error.message}`)
  return output.get('kernels.wasm')
}

function hashOf(sources) {
  const hash = createHash('sha256').update(readFileSync(fileURLToPath(import.meta.url)))
  hash.update(readFileSync(join(top, 'node_modules/assemblyscript/package.json')))
  for (const name of readdirSync(sources).filter((name) => name.endsWith('.ts')).sort()) {
    hash.update(name).update('\0').update(readFileSync(join(sources, name)))
  }
  return hash.digest('hex')
}

const firstLine = (hash) => `// Made by build/prepare/kernels.mjs from sources with hash ${hash}\n`

function textOf(file) {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (error.code === 'ENOENT') return null
    throw error
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) await prepareKernels()
