import { afterEach, describe, expect, it } from 'vitest'
import { startApp } from '../support/start-app'
import { ask } from './http'

const endings: (() => Promise<void>)[] = []
afterEach(async () => { for (const end of endings.splice(0).reverse()) await end() })

async function start(args: string[], environment: NodeJS.ProcessEnv = {}) {
  const app = await startApp(args, environment)
  endings.push(() => app.end())
  return app
}

describe('npm start', () => {
  it('serves the built workbench on a free port, and passes SIGTERM on, at which it ends cleanly', async () => {
    const { child, output, code, address } = await start(['--serve', '--port', '0'])
    const { port, search } = await address()
    const { headers } = await ask(Number(port), `/${search}`)
    const page = await ask(Number(port), '/', { headers: { cookie: headers['set-cookie']![0]!.split(';')[0]! } })
    expect(page.body).toContain('<title>Unroll</title>')
    child.kill('SIGTERM')
    expect(await code).toBe(0)
    expect(output()).toContain('Saving and ending')
  })

  it.runIf(process.platform === 'linux')('says in one sentence that there is no display, and serves instead', async () => {
    const { output, address } = await start(['--port', '0'], { DISPLAY: '', WAYLAND_DISPLAY: '' })
    await address()
    expect(output().split('\n').filter((line) => !/^(Building|Built|Another)/.test(line))[0]).toBe('There is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set). Serving the workbench instead.')
  })

  it('answers a wrong option with how to use it, and exit code 2', async () => {
    const { output, code } = await start(['--prot', '1'])
    expect(await code).toBe(2)
    expect(output()).toContain('Usage: npm start')
  })
})
