// @vitest-environment happy-dom
import { afterEach, describe, expect, it, vi } from 'vitest'
import { effectScope, nextTick, ref } from 'vue'
import { longTask } from '@renderer/stores/long-task'
import { useLate } from '@renderer/ui/use-late'
import { asked } from '../support/fake-import-host'
import { fakeRunHost } from '../support/fake-run-host'
import { settle } from '../support/mount-screen'

describe('long work', () => {
  function made() {
    const cancelled: string[] = []
    const { host, emit } = fakeRunHost([], undefined, { 'inspect.cancel': ({ task }) => (cancelled.push(task), null) })
    return { ...longTask(host.rpc, 'match units'), cancelled, tell: (task: string, done: number) => { emit('inspect.progress', { task, done, total: 4, remainingMs: 1000 }) } }
  }

  it('tells how far it is until it ends, and takes no other work\'s news', async () => {
    const { progress, run, tell } = made()
    const answer = asked<number>()
    let name = ''
    const found = run((task) => (name = task, answer.promise))
    await settle()
    expect(progress.value).toEqual({ share: 0, remainingMs: null })
    tell('something else', 3)
    expect(progress.value!.share).toBe(0)
    tell(name, 1)
    expect(progress.value).toEqual({ share: 0.25, remainingMs: 1000 })
    answer.answer(7)
    expect(await found).toBe(7)
    expect(progress.value).toBeNull()
  })

  it('ends for a newer question, whose progress alone is told', async () => {
    const { progress, run, tell, cancelled } = made()
    const [first, second] = [asked<string>(), asked<string>()]
    const names: string[] = []
    const older = run((task) => (names.push(task), first.promise))
    const newer = run((task) => (names.push(task), second.promise))
    await settle()
    expect(cancelled).toEqual([names[0]])
    tell(names[0]!, 3)
    expect(progress.value!.share).toBe(0)
    // The older answer was on its way already: it comes too late.
    first.answer('old')
    await expect(older).rejects.toMatchObject({ code: 'inspect.cancelled' })
    tell(names[1]!, 2)
    expect(progress.value!.share).toBe(0.5)
    second.answer('new')
    expect(await newer).toBe('new')
    expect(progress.value).toBeNull()
  })

  it('is over when it fails', async () => {
    const { progress, run } = made()
    await expect(run(() => Promise.reject(new Error('no memory')))).rejects.toThrow('no memory')
    expect(progress.value).toBeNull()
  })
})

describe('what goes on for a moment', () => {
  afterEach(() => { vi.useRealTimers() })

  it('shows after 200 ms, not if it is over before, and ends at once', async () => {
    vi.useFakeTimers()
    const going = ref(false)
    const scope = effectScope()
    const late = scope.run(() => useLate(() => going.value))!
    const go = async (now: boolean, milliseconds: number) => {
      going.value = now
      await nextTick()
      vi.advanceTimersByTime(milliseconds)
      return late.value
    }
    expect(await go(true, 150)).toBe(false)
    expect(await go(false, 500)).toBe(false)
    expect(await go(true, 250)).toBe(true)
    expect(await go(false, 0)).toBe(false)
    scope.stop()
  })
})
