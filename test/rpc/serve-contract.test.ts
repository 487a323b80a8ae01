import { MessageChannel } from 'node:worker_threads'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { UnrollError } from '@shared/errors'
import type { Handlers } from '@shared/rpc/contract'
import { nodePort } from '@main/hosts/workers/node-port'
import { serveContract } from '@main/services/rpc/serve-contract'
import { PortRpcClient } from '@renderer/rpc/rpc-client'
import { info, stubServices } from './stub-services'

const ends: (() => void)[] = []
afterEach(() => { for (const end of ends.splice(0)) end() })

function connected(given: Partial<Handlers> = {}) {
  const { port1, port2 } = new MessageChannel()
  const services = stubServices(given)
  const faults: [string, unknown][] = []
  const end = serveContract(nodePort(port1, () => port1.close()), services.handlers, services.subscribe, { logFault: (...fault) => faults.push(fault) })
  const client = new PortRpcClient()
  client.attach(nodePort(port2, () => port2.close()))
  ends.push(end, () => port2.close())
  return { client, services, faults, end, port: port2 }
}

const failureOf = (call: Promise<unknown>): Promise<UnrollError> => call.then(() => { throw new Error('it should have failed') }, (error: unknown) => error as UnrollError)

describe('the contract over a port', () => {
  it('answers a call', async () => {
    expect(await connected().client.call('app.info')).toEqual(info)
  })

  it('keeps typed arrays, NaN and null', async () => {
    const hidden = Float32Array.of(0.5, Number.NaN, -0, Number.POSITIVE_INFINITY)
    const { client } = connected({ 'inspect.states': async ({ id }) => ({ runId: id, step: 3, units: 2, steps: 2, hidden, labels: ['a', 'b'], surprise: null }) })
    const states = await client.call('inspect.states', { id: 'run-1', input: { kind: 'text', text: 'ab' } })
    expect(states.hidden).toEqual(hidden)
    expect(states.surprise).toBeNull()
  })

  it('validates a payload before the handler sees it, and says what is wrong', async () => {
    const get = vi.fn()
    const { client } = connected({ 'runs.get': get })
    const error = await failureOf(client.call('runs.get', { id: '../../etc' }))
    expect(error.code).toBe('rpc.bad-payload')
    expect(error.message).toContain('"runs.get"')
    expect(error.message).toContain('"id"')
    expect(get).not.toHaveBeenCalled()
  })

  it('gives the handler defaults, and nothing that the schema does not name', async () => {
    const create = vi.fn(async () => ({ token: 't', fileName: 'f', bytes: 0, verified: 'yes' }))
    const { client } = connected({ 'export.create': create })
    await client.call('export.create', { id: 'r', format: 'safetensors', path: '/etc/passwd' } as never)
    expect(create).toHaveBeenCalledWith({ id: 'r', format: 'safetensors', weights: 'best' })
  })

  it.each(['app.quit', '__proto__', 'constructor', 'toString', 'hasOwnProperty', ''])('refuses the method "%s"', async (name) => {
    const error = await failureOf(connected().client.call(name as 'app.info'))
    expect(error.code).toBe('rpc.unknown-method')
  })

  it('hands on an error of the user\'s with its code, hint and place', async () => {
    const { client } = connected({ 'runs.get': async () => { throw new UnrollError('run.missing', 'There is no run "x".', { hint: 'Choose another.', where: { line: 7 } }) } })
    const error = await failureOf(client.call('runs.get', { id: 'x' }))
    expect(error).toBeInstanceOf(UnrollError)
    expect(error.toJSON()).toEqual({ code: 'run.missing', message: 'There is no run "x".', hint: 'Choose another.', where: { line: 7 } })
  })

  it('keeps a fault of ours on its side: no message, no path, no stack crosses', async () => {
    const fault = new TypeError('cannot read /home/ada/secret.txt')
    const { client, faults, port } = connected({ 'runs.list': async () => { throw fault } })
    const raw: unknown[] = []
    port.on('message', (message) => raw.push(message))
    const error = await failureOf(client.call('runs.list'))
    expect(error.code).toBe('internal.fault')
    expect(JSON.stringify(raw)).not.toMatch(/ada|secret|TypeError|\.ts/)
    expect(faults).toEqual([[expect.stringMatching(/^[0-9a-f]{8}$/), fault]])
    expect(error.message).toContain(faults[0]![0])
  })

  it('answers with a fault when a result can\'t cross', async () => {
    const { client, faults } = connected({ 'runs.list': async () => [() => {}] as never })
    expect((await failureOf(client.call('runs.list'))).code).toBe('internal.fault')
    expect(faults).toHaveLength(1)
  })

  it.each([null, 7, 'x', [], {}, { t: 'q' }, { t: 'q', m: 'app.info', a: 'x', i: '1' }, { t: 's', i: 'x' }, { t: 'q', m: 'runs.list', a: [], i: 'x'.repeat(99) }])(
    'lives through the message %j', async (message) => {
      const { client, port } = connected()
      port.postMessage(message)
      expect(await client.call('app.info')).toEqual(info)
    })

  it('pushes events to whoever listens, until they stop', async () => {
    const { client, services } = connected()
    const heard = vi.fn()
    const stop = client.on('import.progress', heard)
    const progress = { stage: 'reading' as const, bytes: 1, totalBytes: 2, rows: 3, remainingMs: null }
    services.emit('import.progress', progress)
    await client.call('app.info')
    expect(heard).toHaveBeenCalledExactlyOnceWith(progress)
    stop()
    services.emit('import.progress', progress)
    await client.call('app.info')
    expect(heard).toHaveBeenCalledOnce()
  })

  it('fails calls under way and tells when the connection is lost, and works again over a new port', async () => {
    const { client, end } = connected({ 'runs.list': () => new Promise(() => {}) })
    const told = vi.fn()
    client.onConnection(told)
    const waiting = failureOf(client.call('runs.list'))
    await new Promise((resolve) => setImmediate(resolve))
    end()
    expect((await waiting).code).toBe('rpc.disconnected')
    expect((await failureOf(client.call('app.info'))).code).toBe('rpc.disconnected')
    const { port1, port2 } = new MessageChannel()
    const services = stubServices()
    ends.push(serveContract(nodePort(port1, () => port1.close()), services.handlers, services.subscribe))
    client.attach(nodePort(port2, () => port2.close()))
    expect(await client.call('app.info')).toEqual(info)
    expect(told.mock.calls).toEqual([[false], [true]])
  })
})
