import { mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import WebSocket from 'ws'
import { createProgram } from '@main/hosts/cli/program'
import { type Served, serve } from '@main/hosts/serve/serve'
import { stubServices } from '../rpc/stub-services'
import { ask } from './http'

let folder: string
let served: Served
let cookie: string
const services = stubServices()
const origin = () => `http://127.0.0.1:${served.port}`
const signedIn = () => ({ cookie, origin: origin() })

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'unroll-serve-'))
  await mkdir(join(folder, 'renderer/assets'), { recursive: true })
  await writeFile(join(folder, 'renderer/index.html'), '<!doctype html><title>Unroll</title>')
  await writeFile(join(folder, 'renderer/assets/index-a1b2c3d4.js'), 'export {}')
  await writeFile(join(folder, 'secret.txt'), 'secret')
  served = await serve({ port: 0, home: join(folder, 'home'), renderer: join(folder, 'renderer'), services })
  const answer = await ask(served.port, new URL(served.address).pathname + new URL(served.address).search)
  cookie = answer.headers['set-cookie']![0]!.split(';')[0]!
})
afterAll(async () => {
  await served.close()
  await rm(folder, { recursive: true, force: true })
})

function socketOutcome(path: string, headers: Record<string, string>): Promise<'open' | number> {
  const socket = new WebSocket(`ws://127.0.0.1:${served.port}${path}`, { headers })
  return new Promise((resolve) => {
    socket.on('open', () => { socket.close(); resolve('open') })
    socket.on('unexpected-response', (_request, response) => { resolve(response.statusCode!); socket.terminate() })
    socket.on('error', () => {})
  })
}

describe('who may come in', () => {
  it('prints a loopback address with a token of 256 bits', () => {
    const url = new URL(served.address)
    expect(url.hostname).toBe('127.0.0.1')
    expect(Buffer.from(url.searchParams.get('token')!, 'base64url')).toHaveLength(32)
  })

  it('does not listen on the machine\'s other addresses', async () => {
    const outside = Object.values(networkInterfaces()).flat().find((address) => address && !address.internal && address.family === 'IPv4')
    if (!outside) return
    const outcome = await new Promise((resolve) => {
      connect(served.port, outside.address).on('connect', () => resolve('connected')).on('error', (error: NodeJS.ErrnoException) => resolve(error.code))
    })
    expect(outcome).toBe('ECONNREFUSED')
  })

  it('gives an HttpOnly, Strict cookie for the token, then moves on to an address without it', async () => {
    const { status, headers, body } = await ask(served.port, `/${new URL(served.address).search}`)
    expect(status).toBe(200)
    expect(headers['set-cookie']![0]).toMatch(/^unroll-\d+=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/)
    expect(body).toContain('url=/')
    expect(body).not.toContain(new URL(served.address).searchParams.get('token')!)
    expect(headers['cache-control']).toBe('no-store')
  })

  it.each(['/?token=', '/?token=wrong', `/?token=${'A'.repeat(43)}`])('refuses %s', async (path) => {
    const { status, headers } = await ask(served.port, path)
    expect(status).toBe(401)
    expect(headers['set-cookie']).toBeUndefined()
  })

  it.each(['/', '/assets/index-a1b2c3d4.js', '/session', '/downloads/x', '/nowhere'])('shows a browser without a cookie nothing at %s', async (path) => {
    const answer = await ask(served.port, path)
    expect(answer.status).toBe(401)
    expect(answer.body).toContain('unroll serve')
  })

  it.each(['evil.example', 'evil.example:80', '127.0.0.1.evil.example', 'localhost.evil.example', '[::2]'])('refuses the host "%s" (DNS rebinding)', async (host) => {
    expect((await ask(served.port, '/', { headers: { ...signedIn(), host } })).status).toBe(403)
    expect(await socketOutcome('/rpc', { cookie, host, origin: `http://${host}` })).toBe(401)
  })

  it('lets a forwarded port in under localhost', async () => {
    expect((await ask(served.port, '/', { headers: { cookie, host: 'localhost:9999' } })).status).toBe(200)
    expect(await socketOutcome('/rpc', { cookie, host: 'localhost:9999', origin: 'http://localhost:9999' })).toBe('open')
  })

  it('opens the WebSocket for its own page only', async () => {
    expect(await socketOutcome('/rpc', signedIn())).toBe('open')
    expect(await socketOutcome('/rpc', { origin: origin() })).toBe(401)
    expect(await socketOutcome('/rpc', { cookie })).toBe(401)
    expect(await socketOutcome('/rpc', { cookie, origin: 'https://evil.example' })).toBe(401)
    expect(await socketOutcome('/rpc', { cookie, origin: 'null' })).toBe(401)
    // Another server on this machine shares the cookie.
    expect(await socketOutcome('/rpc', { cookie, origin: `http://127.0.0.1:${served.port + 1}` })).toBe(401)
    expect(await socketOutcome('/elsewhere', signedIn())).toBe(401)
  })

  it('knows its browsers again after a restart with the same home', async () => {
    const options = { home: join(folder, 'home-2'), renderer: join(folder, 'renderer') }
    const first = await serve({ ...options, port: 0, services: stubServices() })
    const kept = (await ask(first.port, `/${new URL(first.address).search}`)).headers['set-cookie']![0]!.split(';')[0]!
    await first.close()
    const second = await serve({ ...options, port: first.port, services: stubServices() })
    expect((await ask(second.port, '/session', { headers: { cookie: kept } })).status).toBe(204)
    expect((await ask(second.port, `/${new URL(first.address).search}`)).status).toBe(401)
    await second.close()
    expect((await stat(join(folder, 'home-2/serve-session'))).mode & 0o077).toBe(0)
  })
})

