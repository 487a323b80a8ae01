import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { preloadScreens } from '@renderer/shell/preload'

const page = { default: {} }

describe('preloading the screens', () => {
  beforeEach(() => { vi.useFakeTimers() })
  afterEach(() => { vi.useRealTimers() })

  it('waits for the first screen, then takes one at a time, and goes on past one that fails', async () => {
    let arrive = (_: typeof page) => {}
    const loads = [
      vi.fn(() => new Promise<typeof page>((resolve) => { arrive = resolve })),
      vi.fn(async () => { throw new Error('no such file') }),
      vi.fn(async () => page),
    ]
    preloadScreens(loads.map((load) => ({ load })))
    await vi.advanceTimersByTimeAsync(900)
    expect(loads[0]).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(20_000)
    expect(loads.map((load) => load.mock.calls.length)).toEqual([1, 0, 0])
    arrive(page)
    await vi.advanceTimersByTimeAsync(20_000)
    expect(loads.map((load) => load.mock.calls.length)).toEqual([1, 1, 1])
  })

  it('ends with the workbench', async () => {
    const loads = [vi.fn(async () => page), vi.fn(async () => page)]
    const end = preloadScreens(loads.map((load) => ({ load })))
    end()
    await vi.advanceTimersByTimeAsync(20_000)
    expect(loads.map((load) => load.mock.calls.length)).toEqual([0, 0])
  })
})
