// npm start: builds what changed, then opens the app; where that can't be, serves the workbench and prints its address.
import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { BuildError, ensureBuilt, top } from './build.mjs'

const usage = 'Usage: npm start [-- --serve] [--port N] [--home DIR]'
const electronFolder = join(top, 'node_modules/electron')
const fetchLimitMs = 5 * 60_000
/** Electron that ends this soon, and not of itself, can't run on this machine. */
const earlyMs = 10_000

const options = readOptions()
await built()
if (options.serve) process.exit(await serve())
const obstacle = whyNoWindow() ?? await fetchElectron()
if (obstacle) {
  console.log(`${obstacle} Serving the workbench instead.`)
  process.exit(await serve())
}
process.exit(await runElectron())

function readOptions() {
  try {
    return parseArgs({ options: { serve: { type: 'boolean' }, port: { type: 'string' }, home: { type: 'string' } } }).values
  } catch (error) {
    console.error(`${error.message}\n${usage}`)
    process.exit(2)
  }
}

async function built() {
  try {
    await ensureBuilt()
  } catch (error) {
    console.error(error instanceof BuildError ? error.message : error)
    process.exit(70)
  }
}

/** A sentence, or null when nothing stands in a window's way. */
function whyNoWindow() {
  if (process.platform !== 'linux') return null
  if (!process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) return 'There is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set).'
  if (process.getuid() === 0) return 'Chromium\'s sandbox does not work for root, and Unroll does not open a window without it.'
  return null
}

function electronBinary() {
  try {
    const path = join(electronFolder, 'dist', readFileSync(join(electronFolder, 'path.txt'), 'utf8'))
    return existsSync(path) ? path : null
  } catch {
    return null
  }
}

/** Fetches Electron's binary the first time. @returns a sentence, or null when it is there */
async function fetchElectron() {
  if (electronBinary()) return null
  const { version } = JSON.parse(readFileSync(join(electronFolder, 'package.json'), 'utf8'))
  console.log(`Fetching Electron ${version} (once, about 110 MB)…`)
  const { code, errors, timedOut } = await run(process.execPath, [join(electronFolder, 'install.js')], fetchLimitMs)
  if (code === 0 && electronBinary()) return null
  if (timedOut) return `Electron could not be fetched within ${fetchLimitMs / 60_000} minutes.`
  const reason = errors.split('\n').find((line) => /Error|error/.test(line))?.trim().replace(/^\w*Error: |\.$/g, '')
  return `Electron could not be fetched${reason ? ` (${reason})` : ''}.`
}

async function runElectron() {
  const started = Date.now()
  const home = options.home ? { UNROLL_HOME: options.home } : {}
  const child = spawn(electronBinary(), [top], { stdio: 'inherit', env: { ...process.env, ...home } })
  const { code, signal } = await endOf(child)
  const cannotRun = code === 127 || ['SIGTRAP', 'SIGABRT', 'SIGSEGV'].includes(signal)
  if (!cannotRun || Date.now() - started > earlyMs) return code ?? 1
  console.log('Electron does not run on this machine (its message is above). Serving the workbench instead.')
  return serve()
}

async function serve() {
  const args = [join(top, 'out/main/cli.js'), 'serve']
  if (options.port) args.push('--port', options.port)
  if (options.home) args.push('--home', options.home)
  const { code } = await endOf(spawn(process.execPath, args, { stdio: 'inherit' }))
  return code ?? 1
}

/** Waits for a child that has the terminal; ends only after it. */
function endOf(child) {
  // Ctrl+C reaches the child from the terminal; SIGTERM comes to us alone.
  const stay = () => {}
  const pass = () => child.kill('SIGTERM')
  process.on('SIGINT', stay)
  process.on('SIGTERM', pass)
  return new Promise((resolve) => {
    child.on('error', (error) => {
      console.error(error.message)
      resolve({ code: 127, signal: null })
    })
    child.on('exit', (code, signal) => resolve({ code, signal }))
  }).finally(() => {
    process.off('SIGINT', stay)
    process.off('SIGTERM', pass)
  })
}

function run(command, args, limitMs) {
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'] })
  let errors = ''
  let timedOut = false
  child.stderr.on('data', (data) => { errors += data })
  const timer = setTimeout(() => {
    timedOut = true
    child.kill('SIGKILL')
  }, limitMs)
  return new Promise((resolve) => child.on('close', (code) => {
    clearTimeout(timer)
    resolve({ code, errors, timedOut })
  }))
}