describe('files', () => {
  it('serves the page with a strict policy', async () => {
    const { status, headers, body } = await ask(served.port, '/', { headers: { cookie } })
    expect(status).toBe(200)
    expect(body).toContain('<title>Unroll</title>')
    expect(headers['content-type']).toBe('text/html; charset=utf-8')
    const policy = headers['content-security-policy'] as string
    for (const rule of ['default-src \'none\'', 'script-src \'self\'', 'style-src \'self\'', 'worker-src \'self\'', 'base-uri \'none\'', 'form-action \'none\'', 'frame-ancestors \'none\'']) {
      expect(policy.split('; ')).toContain(rule)
    }
    expect(policy).not.toMatch(/unsafe|\*/)
    expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer', 'cross-origin-resource-policy': 'same-origin' })
  })

  it('lets hashed files be kept, and the page not', async () => {
    expect((await ask(served.port, '/assets/index-a1b2c3d4.js', { headers: { cookie } })).headers).toMatchObject({ 'cache-control': expect.stringContaining('immutable'), 'content-type': expect.stringContaining('text/javascript') })
    expect((await ask(served.port, '/index.html', { headers: { cookie } })).headers['cache-control']).toBe('no-cache')
  })

  it.each(['/../secret.txt', '/%2e%2e/secret.txt', '/..%2fsecret.txt', '/assets/../../secret.txt', '/assets/%2e%2e/%2e%2e/secret.txt', '//secret.txt', '/..\\secret.txt', '/%00', '/assets', '/assets/', 'http://[', '/%'])(
    'finds nothing at %s', async (path) => {
      const { status, body } = await ask(served.port, path, { headers: { cookie } })
      expect(status === 404 || status === 400).toBe(true)
      expect(body).not.toContain('secret')
    })

  it('answers only to what it knows', async () => {
    expect((await ask(served.port, '/', { method: 'POST', headers: signedIn() })).status).toBe(405)
    expect((await ask(served.port, '/x', { method: 'DELETE', headers: signedIn() })).status).toBe(405)
    expect((await ask(served.port, '/', { method: 'HEAD', headers: { cookie } })).body).toBe('')
  })
})

