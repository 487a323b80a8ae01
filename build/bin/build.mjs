// Builds what the sources changed, once, however many processes ask: `ensureBuilt()` for start, test and the command line.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { stripVTControlCharacters } from 'node:util'

export const top = fileURLToPath(new URL('../..', import.meta.url))
const out = join(top, 'out')
const stampFile = join(out, '.stamp')
const next = join(out, '.next')
const lockFile = join(out, '.building')

const sources = ['shared', 'src-main', 'src-renderer', 'build/prepare', 'build/aliases.ts', 'electron.vite.config.ts', 'package-lock.json']
const products = ['main/index.js', 'main/cli.js', 'preload/workbench.cjs', 'renderer/index.html']

/** Whether out/ belongs to these very sources. */
export function isBuilt() {
  return products.every((file) => existsSync(join(out, file))) && stampOnDisk() === stampOfSources()
}

/** Builds unless out/ is up to date; waits when another process is building. Says one line when it takes time. */
export async function ensureBuilt({ say = console.error } = {}) {
  if (isBuilt()) return
  const waited = await lock(say)
  try {
    if (waited && isBuilt()) return
    say('Building Unroll…')
    const started = Date.now()
    await build()
    say(`Built in ${((Date.now() - started) / 1000).toFixed(1)} s.`)
  } finally {
    rmSync(lockFile, { force: true })
  }
}

async function build() {
  // Sources may change while they are being built: the stamp is theirs from before, so the next start builds again.
  const stamp = stampOfSources()
  rmSync(stampFile, { force: true })
  const { prepare } = await import('./prepare.mjs')
  await prepare()
  await electronVite()
  takeOver()
  writeFileSync(`${stampFile}.${process.pid}`, stamp)
  renameSync(`${stampFile}.${process.pid}`, stampFile)
}

/** Puts the new build in the old one's place; a build that failed has left the old one whole. */
function takeOver() {
  for (const part of ['main', 'preload', 'renderer']) {
    const old = join(out, `.old-${part}`)
    rmSync(old, { recursive: true, force: true })
    if (existsSync(join(out, part))) renameSync(join(out, part), old)
    renameSync(join(next, part), join(out, part))
    rmSync(old, { recursive: true, force: true })
  }
  rmSync(next, { recursive: true, force: true })
}

/** In a process of its own, since electron-vite sets NODE_ENV; its output is shown only when it fails. */
function electronVite() {
  rmSync(next, { recursive: true, force: true })
  const bin = join(top, 'node_modules/electron-vite/bin/electron-vite.js')
  const child = spawn(process.execPath, [bin, 'build', '--logLevel', 'warn', '--outDir', next], { cwd: top, stdio: ['ignore', 'pipe', 'pipe'] })
  const lines = []
  child.stdout.on('data', (data) => lines.push(data))
  child.stderr.on('data', (data) => lines.push(data))
  return new Promise((done, fail) => {
    child.on('error', fail)
    child.on('close', (code) => code === 0 ? done() : fail(new BuildError(Buffer.concat(lines).toString())))
  })
}

export class BuildError extends Error {
  constructor(output) {
    super(`The build failed:\n${stripVTControlCharacters(output).trim()}`)
  }
}

function stampOnDisk() {
  try { return readFileSync(stampFile, 'utf8') } catch { return null }
}

function stampOfSources() {
  const hash = createHash('sha256')
  for (const source of sources) addTo(hash, source)
  return hash.digest('hex')
}

function addTo(hash, path) {
  const full = join(top, path)
  let entries
  try {
    entries = readdirSync(full, { withFileTypes: true })
  } catch {
    if (existsSync(full)) hash.update(`${path}\0`).update(readFileSync(full))
    return
  }
  for (const entry of entries.sort((a, b) => a.name < b.name ? -1 : 1)) addTo(hash, `${path}/${entry.name}`)
}

/** @returns whether another process held the lock meanwhile */
async function lock(say) {
  mkdirSync(out, { recursive: true })
  for (let waited = false; ; waited = true) {
    try {
      writeFileSync(lockFile, String(process.pid), { flag: 'wx' })
      return waited
    } catch (error) {
      if (error.code !== 'EEXIST') throw error
    }
    if (!waited) say('Another process is building Unroll; waiting for it.')
    if (holderIsGone()) rmSync(lockFile, { force: true })
    await sleep(200)
  }
}

function holderIsGone() {
  let holder
  try { holder = Number(readFileSync(lockFile, 'utf8')) } catch { return false }
  // The name is made before the figure is written into it.
  if (!holder) return false
  try { process.kill(holder, 0); return false } catch (error) { return error.code === 'ESRCH' }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    await ensureBuilt()
  } catch (error) {
    console.error(error instanceof BuildError ? error.message : error)
    process.exit(1)
  }
}
