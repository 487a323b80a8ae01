// @vitest-environment happy-dom
import { afterEach, describe, expect, it, vi } from 'vitest'
import { UnrollError } from '@shared/errors'
import type { States } from '@shared/rpc/schemas'
import StatesScreen from '@renderer/features/inspector/StatesScreen.vue'
import { useStates } from '@renderer/stores/states'
import { fakeRunHost, fakeStates } from '../support/fake-run-host'
import { fakeRun } from '../support/fake-runs'
import { mountScreen, settle, withStores } from '../support/mount-screen'

afterEach(() => {
  vi.useRealTimers()
  document.body.innerHTML = ''
})

describe('the states store', () => {
  it('keeps the answer to the newest question, whichever comes last', async () => {
    const run = fakeRun('text')
    const waiting: ((states: States) => void)[] = []
    const { host } = fakeRunHost([run], () => [], { 'inspect.states': () => new Promise((resolve) => { waiting.push(resolve) }) })
    const store = withStores(host, useStates)
    const first = store.compute(run.id, { kind: 'text', text: 'a' })
    const second = store.compute(run.id, { kind: 'text', text: 'bb' })
    waiting[1]!(fakeStates(run, ['b', 'b']))
    waiting[0]!(fakeStates(run, ['a']))
    await Promise.all([first, second])
    expect(store.states?.labels).toEqual(['b', 'b'])
    expect(store.pending).toBe(false)
  })

  it('keeps what it showed when a later question fails', async () => {
    const run = fakeRun('text')
    let fail = false
    const { host } = fakeRunHost([run], () => [], {
      'inspect.states': () => { if (fail) throw new UnrollError('prompt.unknown-symbol', 'No 漢 here.'); return fakeStates(run, ['a']) },
    })
    const store = withStores(host, useStates)
    await store.compute(run.id, { kind: 'text', text: 'a' })
    fail = true
    await store.compute(run.id, { kind: 'text', text: '漢' })
    expect(store.error?.code).toBe('prompt.unknown-symbol')
    expect(store.states?.labels).toEqual(['a'])
  })
})

describe('the hidden states screen', () => {
  it('opens with a stretch the network has not trained on', async () => {
    const { host, calls } = fakeRunHost([fakeRun('text')])
    const screen = await mountScreen(StatesScreen, 'run-text', host)
    await settle()
    expect(calls.filter(({ method }) => method === 'inspect.states').map(({ params }) => params)).toEqual([{ id: 'run-text', input: { kind: 'stretch', from: 972_000, count: 400 } }])
    expect(screen.text()).toContain('h at 400 steps, 128 units')
    screen.unmount()
  })

  it('asks for single sequences where they stand alone', async () => {
    const { host, calls } = fakeRunHost([fakeRun('generated')])
    const screen = await mountScreen(StatesScreen, 'run-generated', host)
    await settle()
    expect(screen.text()).toContain('Sequence')
    expect(calls.find(({ method }) => method === 'inspect.states')?.params).toMatchObject({ input: { kind: 'stretch', from: 8000 } })
    screen.unmount()
  })

  it('follows training only while it is asked to and the run trains', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const { host, calls, change } = fakeRunHost([fakeRun('text', { state: 'running' })])
    const screen = await mountScreen(StatesScreen, 'run-text', host)
    await settle()
    const asked = () => calls.filter(({ method }) => method === 'inspect.states').length
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