describe('uploads and downloads', () => {
  const uploads = () => readdir(join(folder, 'home/uploads')).catch(() => [])

  it('takes a file from its page and answers with a token', async () => {
    const body = Buffer.from('Call me Ishmael. '.repeat(10_000))
    const answer = await ask(served.port, '/files/moby%20d%C3%BCck.txt', { method: 'PUT', headers: signedIn(), body })
    expect(answer.status).toBe(201)
    const token = JSON.parse(answer.body)
    expect(token.name).toBe('moby dück.txt')
    expect(await readFile(services.pathOf(token.token)!)).toEqual(body)
  })

  it('takes none from elsewhere, without a cookie, or with a name that is a path', async () => {
    const before = await uploads()
    const put = (path: string, headers: Record<string, string>) => ask(served.port, path, { method: 'PUT', headers, body: 'x' })
    expect((await put('/files/a.txt', { cookie })).status).toBe(403)
    expect((await put('/files/a.txt', { cookie, origin: 'https://evil.example' })).status).toBe(403)
    expect((await put('/files/a.txt', { origin: origin() })).status).toBe(401)
    for (const path of ['/files/', '/files/..%2f..%2fevil', '/files/a%2fb', '/files/a%5cb', '/files/a%00b', '/files/%', `/files/${'x'.repeat(256)}`]) {
      expect((await put(path, signedIn())).status).toBe(400)
    }
    expect(await uploads()).toEqual(before)
  })

  it('keeps nothing of an upload that was broken off', async () => {
    const before = await uploads()
    const socket = connect(served.port, '127.0.0.1')
    socket.write(`PUT /files/half.txt HTTP/1.1\r\nHost: 127.0.0.1:${served.port}\r\nCookie: ${cookie}\r\nOrigin: ${origin()}\r\nContent-Length: 1000000\r\n\r\n${'x'.repeat(200_000)}`)
    await vi.waitFor(async () => expect((await uploads()).length).toBe(before.length + 1))
    socket.destroy()
    await vi.waitFor(async () => expect(await uploads()).toEqual(before))
  })

  it('refuses what is too large before reading it', async () => {
    const { status, body } = await ask(served.port, '/files/huge.txt', { method: 'PUT', headers: { ...signedIn(), 'content-length': String(5 * 2 ** 30), expect: '100-continue' } }).catch(() => ({ status: 0, body: '' }))
    if (status === 0) throw new Error('no answer')
    expect(status).toBe(413)
    const refusal = JSON.parse(body) as { code: string; hint: string }
    expect(refusal.code).toBe('upload.too-large')
    // It names a command that there is.
    expect(createProgram().commands.map((command) => command.name())).toContain(/"unroll (\w+)/.exec(refusal.hint)?.[1])
  })

  it('hands an export out as an attachment', async () => {
    const path = join(folder, 'modèle 1.safetensors')
    await writeFile(path, 'weights')
    const { token } = await services.grantFile(path)
    const { status, headers, body } = await ask(served.port, `/downloads/${token}`, { headers: { cookie } })
    expect([status, body]).toEqual([200, 'weights'])
    expect(headers['content-disposition']).toBe('attachment; filename*=UTF-8\'\'mod%C3%A8le%201.safetensors')
    expect((await ask(served.port, '/downloads/unknown', { headers: { cookie } })).status).toBe(404)
    expect((await ask(served.port, `/downloads/${encodeURIComponent('../secret.txt')}`, { headers: { cookie } })).status).toBe(404)
  })
})

describe('starting and ending', () => {
  it('says in a sentence that a port is taken', async () => {
    await expect(serve({ port: served.port, home: join(folder, 'home-3'), renderer: join(folder, 'renderer'), services: stubServices() }))
      .rejects.toMatchObject({ code: 'serve.port-taken', message: `Port ${served.port} is taken by another program.` })
  })

  it('ends with open connections, closes the services and clears the uploads', async () => {
    const own = stubServices()
    const home = join(folder, 'home-4')
    const ending = await serve({ port: 0, home, renderer: join(folder, 'renderer'), services: own })
    const its = (await ask(ending.port, `/${new URL(ending.address).search}`)).headers['set-cookie']![0]!.split(';')[0]!
    const origin = `http://127.0.0.1:${ending.port}`
    await ask(ending.port, '/files/a.txt', { method: 'PUT', headers: { cookie: its, origin }, body: 'x' })
    const socket = new WebSocket(`ws://127.0.0.1:${ending.port}/rpc`, { headers: { cookie: its, origin } })
    await new Promise((resolve) => socket.on('open', resolve))
    const closed = new Promise((resolve) => socket.on('close', resolve))
    await Promise.all([ending.close(), ending.close()])
    await closed
    expect(own.closed()).toBe(true)
    expect(await readdir(home)).not.toContain('uploads')
  })
})
