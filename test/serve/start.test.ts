import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { ask } from './http'

const script = fileURLToPath(new URL('../../build/bin/start.mjs', import.meta.url))
const endings: (() => unknown)[] = []
afterEach(async () => { for (const end of endings.splice(0).reverse()) await end() })

async function start(args: string[], environment: NodeJS.ProcessEnv = {}) {
  const home = await mkdtemp(join(tmpdir(), 'unroll-start-'))
  const child = spawn(process.execPath, [script, ...args, '--home', home], { env: { ...process.env, ...environment }, stdio: ['ignore', 'pipe', 'pipe'] })
  endings.push(() => rm(home, { recursive: true, force: true }), () => child.kill('SIGTERM'))
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => { output += data.toString() })
  return { child, home, output: () => output, code: endOf(child) }
}

const endOf = (child: ChildProcess) => new Promise<number | null>((resolve) => child.on('exit', resolve))

async function addressIn(output: () => string): Promise<URL> {
  for (let tries = 0; tries < 600; tries++) {
    const address = /http:\/\/\S+/.exec(output())
    if (address) return new URL(address[0])
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error(`No address was printed:\n${output()}`)
}

describe('npm start', () => {
  it('serves the built workbench on a free port, and passes SIGTERM on, at which it ends cleanly', async () => {
    const { child, output, code } = await start(['--serve', '--port', '0'])
    const { port, search } = await addressIn(output)
    const { headers } = await ask(Number(port), `/${search}`)
    const page = await ask(Number(port), '/', { headers: { cookie: headers['set-cookie']![0]!.split(';')[0]! } })
    expect(page.body).toContain('<title>Unroll</title>')
    child.kill('SIGTERM')
    expect(await code).toBe(0)
    expect(output()).toContain('Saving and ending')
  })

  it.runIf(process.platform === 'linux')('says in one sentence that there is no display, and serves instead', async () => {
    const { output } = await start(['--port', '0'], { DISPLAY: '', WAYLAND_DISPLAY: '' })
    await addressIn(output)
    expect(output().split('\n').filter((line) => !/^(Building|Built|Another)/.test(line))[0]).toBe('There is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set). Serving the workbench instead.')
  })

  it('answers a wrong option with how to use it, and exit code 2', async () => {
    const { output, code } = await start(['--prot', '1'])
    expect(await code).toBe(2)
    expect(output()).toContain('Usage: npm start')
  })
})
