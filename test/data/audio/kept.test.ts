import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, vi } from 'vitest'
import type { DataSpec } from '@shared/experiment/schema'
import { hearRecordings } from '@main/data/audio/hear-recordings'
import { Kept } from '@main/data/audio/kept'
import { listRecordings } from '@main/data/audio/list-recordings'
import * as wav from '@main/data/audio/wav'
import { experimentOn, scratch } from '../support'
import { encodeWav } from './encode'

const { folder } = scratch()

it('keeps what fits and nothing more, and lets go of it when it isn’t used', () => {
  vi.useFakeTimers()
  const kept = new Kept<string>(10, 1000)
  kept.put('a', 'A', 6)
  kept.put('b', 'B', 6)
  kept.put('a', 'other', 1)
  expect([kept.get('a'), kept.get('b')]).toEqual(['A', null])
  vi.advanceTimersByTime(900)
  expect(kept.get('a')).toBe('A')
  vi.advanceTimersByTime(999)
  expect(kept.get('a')).toBe('A')
  vi.advanceTimersByTime(1001)
  expect(kept.get('a')).toBe(null)
  vi.useRealTimers()
})

it('a recording is decoded once, wherever it lies, until its bytes or the settings are others', async () => {
  const decode = vi.spyOn(wav, 'readWav')
  const put = (name: string, height: number) => {
    mkdirSync(join(folder, name, 'x'), { recursive: true })
    writeFileSync(join(folder, name, 'x/1.wav'), encodeWav(Float32Array.from({ length: 4000 }, (_, at) => Math.sin(at * height) / 2)))
  }
  const hear = async (name: string, rest: object = {}) => {
    const spec = experimentOn({ kind: 'audio', source: name, ...rest }, { task: { output: 'last-step', loss: 'cross-entropy' } }).data as Extract<DataSpec, { kind: 'audio' }>
    const { heard: [heard] } = await hearRecordings(await listRecordings(join(folder, name), spec), spec)
    return heard!
  }
  put('one', 0.1)
  put('copy', 0.1)
  put('two', 0.3)
  const first = await hear('one')
  expect((await hear('copy')).features).toBe(first.features)
  expect((await hear('one', { features: 'mfcc' })).features.width).not.toBe(first.features.width)
  expect(decode).toHaveBeenCalledTimes(1)
  expect((await hear('two')).features.values).not.toEqual(first.features.values)
  expect(decode).toHaveBeenCalledTimes(2)
  put('one', 0.2)
  expect((await hear('one')).hash).not.toBe(first.hash)
  expect(decode).toHaveBeenCalledTimes(3)
})
