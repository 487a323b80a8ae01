import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const script = fileURLToPath(new URL('../../build/bin/start.mjs', import.meta.url))

export interface StartedApp {
  child: ChildProcess
  /** The folder that everything is kept in. */
  home: string
  /** All that it has printed. */
  output(): string
  /** Its exit code. */
  code: Promise<number | null>
  /** The address it printed, token included; waits for it. */
  address(): Promise<URL>
  /** Ends it and removes its folder. */
  end(): Promise<void>
}

/** `npm start` as a user types it, on a home of its own, in which `prepare` may leave what was there before. */
export async function startApp(args: readonly string[], environment: NodeJS.ProcessEnv = {}, prepare?: (home: string) => Promise<void>): Promise<StartedApp> {
  const home = await mkdtemp(join(tmpdir(), 'unroll-start-'))
  await prepare?.(home)
  const child = spawn(process.execPath, [script, ...args, '--home', home], { env: { ...process.env, ...environment }, stdio: ['ignore', 'pipe', 'pipe'] })
  let printed = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => { printed += data.toString() })
  const code = new Promise<number | null>((resolve) => child.on('exit', resolve))
  const output = () => printed
  const address = async () => {
    for (let tries = 0; tries < 600; tries++) {
      const found = /http:\/\/\S+/.exec(printed)
      if (found) return new URL(found[0])
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    throw new Error(`No address was printed:\n${printed}`)
  }
  const end = async () => {
    child.kill('SIGTERM')
    await code
    await rm(home, { recursive: true, force: true })
  }
  return { child, home, output, code, address, end }
}
