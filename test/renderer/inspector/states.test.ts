// @vitest-environment happy-dom
import { afterEach, describe, expect, it, vi } from 'vitest'
import { UnrollError } from '@shared/errors'
import type { Params } from '@shared/rpc/contract'
import StatesScreen from '@renderer/features/inspector/StatesScreen.vue'
import { useInspector } from '@renderer/stores/inspector'
import { fakeRunHost } from '../support/fake-run-host'
import { fakeRun } from '../support/fake-runs'
import { mountScreen, settle, withStores } from '../support/mount-screen'

afterEach(() => {
  vi.useRealTimers()
  document.body.innerHTML = ''
})

describe('the inspector store', () => {
  it('keeps the answer to the newest question, whichever comes last, and closes the other', async () => {
    const run = fakeRun('text')
    const waiting: (() => void)[] = []
    const { host, calls } = fakeRunHost([run])
    const { call } = host.rpc
    host.rpc.call = (async (method: 'inspect.open', params: Params<'inspect.open'>) => {
      const answer = await call(method, params)
      if (method === 'inspect.open') await new Promise<void>((resolve) => { waiting.push(resolve) })
      return answer
    }) as typeof call
    const store = withStores(host, useInspector)
    const first = store.open(run.id, { kind: 'text', text: 'a' })
    const second = store.open(run.id, { kind: 'text', text: 'bb' })
    await vi.waitFor(() => expect(waiting).toHaveLength(2))
    waiting[1]!()
    await second
    waiting[0]!()
    await first
    expect(store.trace?.timelines[0]!.labels).toEqual(['b', 'b'])
    expect(store.pending).toBe(false)
    expect(calls.filter(({ method }) => method === 'inspect.close').map(({ params }) => params)).toEqual([{ trace: 'trace-1' }])
  })

  it('keeps what it showed when a later question fails', async () => {
    const run = fakeRun('text')
    let fail = false
    const { host } = fakeRunHost([run])
    const { call } = host.rpc
    host.rpc.call = (async (method: 'inspect.open', params: Params<'inspect.open'>) => {
      if (fail && method === 'inspect.open') throw new UnrollError('prompt.unknown-symbol', 'No 漢 here.')
      return call(method, params)
    }) as typeof call
    const store = withStores(host, useInspector)
    await store.open(run.id, { kind: 'text', text: 'a' })
    fail = true
    await store.open(run.id, { kind: 'text', text: '漢' })
    expect(store.error?.code).toBe('prompt.unknown-symbol')
    expect(store.trace?.timelines[0]!.labels).toEqual(['a'])
  })

  it('opens again what the other side no longer holds', async () => {
    const run = fakeRun('text')
    const { host, traces, calls } = fakeRunHost([run])
    const store = withStores(host, useInspector)
    await store.open(run.id, { kind: 'text', text: 'abc' })
    traces.clear()
    const sheet = await store.sheet('h_l0')
    expect(sheet).toMatchObject({ steps: 3, labels: ['a', 'b', 'c'] })
    expect(calls.filter(({ method }) => method === 'inspect.open')).toHaveLength(2)
  })
})

describe('the hidden states screen', () => {
  it('opens with a stretch the network has not trained on', async () => {
    const { host, calls } = fakeRunHost([fakeRun('text')])
    const screen = await mountScreen(StatesScreen, 'run-text', host)
    await settle()
    expect(calls.filter(({ method }) => method === 'inspect.open').map(({ params }) => params)).toEqual([{ id: 'run-text', input: { kind: 'stretch', from: 972_000, count: 400 } }])
    expect(screen.text()).toContain('h at 400 steps, 128 units')
    screen.unmount()
  })

  it('asks for single sequences where they stand alone', async () => {
    const { host, calls } = fakeRunHost([fakeRun('generated')])
    const screen = await mountScreen(StatesScreen, 'run-generated', host)
    await settle()
    expect(screen.text()).toContain('Sequence')
    expect(calls.find(({ method }) => method === 'inspect.open')?.params).toMatchObject({ input: { kind: 'stretch', from: 8000 } })
    screen.unmount()
  })

  it('follows training only while it is asked to and the run trains', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const { host, calls, change } = fakeRunHost([fakeRun('text', { state: 'running' })])
    const screen = await mountScreen(StatesScreen, 'run-text', host)
    await settle()
    const asked = () => calls.filter(({ method }) => method === 'inspect.open').length
    expect(asked()).toBe(1)
    await vi.advanceTimersByTimeAsync(10_000)
    expect(asked()).toBe(1)
    await screen.get('[role=switch]').trigger('click')
    await vi.advanceTimersByTimeAsync(9_500)
    expect(asked()).toBe(4)
    change('run-text', { state: 'done' })
    await vi.advanceTimersByTimeAsync(10_000)
    expect(asked()).toBe(4)
    screen.unmount()
  })
})
